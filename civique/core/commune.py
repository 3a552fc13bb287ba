"""Who the commune is: identity, contact, texts, as settings that the mairie fills in step by step."""

from dataclasses import dataclass
from typing import ClassVar

from stdnum import luhn

from civique.core.config import config
from civique.core.i18n import gettext, ngettext
from civique.services.communes import Article, name_with_de
from civique.services.identifiers import format_phone
from tenants.tenant import Tenant


@dataclass(frozen=True)
class Identity:
    """How the commune presents itself. ``article`` is the official code of the name's article (typeLiaison)."""

    KEY: ClassVar[str] = "core.identity"
    article: int = 0
    tagline: str = ""
    colour: str = "#1c5d7d"
    logo_id: str = ""
    photo_id: str = ""
    gentile: str = ""
    welcome_title: str = ""
    welcome_text: str = ""


@dataclass(frozen=True)
class Contact:
    """How to reach a human being: shown on every page and in every refusal; who signs the letters, and the administrative
    court where decisions are contested."""

    KEY: ClassVar[str] = "core.contact"
    phone: str = ""
    email: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    hours: str = ""
    publication_director: str = ""
    data_protection_contact: str = ""
    signatory: str = ""
    court: str = ""

    @property
    def signed_by(self) -> str:
        """Name and quality of who signs the letters (art. L212-1 CRPA)."""
        return self.signatory or self.publication_director

    @property
    def postal_lines(self) -> list[str]:
        """Address of the mairie, line by line."""
        return [line for line in (self.street, f"{self.postal_code} {self.city}".strip()) if line]

    @property
    def phone_shown(self) -> str:
        """Number in French pairs, or nothing."""
        return format_phone(self.phone)


@dataclass(frozen=True)
class Texts:
    """Texts of the mairie in Markdown; an empty one is generated from the facts and marked as a model."""

    KEY: ClassVar[str] = "core.texts"
    welcome: str = ""
    legal: str = ""
    accessibility: str = ""
    privacy: str = ""


@dataclass(frozen=True)
class Accessibility:
    """State of conformity to RGAA 4.1. « Partial » needs a valid audit with at least half of the criteria met."""

    KEY: ClassVar[str] = "core.accessibility"
    audited_on: str = ""
    auditor: str = ""
    rate: int = 0

    @property
    def level(self) -> str:
        """``none``, ``partial`` or ``full``."""
        if not self.audited_on or self.rate < 50:
            return "none"
        return "full" if self.rate == 100 else "partial"


@dataclass(frozen=True)
class SetUp:
    """Steps of the set-up that were done or skipped; whether everybody sees the site, or only the staff until then."""

    KEY: ClassVar[str] = "core.set_up"
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    finished: bool = False
    published: bool = True


@dataclass(frozen=True)
class Retention:
    """How long things are kept, in months; each value belongs to the commune's archivist or data protection officer."""

    KEY: ClassVar[str] = "core.retention"
    inactive_person: int = 36
    message: int = 24
    question: int = 24
    audit: int = 60
    sign_in: int = 12


@dataclass(frozen=True)
class OwnDomain:
    """Domain that the commune wants to answer at; it does once its DNS was seen to point here (registry).

    It is looked at every week since: ``looked_on`` is the last day, ``missed`` how many looks in a row found that it leads
    here no more. The site is never taken away for it.
    """

    KEY: ClassVar[str] = "core.own_domain"
    host: str = ""
    looked_on: str = ""
    missed: int = 0

    @property
    def strayed(self) -> bool:
        """Whether the commune should be told: three looks in a row."""
        return self.missed >= 3


def duration(months: int) -> str:
    """A number of months in words: « 18 mois », « 3 ans »."""
    if months % 12 == 0:
        return ngettext("one year", "%(num)s years", months // 12)
    return ngettext("one month", "%(num)s months", months)


def sender_name(tenant: Tenant, identity: Identity) -> str:
    """« Mairie de Loire-Authion », « Mairie d’Angers », « Civique » at the apex."""
    if tenant.is_platform:
        return tenant.name
    return gettext(
        "Town hall of %(commune)s", commune=tenant.name, de_commune=name_with_de(tenant.name, Article(identity.article))
    )


def site_address(tenant: Tenant) -> str:
    """Address of a commune's site, without a slash at the end."""
    return config().apex if tenant.is_platform else config().address(tenant.slug, tenant.hosts)


def own_host(tenant: Tenant) -> str:
    """Subdomain of a commune, without port: where its site answers whatever domain it has."""
    return f"{tenant.slug}.{config().base_domain}"


def siret_of(tenant: Tenant, said: str) -> str:
    """SIRET of the commune: as the mairie wrote it, otherwise that of the first establishment of its SIREN."""
    return said if said or not tenant.siren else first_siret(tenant.siren)


def first_siret(siren: str) -> str:
    """SIRET of the first establishment of a SIREN: of most communes, the mairie."""
    start = f"{siren}0001"
    return start + str(luhn.calc_check_digit(start))
