"""Questions to the mairie: the queue, the file of one, its answer, one answer to several."""

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.answers.operations import answer_for, mark_collective
from civique.core.cases.operations import move
from civique.core.cases.queries import whole
from civique.core.channels import CHANNELS
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.messages.queries import about
from civique.core.questions import queries
from civique.core.questions.models import Question, QuestionState
from civique.core.questions.workflow import WORKFLOW
from civique.services.identifiers import format_phone
from civique.web import cases
from civique.web.access import allow, visitor
from civique.web.desk import history
from civique.web.desk.question_forms import AnswerForm, TogetherForm
from civique.web.desk_list import Filter, newest
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.queue import Bulk, Queue, add_queue_routes, state_filter
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_questions", __name__, url_prefix="/mairie/questions")

PERMISSION = "core.questions"


def _answer(form: TogetherForm, cases: Sequence[Question]) -> Callable[[Question], object]:
    def answer(question: Question) -> None:
        move(db.session, WORKFLOW, question, "answer", revision=question.revision, answer=form.answer.data)
        mark_collective(db.session, question)

    return answer


def _left(_form: TogetherForm, cases: Sequence[Question]) -> str:
    return ngettext("One answer has left.", "%(num)s answers have left.", len(cases))


QUEUE = Queue(
    name="questions",
    title=_l("Questions"),
    select=lambda: queries.with_due_day(whole(Question)),
    lines=queries.LINES,
    columns=(
        Column(_l("Reference"), lambda q: q.reference),
        Column(_l("Received on"), lambda q: clock.local(q.created_at).date()),
        Column(_l("Name"), lambda q: q.name),
        Column(_l("E-mail"), lambda q: q.email),
        Column(_l("Telephone"), lambda q: format_phone(q.phone)),
        Column(_l("Territory"), lambda q: q.territory.name if q.territory else ""),
        Column(_l("Channel"), lambda q: str(CHANNELS[q.channel])),
        Column(_l("State"), lambda q: str(WORKFLOW.state(q).label)),
        Column(_l("Answer before"), lambda q: q.due_on),
        Column(_l("Question"), lambda q: q.text),
        Column(_l("Answer"), lambda q: q.answer),
        Column(_l("Answered on"), lambda q: clock.local(q.answered_at).date() if q.answered_at else None),
    ),
    template="desk/questions/queue.html",
    workflow=WORKFLOW,
    permission=PERMISSION,
    scoped=True,
    orders=(newest(Question.created_at),),
    filters=(
        state_filter(WORKFLOW, default=QuestionState.OPEN),
        Filter("canal", _l("Channel"), CHANNELS, Question.channel),
    ),
    words=queries.said_in,
    words_label=_l("Name, reference or words"),
    bulk=(
        Bulk(
            "answer",
            _l("Give one answer to all"),
            "send",
            _answer,
            TogetherForm,
            hint=_l("Each author receives it by their own channel, with their own question below."),
            said=_left,
            may=lambda question: question.state == QuestionState.OPEN,
            whole=True,
            template="desk/questions/together.html",
        ),
    ),
    bulk_permission=PERMISSION,
    context=lambda: {"counter": "core.counter", "importer": "", "today": clock.today()},
)
add_queue_routes(blueprint, QUEUE, lambda ids: [q for q in queries.questions_by_id(db.session, ids) if _may_read(q)])


@blueprint.get("/<uuid:question_id>")
@allow(PERMISSION, scoped=True)
def file(question_id: UUID) -> Response:
    """The file of a question."""
    return _file(_question(question_id))


@blueprint.post("/<uuid:question_id>/prendre")
@allow(PERMISSION, scoped=True)
def take(question_id: UUID) -> Response:
    """Take charge of the answer."""
    return cases.take(_question(question_id), url_for("desk_questions.file", question_id=question_id))


def _may_read(question: Question) -> bool:
    return visitor().can(PERMISSION, territory=question.territory_id)


def _question(question_id: UUID) -> Question:
    question = row_or_404(Question, question_id)
    if not _may_read(question):
        abort(404)
    return question


def _file(question: Question, refused: cases.CaseForm | None = None) -> Response:
    due = answer_for(db.session, question)
    form = refused if isinstance(refused, AnswerForm) else AnswerForm(formdata=None)
    if refused is not None and refused is not form:  # refused: to close it, or to open it again
        form.form_errors.extend(refused.form_errors)
    form.revision.data = question.revision
    return page(
        "desk/questions/file.html",
        question=question,
        form=form,
        due=due,
        moved=form.moved,
        steps=history.of_case(question),
        channels=CHANNELS,
        state=WORKFLOW.state(question),
        today=clock.today(),
        waits=any(m.kind == "question.answered" and m.state == "to_print" for m in about(db.session, question)),
    )


def _sent_by(question: Question) -> str:
    person = question.applicant
    reached = person.reached_by if person else ""
    if reached == "email" or question.email:
        return _("The answer has left by e-mail.")
    if reached:
        return _("The answer is a letter: it waits in the pile of letters to print.")
    return _("The answer is kept here. Tell it by telephone: this person left no address.")


cases.CasePages(blueprint, WORKFLOW, _question, _file, {"answer": AnswerForm}, scoped=True).add_routes(
    done={"answer": _sent_by}
)
