"""Questions left on paper, found by their reference and given to whoever claims them."""

from sqlalchemy import or_, select

from civique.core import audit
from civique.core.claims.events import Paper, PaperClaimed, PaperSought
from civique.core.events import Listener
from civique.core.questions.models import Question
from tenants.session import TenantSession


def find_question(session: TenantSession, sought: PaperSought) -> None:
    """A question that did not come by the site."""
    here = Question.id == sought.object_id if sought.object_type == Question.__tablename__ else None
    named = Question.reference == sought.reference if sought.reference else None
    asked = [condition for condition in (here, named) if condition is not None]
    if not asked:
        return
    for e in session.scalars(select(Question).where(or_(*asked), Question.channel != "web")):
        sought.found.append(Paper(e, e.reference, e.text[:200], e.name, e.applicant_id, f"/mairie/questions/{e.id}"))


def attach_question(session: TenantSession, claimed: PaperClaimed) -> None:
    """It is this person's: answers go to them."""
    question = session.get(Question, claimed.object_id) if claimed.object_type == Question.__tablename__ else None
    if question is None:
        return
    question.applicant_id = claimed.person_id
    session.flush()
    audit.record(session, "question.attached", question)


LISTENERS = (Listener(PaperSought, find_question), Listener(PaperClaimed, attach_question))
