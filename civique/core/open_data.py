"""What everybody may follow and use again: feeds, datasets, and the catalogue that data portals read (DCAT-AP)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from civique.core.commune import site_address
from civique.core.i18n import gettext as _
from civique.core.i18n import speaking
from tenants.tenant import Tenant

LICENCE = "Licence Ouverte 2.0"
LICENCE_PAGE = "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf"
MEDIA_TYPES = {"CSV": "text/csv", "JSON": "application/json"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FRENCH = "http://publications.europa.eu/resource/authority/language/FRA"
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True)
class Feed:
    """Something to subscribe to. ``summary`` says what it holds; ``pages`` are the endpoints of pages that announce it."""

    label: Any
    endpoint: str
    summary: Any
    pages: tuple[str, ...] = ()
    media_type: str = "application/atom+xml"


@dataclass(frozen=True)
class Dataset:
    """Data under the Licence Ouverte 2.0, which never name a person.

    Args:
        code: names it in addresses, in French; never changes.
        summary: what it holds.
        modified: query of the moment of its last change; NULL while it holds nothing, and then it is not listed. Those of
            all datasets are asked at once.
        formats: endpoint by format, each one of ``MEDIA_TYPES``.
        schema: address of the schema that its CSV follows.
    """

    code: str
    label: Any
    summary: Any
    modified: Select[Any]
    formats: Mapping[str, str]
    schema: str = ""


def catalogue(
    tenant: Tenant, datasets: Iterable[tuple[Dataset, datetime]], path_of: Callable[[str], str]
) -> dict[str, Any]:
    """The catalogue of a commune as JSON-LD, in French.

    Args:
        datasets: each with the moment of its last change.
        path_of: gives the path of an endpoint.
    """
    site = site_address(tenant)
    publisher = {"@id": f"{site}/", "@type": "foaf:Organization", "foaf:name": tenant.name}
    with speaking("fr"):
        return {
            "@context": CONTEXT,
            "@id": f"{site}/donnees",
            "@type": "dcat:Catalog",
            "dct:title": _("%(commune)s: open data", commune=tenant.name),
            "dct:description": _("What the commune publishes for everybody to use again."),
            "dct:language": {"@id": FRENCH},
            "dct:publisher": publisher | ({"dct:identifier": tenant.siren} if tenant.siren else {}),
            "foaf:homepage": {"@id": f"{site}/donnees"},
            "dcat:dataset": [_dataset(site, dataset, at, path_of) for dataset, at in datasets],
        }


def _dataset(site: str, dataset: Dataset, modified: datetime, path_of: Callable[[str], str]) -> dict[str, Any]:
    page = f"{site}/donnees#{dataset.code}"
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": page,
        "dct:title": str(dataset.label),
        "dct:description": str(dataset.summary),
        "dct:modified": {"@type": "xsd:dateTime", "@value": modified.isoformat()},
        "dct:publisher": {"@id": f"{site}/"},
        "dct:license": _licence(),
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [
            _distribution(dataset, name, f"{site}{path_of(endpoint)}") for name, endpoint in dataset.formats.items()
        ],
    }


def _distribution(dataset: Dataset, name: str, url: str) -> dict[str, Any]:
    facts = {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": f"{dataset.label} ({name})",
        "dct:format": {"@id": FILE_TYPE + name},
        "dct:license": _licence(),
        "dcat:mediaType": {"@id": IANA + MEDIA_TYPES[name]},
        "dcat:accessURL": {"@id": url},
        "dcat:downloadURL": {"@id": url},
    }
    return facts | ({"dct:conformsTo": {"@id": dataset.schema}} if dataset.schema and name == "CSV" else {})


def _licence() -> dict[str, str]:
    return {"@id": LICENCE_PAGE, "rdfs:label": LICENCE}
