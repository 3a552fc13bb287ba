"""Questions to the mairie: the list, the file of one, its answer, one answer to several."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.answers.operations import answer_for, take_answer
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.questions import operations as questions
from civique.core.questions import queries
from civique.core.questions.models import Question
from civique.web.access import allow, me, visitor
from civique.web.desk import history
from civique.web.desk.labels import CHANNELS, QUESTION_STATES, TONES
from civique.web.desk.lists import asked, asked_ids, asked_words, row_or_404
from civique.web.desk.question_forms import AnswerForm, TogetherForm
from civique.web.lists import paginate
from civique.web.pages import go, go_path, notice, page
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("desk_questions", __name__, url_prefix="/mairie/questions")

PERMISSION = "core.questions"
COLUMNS = (
    Column(_l("Reference"), lambda e: e.reference),
    Column(_l("Received on"), lambda e: clock.local(e.created_at).date()),
    Column(_l("Name"), lambda e: e.name),
    Column(_l("E-mail"), lambda e: e.email),
    Column(_l("Telephone"), lambda e: e.phone),
    Column(_l("Territory"), lambda e: e.territory.name if e.territory else ""),
    Column(_l("Channel"), lambda e: str(CHANNELS[e.channel])),
    Column(_l("State"), lambda e: str(QUESTION_STATES[e.state])),
    Column(_l("Question"), lambda e: e.text),
    Column(_l("Answer"), lambda e: e.answer),
    Column(_l("Answered on"), lambda e: clock.local(e.answered_at).date() if e.answered_at else None),
)


@blueprint.get("")
@allow(PERMISSION, scoped=True)
def listing() -> Response:
    """Questions, those that wait first shown."""
    wanted = request.args.get("etat", "open")
    state = wanted if wanted in QUESTION_STATES else None
    channel = asked("canal", CHANNELS)
    query = _within_reach(queries.find_questions(state, asked_words(), channel))
    filters = (
        (_("State"), QUESTION_STATES.get(state or "")),
        (_("Channel"), CHANNELS.get(channel or "")),
        (_("Words looked for"), asked_words()),
    )
    whole = query.options(joinedload(Question.territory))
    answer_file = list_file("questions", _("Questions"), COLUMNS, whole, filters=filters)
    if answer_file:
        return answer_file
    return page(
        "desk/questions/list.html",
        block="rows",
        listing=paginate(query),
        state=state,
        channel=channel,
        words=asked_words(),
        states=QUESTION_STATES,
        channels=CHANNELS,
        tones=TONES,
    )


@blueprint.get("/<uuid:question_id>")
@allow(PERMISSION, scoped=True)
def file(question_id: UUID) -> Response:
    """The file of a question."""
    question = _question(question_id)
    return _file(question, AnswerForm(revision=question.revision))


@blueprint.post("/<uuid:question_id>/repondre")
@allow(PERMISSION, scoped=True)
def answer(question_id: UUID) -> Response:
    """Answer; when a colleague was faster, show what they did and keep what was typed."""
    question, form = _question(question_id), AnswerForm()
    if not form.validate():
        return _file(question, form, 422)
    try:
        questions.answer_question(db.session, question, form.answer.data, form.revision.data or 0)
    except StaleDataError:
        db.session.rollback()
        return _file(_question(question_id), form, 422, stale=True)
    notice(_sent_by(question))
    return go("desk_questions.file", question_id=question.id)


@blueprint.post("/<uuid:question_id>/prendre")
@allow(PERMISSION, scoped=True)
def take(question_id: UUID) -> Response:
    """Take charge of the answer."""
    question = _question(question_id)
    due = answer_for(db.session, question)
    if due is not None and question.state == "open":
        take_answer(db.session, due, me())
        notice(_("You are in charge of this answer."))
    return go("desk_questions.file", question_id=question.id)


@blueprint.post("/<uuid:question_id>/classer")
@allow(PERMISSION, scoped=True)
def drop(question_id: UUID) -> Response:
    """Close without answering; the file then offers to undo."""
    question = _question(question_id)
    if question.state == "open":
        questions.drop_question(db.session, question)
        notice(_("This question is closed without answer. Nothing was sent."))
    return go("desk_questions.file", question_id=question.id)


@blueprint.post("/<uuid:question_id>/rouvrir")
@allow(PERMISSION, scoped=True)
def reopen(question_id: UUID) -> Response:
    """Undo."""
    question = _question(question_id)
    if question.state == "dropped":
        questions.reopen_question(db.session, question)
        notice(_("This question is open again: an answer is due."))
    return go("desk_questions.file", question_id=question.id)


@blueprint.get("/ensemble")
@allow(PERMISSION, scoped=True)
def together() -> Response:
    """Prepare one answer to the questions that were ticked."""
    chosen = [e for e in _chosen(asked_ids()) if e.state == "open"]
    if not chosen:
        notice(_("Tick at least one question that waits for an answer."), "wait")
        return go("desk_questions.listing")
    return page("desk/questions/together.html", form=TogetherForm(), chosen=chosen)


@blueprint.post("/ensemble")
@allow(PERMISSION, scoped=True)
def answer_together() -> Response:
    """Send one answer to all, or to nobody when one of the questions moved."""
    form = TogetherForm()
    read = _read_revisions()
    chosen = [e for e in _chosen(list(read)) if e.state == "open"]
    if not form.validate():
        return page("desk/questions/together.html", status=422, form=form, chosen=chosen)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    moved = len(read) - len([e for e in chosen if e.revision == read[e.id]])
    if moved or not chosen:
        return page("desk/questions/together.html", status=422, form=form, chosen=chosen, moved=moved)
    try:
        questions.answer_together(db.session, [(e, read[e.id]) for e in chosen], form.answer.data)
    except StaleDataError:
        db.session.rollback()
        chosen = [e for e in _chosen(list(read)) if e.state == "open"]
        return page("desk/questions/together.html", status=422, form=form, chosen=chosen, moved=1)
    notice(ngettext("One answer has left.", "%(num)s answers have left.", len(chosen)))
    return go_path(form.leads_to(url_for("desk_questions.listing", etat="answered")))


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


def _within_reach(query: Select) -> Select:
    """Only the communes déléguées for which this agent has the permission."""
    reach = visitor().rights.territories(PERMISSION)
    return query if reach is None else query.where(Question.territory_id.in_(reach))


def _may_read(question: Question) -> bool:
    return visitor().can(PERMISSION, territory=question.territory_id)


def _question(question_id: UUID) -> Question:
    question = row_or_404(Question, question_id)
    if not _may_read(question):
        abort(404)
    return question


def _chosen(ids: list[UUID]) -> list[Question]:
    return [e for e in queries.questions_by_id(db.session, ids) if _may_read(e)]


def _file(question: Question, form: AnswerForm, status: int = 200, *, stale: bool = False) -> Response:
    due = answer_for(db.session, question)
    if stale:
        form.revision.data = question.revision
    return page(
        "desk/questions/file.html",
        status=status,
        question=question,
        form=form,
        due=due,
        stale=stale,
        steps=history.of_question(question, due),
        channels=CHANNELS,
        states=QUESTION_STATES,
        tones=TONES,
        today=clock.today(),
    )


def _sent_by(question: Question) -> str:
    person = question.person
    if question.email or (person and person.email):
        return _("The answer has left by e-mail.")
    if person:
        return _("The answer is a letter: it waits in the pile of letters to print.")
    return _("The answer is kept here. Tell it by telephone: this person left no address.")
