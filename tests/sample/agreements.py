"""A collection that somebody takes on for their street: an agreement says who does what."""

from civique.core.agreements.declarations import AgreementSubject, Described
from civique.core.i18n import gettext as _
from civique.core.people.queries import get_person
from tests.sample.models import Pickup


def describe(session, pickup) -> Described:
    """What the agreement tells of a collection."""
    person = get_person(session, pickup.person_id)
    return Described(
        heading=_("Agreement"),
        reference="",
        title=pickup.what,
        purpose=_("Bulky waste collection"),
        applicant_name=person.name if person else "",
        applicant=person,
        path="/encombrants",
        desk_path="/encombrants/tournee",
        ends_on=pickup.day,
        applicant_duties=("Sortir les objets la veille.",),
        commune_duties=("Passer avec le camion.",),
        reason=_("You receive this message because you asked to sign an agreement with the town hall."),
    )


def may_follow(_session, pickup, person) -> bool:
    """Whoever asked for it."""
    return person is not None and pickup.person_id == person.id


SUBJECT = AgreementSubject(Pickup, describe, may_follow)
