"""States and transitions of a question to the mairie."""

from civique.core.cases.queries import cases_of
from civique.core.cases.workflow import MAIRIE, NOBODY, State, Transition, Workflow
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.questions import messages
from civique.core.questions.models import Question, QuestionState
from civique.core.questions.operations import keep_answer

PERMISSION = "core.questions"


WORKFLOW = Workflow(
    name="question",
    model=Question,
    states=(
        State(
            QuestionState.OPEN,
            _l("To answer"),
            "wait",
            told=_l("waits for an answer"),
            waits_for=MAIRIE,
            next=_l("The town hall answers you."),
            todo=_l("Nothing to do: the answer comes to you."),
        ),
        State(QuestionState.ANSWERED, _l("Answered"), "ok", told=_l("answered"), waits_for=NOBODY),
        State(QuestionState.DROPPED, _l("Closed without answer"), told=_l("filed without answer"), waits_for=NOBODY),
    ),
    transitions=(
        Transition(
            "answer",
            _l("Send the answer"),
            (QuestionState.OPEN,),
            QuestionState.ANSWERED,
            PERMISSION,
            "repondre",
            answer="close",
            effect=keep_answer,
            message=messages.answered,
        ),
        Transition(
            "drop",
            _l("Close without answer"),
            (QuestionState.OPEN,),
            QuestionState.DROPPED,
            PERMISSION,
            "classer",
            done=_l("This question is closed without answer. Nothing was sent."),
            answer="drop",
        ),
        Transition(
            "reopen",
            _l("Undo: open it again"),
            (QuestionState.DROPPED,),
            QuestionState.OPEN,
            PERMISSION,
            "rouvrir",
            done=_l("This question is open again: an answer is due."),
            answer="reopen",
            audit="question.reopened",
        ),
    ),
    title=lambda question: question.title or question.reference,
    path=lambda question: f"/mon-compte/questions/{question.id}",
    desk_path=lambda question: f"/mairie/questions/{question.id}",
    service=lambda session, question: _("The town hall, which answers you."),
    mine=cases_of(Question),
)
