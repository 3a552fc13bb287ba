"""Registering to a gathering at a stall or on a doorstep."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import open_gatherings
from civique.core.gatherings.registrations import register
from civique.core.i18n import _l, date_and_time
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stall.forms import Received, StallFacts, StallField, StallForm
from civique.core.stall.people import record_of
from tenants.session import TenantSession


def offered(session: TenantSession) -> Sequence[tuple[str, str]]:
    """Gatherings to which everybody may register now, for the page of the tablet."""
    return [
        (str(found.id), f"{found.event.title}, {date_and_time(found.event.starts_at)}")
        for found in session.scalars(open_gatherings("public"))
    ]


def receive_registration(session: TenantSession, facts: StallFacts) -> Received:
    """Register whoever spoke, once: the reference of the tablet is the key."""
    if not facts.name:
        raise Refused(_("Write the name of the person."), rule="name")
    gathering = session.get(Gathering, UUID(facts.values["gathering"]))
    if gathering is None:
        raise Refused(_("Choose one of the answers of the list."), "gathering")
    registration = register(
        session,
        gathering,
        name=facts.name,
        person=record_of(session, facts) if facts.answer_by == "letter" else None,
        email=facts.email or "",
        phone=facts.phone or "",
        channel=facts.channel,
        adults=facts.values["adults"],
        children=facts.values["children"] or 0,
        key=uuid5(NAMESPACE_URL, f"stall:{facts.reference}"),
    )
    path = f"/mairie/reunions/{gathering.id}/inscriptions/{registration.id}"
    return Received(registration, facts.reference, path)


def _people(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 2):
        raise Refused(_("Write a number of people."))
    return int(text)


REGISTRATION = StallForm(
    "core.registration",
    _l("Registration to a gathering"),
    (
        StallField("gathering", _l("To which gathering?"), "choice", required=True, choices=offered),
        StallField("adults", _l("How many people, children apart?"), required=True, limit=2, parse=_people),
        StallField("children", _l("How many children?"), limit=2, parse=_people),
    ),
    receive_registration,
    when=lambda session: bool(offered(session)),
)
"""The kind of entry that the core declares."""
