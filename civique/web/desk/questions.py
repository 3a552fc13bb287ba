"""Questions to the mairie: the list, the file of one, its answer, one answer to several."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.answers.operations import answer_for, mark_collective
from civique.core.cases.operations import move
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
from civique.web.desk_list import DeskList, Filter, newest
from civique.web.lists import asked_ids, row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_questions", __name__, url_prefix="/mairie/questions")

PERMISSION = "core.questions"


def _within_reach() -> Select[Question]:
    """Questions of the communes déléguées for which this agent has the permission."""
    query = queries.with_due_day(select(Question)).options(joinedload(Question.territory))
    reach = visitor().rights.territories(PERMISSION)
    return query if reach is None else query.where(Question.territory_id.in_(reach))


LIST = DeskList(
    name="questions",
    title=_l("Questions"),
    select=_within_reach,
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
    template="desk/questions/list.html",
    orders=(newest(Question.created_at),),
    filters=(
        Filter(
            "etat",
            _l("State"),
            lambda: {state.code: state.label for state in WORKFLOW.states},
            Question.state,
            default=QuestionState.OPEN,
        ),
        Filter("canal", _l("Channel"), CHANNELS, Question.channel),
    ),
    words=queries.said_in,
    words_label=_l("Name, reference or words"),
)
LIST.add_to(
    blueprint,
    PERMISSION,
    lambda: {"workflow": WORKFLOW, "channels": CHANNELS, "today": clock.today()},
    scoped=True,
)


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


@blueprint.get("/ensemble")
@allow(PERMISSION, scoped=True)
def together() -> Response:
    """Prepare one answer to the questions that were ticked."""
    chosen = _chosen(asked_ids())
    if not chosen:
        notice(_("Tick at least one question that waits for an answer."), "wait")
        return go("desk_questions.listing")
    return page("desk/questions/together.html", form=TogetherForm(), chosen=chosen)


@blueprint.post("/ensemble")
@allow(PERMISSION, scoped=True)
def answer_together() -> Response:
    """Send one answer to all, or to nobody when one of the questions moved."""
    form, read = TogetherForm(), _read_revisions()

    def answer() -> int:
        chosen = _chosen(list(read))
        for question in chosen:
            move(db.session, WORKFLOW, question, "answer", revision=read[question.id], answer=form.answer.data)
            mark_collective(db.session, question)
        return len(chosen)

    def again() -> Response:
        chosen = _chosen(list(read))
        moved = len(read) - len([q for q in chosen if q.revision == read[q.id]])
        return page("desk/questions/together.html", form=form, chosen=chosen, moved=moved)

    if not _chosen(list(read)) or len(_chosen(list(read))) != len(read):
        response = again()
        response.status_code = 422
        return response
    return submit(
        form,
        answer,
        again=again,
        to=url_for("desk_questions.listing", etat=QuestionState.ANSWERED),
        said=lambda count: ngettext("One answer has left.", "%(num)s answers have left.", count),
    )


def _read_revisions() -> dict[UUID, int]:
    """Questions of the sent form, with the revision that was shown: ``identifier:revision``."""
    found = {}
    for text in request.form.getlist("question")[:100]:
        identifier, _colon, revision = text.partition(":")
        try:
            found[UUID(identifier)] = int(revision)
        except ValueError:
            abort(400)
    return found


def _may_read(question: Question) -> bool:
    return visitor().can(PERMISSION, territory=question.territory_id)


def _question(question_id: UUID) -> Question:
    question = row_or_404(Question, question_id)
    if not _may_read(question):
        abort(404)
    return question


def _chosen(ids: list[UUID]) -> list[Question]:
    """Those of these questions that wait for an answer and that this agent may read."""
    found = queries.questions_by_id(db.session, ids)
    return [q for q in found if q.state == QuestionState.OPEN and _may_read(q)]


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
