"""A question or an idea told at a stall."""

from civique.core.i18n import _l, speaking
from civique.core.i18n import gettext as _
from civique.core.questions.operations import receive_question
from civique.core.stall.forms import Received, StallFacts, StallField, StallForm
from civique.core.stall.people import record_of
from tenants.session import TenantSession


def receive_stall_question(session: TenantSession, facts: StallFacts) -> Received:
    """Take the question. Who wants a letter gets a record, for the envelope; the others leave what they gave, no more."""
    person = record_of(session, facts) if facts.answer_by == "letter" else None
    with speaking("fr"):
        nobody = _("Somebody who left no name")
    question = receive_question(
        session,
        text=facts.values["text"],
        name=facts.name or nobody,
        channel=facts.channel,
        email=facts.email,
        phone=facts.phone,
        address=facts.address,
        applicant_id=person.id if person else None,
        territory_id=facts.territory_id,
    )
    return Received(question, question.reference, f"/mairie/questions/{question.id}")


QUESTION = StallForm(
    "core.question",
    _l("A question or an idea for the town hall"),
    (
        StallField(
            "text", _l("What this person says"), "text", required=True, hint=_l("In their own words."), limit=4000
        ),
    ),
    receive_stall_question,
)
