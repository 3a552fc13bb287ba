"""What volunteers and those who run a mission think of it: short questionnaires, one answer each, that name nobody."""

from datetime import timedelta

from sqlalchemy import select

from civique.core import clock
from civique.core.feedback.declarations import Questionnaire, Scale, Words
from civique.core.feedback.operations import invite_to_answer
from civique.core.i18n import _l
from civique.core.passes.models import AccessPass
from civique.core.passes.operations import token_of
from civique.core.people.models import Person
from civique.modules.volunteering.models import Mission
from civique.modules.volunteering.queries.figures import MARK, OPINIONS
from tenants.session import TenantSession

BY_VOLUNTEERS = Questionnaire(
    OPINIONS[0],
    _l("How is this mission, for you who give a hand?"),
    (
        Scale(MARK, _l("It goes well, or went well")),
        Scale("welcome", _l("I was well welcomed")),
        Words("words", _l("What should the volunteer desk know?")),
    ),
    model=Mission,
)
BY_ORGANISATIONS = Questionnaire(
    OPINIONS[1],
    _l("How is it, with the volunteers of this mission?"),
    (
        Scale(MARK, _l("It goes well, or went well")),
        Scale("needed", _l("The desk found who we needed")),
        Words("words", _l("What should the volunteer desk know?")),
    ),
    model=Mission,
)
ANSWERED_FOR = timedelta(days=366)
"""How long the link of a questionnaire opens."""


def opinion_token(session: TenantSession, asked: Questionnaire, mission: Mission, person: Person) -> str:
    """The link by which somebody answers about a mission: the same each time, so that they answer once."""
    session.refresh(mission, with_for_update={"of": Mission})
    query = select(AccessPass).where(
        AccessPass.purpose == asked.purpose, AccessPass.object_id == mission.id, AccessPass.person_id == person.id
    )
    there = session.scalars(query.order_by(AccessPass.id).limit(1)).first()
    if there is not None:
        return token_of(there)
    return invite_to_answer(session, asked, mission, until=clock.now() + ANSWERED_FOR, person=person).token
