"""The official list of French communes: look-ups, names in sentences, addresses, clocks.

Data: Code officiel géographique and populations légales (INSEE), EPCI (DGCL), postal codes (La Poste), compacted
from Etalab's `decoupage-administratif`; vintage, licence and hashes in `SOURCE.md`. No network, no other file.
"""

from .directory import Commune, Communes, Kind, Match
from .emails import official_email_matches
from .names import Article, articles_of, fold, name_slug, name_with_a, name_with_article, name_with_de
from .places import phone_region, time_zone

__all__ = [
    "Article",
    "Commune",
    "Communes",
    "Kind",
    "Match",
    "a",
    "articles_of",
    "de",
    "fold",
    "name_slug",
    "name_with_a",
    "name_with_article",
    "name_with_de",
    "official_email_matches",
    "phone_region",
    "slug",
    "time_zone",
    "with_article",
]


def slug(commune: Commune) -> str:
    """Host label of a current commune, unique, at most 48 characters: `loire-authion-49`."""
    return name_slug(commune.name, commune.department_code)


def with_article(commune: Commune) -> str:
    """« Lille », « Le Mans », « L’Isle-sur-la-Sorgue »."""
    return name_with_article(commune.name, commune.article)


def de(commune: Commune) -> str:
    """« de Lille », « d’Angers », « du Mans », « des Ponts-de-Cé »."""
    return name_with_de(commune.name, commune.article)


def a(commune: Commune) -> str:
    """« à Lille », « au Mans », « aux Ponts-de-Cé »."""
    return name_with_a(commune.name, commune.article)
