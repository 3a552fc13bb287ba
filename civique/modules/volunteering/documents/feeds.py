"""A mission for machines: schema.org data on its page, the feed that API Engagement (JeVeuxAider) reads, Atom, open
data."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import func, select

from civique.core import commune
from civique.core.i18n import _l
from civique.core.open_data import Dataset, Feed
from civique.modules.volunteering.models import Mission, words
from civique.modules.volunteering.queries import LOOKS_FOR_SOMEBODY, published
from civique.web.feeds import Entry
from tenants.session import TenantSession

ENGAGEMENT = Feed(
    _l("Volunteer missions (API Engagement)"),
    "volunteering.engagement",
    _l("Missions that look for somebody, in the format that JeVeuxAider and its partners read."),
    ("volunteering.missions",),
    "application/xml",
)
ATOM = Feed(
    _l("Volunteer missions"),
    "volunteering.missions_feed",
    _l("Each mission that looks for somebody, as soon as it is published."),
    ("volunteering.missions",),
)
DATASET = Dataset(
    "missions-benevoles",
    _l("Volunteer missions"),
    _l("Each mission that looks for somebody: what for, when, where. Nobody is named."),
    select(func.max(Mission.published_at)).where(LOOKS_FOR_SOMEBODY),
    {"JSON": "volunteering.missions_data"},
)


def path_of(mission: Any) -> str:
    """Public page of a mission."""
    return f"/benevolat/missions/{mission.id}"


def as_entry(mission: Mission) -> Entry:
    """A mission in the Atom feed."""
    return Entry(path_of(mission), mission.title, mission.published_at or mission.created_at, mission.purpose[:280])


def as_data(mission: Mission) -> dict[str, Any]:
    """A mission as everybody may use it again: never who proposed it."""
    return {
        "titre": mission.title,
        "organisation": mission.organisation.name if mission.organisation else "",
        "objet": mission.purpose,
        "domaines": words.labels(mission.interests, words.INTERESTS),
        "frequence": str(words.RHYTHMS[mission.rhythm]),
        "debut": mission.starts_on.isoformat() if mission.starts_on else None,
        "fin": mission.ends_on.isoformat() if mission.ends_on else None,
        "minutes": mission.minutes,
        "personnes": mission.places,
        "lieu": mission.venue,
        "village": mission.territory.name if mission.territory else "",
        "ouverte_aux_mineurs": mission.minors,
        "page": path_of(mission),
    }


def as_schema(session: TenantSession, mission: Mission) -> dict[str, str]:
    """A mission as a schema.org JobPosting: its plain properties, which the page bears as microdata."""
    facts = {
        "url": f"{commune.site_address(session.tenant)}{path_of(mission)}",
        "title": mission.title,
        "description": f"{mission.purpose}\n{mission.tasks}".strip(),
        "employmentType": "VOLUNTEER",
        "datePosted": mission.published_at.date().isoformat() if mission.published_at else "",
        "validThrough": mission.ends_on.isoformat() if mission.ends_on else "",
    }
    return {name: value for name, value in facts.items() if value}


def engagement(session: TenantSession) -> bytes:
    """Every mission that looks for somebody, as « source/mission » elements."""
    source = ET.Element("source")
    for mission in published(session):
        _mission(source, session, mission)
    body: bytes = ET.tostring(source, encoding="utf-8", xml_declaration=True)
    return body


def _mission(source: ET.Element, session: TenantSession, mission: Mission) -> None:
    element = ET.SubElement(source, "mission")
    site, organisation = commune.site_address(session.tenant), mission.organisation
    texts = {
        "title": mission.title,
        "clientId": str(mission.id),
        "description": f"{mission.purpose}\n{mission.tasks}\n{mission.conditions}".strip(),
        "applicationUrl": f"{site}{path_of(mission)}",
        "postedAt": mission.published_at.isoformat() if mission.published_at else "",
        "startAt": mission.starts_on.isoformat() if mission.starts_on else "",
        "endAt": mission.ends_on.isoformat() if mission.ends_on else "",
        "domain": mission.domain,
        "schedule": str(words.RHYTHMS[mission.rhythm]),
        "places": str(mission.places or 1),
        "remote": "no",
        "openToMinors": "yes" if mission.minors else "no",
        "organizationName": organisation.name if organisation else session.tenant.name,
        "organizationClientId": str(organisation.id) if organisation else session.tenant.slug,
        "organizationRNA": (organisation.rna if organisation else "") or "",
        "organizationSiren": (organisation.siret or "")[:9] if organisation else session.tenant.siren or "",
    }
    for name, text in texts.items():
        if text:
            ET.SubElement(element, name).text = text
    _values(element, "tags", words.labels(mission.interests, words.INTERESTS))
    _values(element, "requirements", words.labels(mission.skills, words.SKILLS))
    address = ET.SubElement(ET.SubElement(element, "addresses"), "address")
    city = mission.territory.name if mission.territory else session.tenant.name
    for name, text in {"street": mission.venue, "city": city, "country": "FR"}.items():
        if text:
            ET.SubElement(address, name).text = text


def _values(element: ET.Element, name: str, texts: Sequence[str]) -> None:
    if texts:
        listed = ET.SubElement(element, name)
        for text in texts:
            ET.SubElement(listed, "value").text = text
