"""Letters to print: the pile, one PDF of it, what was printed."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.messages import batches
from civique.core.messages import operations as messages
from civique.core.messages.models import Message
from civique.core.messages.queries import all_messages, said_in, waiting_letters
from civique.core.messages.rendering import as_letters
from civique.core.tasks import Task, result_path
from civique.web.access import allow
from civique.web.desk.labels import MESSAGE_STATES, TONES
from civique.web.desk_list import DeskList, Filter, Order
from civique.web.forms import OnceForm
from civique.web.lists import asked_ids, row_or_404
from civique.web.pages import as_pdf, go, go_path, notice, page
from civique.web.tables import Column
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("desk_letters", __name__, url_prefix="/mairie/courriers")
PERMISSION = "core.letters"
AT_ONCE = 50
"""Letters that are made while one waits; more are made by a job."""

LIST = DeskList(
    name="courriers",
    title=_l("Letters"),
    select=all_messages,
    columns=(
        Column(_l("Written on"), lambda m: clock.local(m.created_at).date()),
        Column(_l("For whom"), lambda m: m.person.name if m.person else m.address),
        Column(_l("Street"), lambda m: m.person.street if m.person else None),
        Column(_l("Postal code"), lambda m: m.person.postal_code if m.person else None),
        Column(_l("Town"), lambda m: m.person.city if m.person else None),
        Column(_l("Subject"), lambda m: m.subject),
        Column(_l("State"), lambda m: str(MESSAGE_STATES[m.state])),
        Column(_l("Printed on"), lambda m: clock.local(m.sent_at).date() if m.sent_at else None),
    ),
    template="desk/letters/list.html",
    orders=(
        Order(
            "date",
            _l("Date"),
            lambda asked: (
                Message.created_at if asked.codes["etat"] == "to_print" else Message.sent_at.desc(),
                Message.id,
            ),
        ),
    ),
    filters=(
        Filter(
            "etat",
            _l("State"),
            {"to_print": _l("The pile"), "printed": _l("Printed")},
            Message.state,
            default="to_print",
            tabs=True,
        ),
    ),
    words=said_in,
    words_label=_l("Name or subject"),
)
LIST.add_to(
    blueprint,
    PERMISSION,
    lambda: {"tones": TONES, "now": clock.now().isoformat(), "batches": batches.waiting_batches(db.session)},
)


@blueprint.get("/impression")
@allow(PERMISSION)
def batch() -> Response:
    """What is about to be printed: the PDF first, then « c’est imprimé »."""
    letters = _asked_letters()
    if not letters:
        return _nothing_asked()
    return page(
        "desk/letters/batch.html",
        letters=letters,
        arguments=_arguments(),
        without=_without_address(letters),
        towns=batches.towns(letters),
        large=len(letters) > AT_ONCE,
        once=OnceForm(),
        most=batches.MOST,
    )


@blueprint.get("/impression.pdf")
@allow(PERMISSION)
def pdf() -> Response:
    """The letters as one PDF."""
    letters = _asked_letters()
    if not letters:
        return _nothing_asked()
    if len(letters) > AT_ONCE:
        return go("desk_letters.batch", **_arguments())
    return as_pdf(as_letters(db.session, letters), f"courriers-{clock.today().isoformat()}")


@blueprint.post("/lots")
@allow(PERMISSION)
def prepare() -> Response:
    """Ask for the PDF of a large pile."""
    form = OnceForm()
    earlier = form.already()
    if earlier:
        return go_path(earlier.path)
    letters = _asked_letters()
    if not letters:
        return _nothing_asked()
    task = batches.prepare_batch(db.session, letters)
    return go_path(form.leads_to(url_for("exports.task", task_id=task.id)))


@blueprint.get("/lots/<uuid:task_id>")
@allow(PERMISSION)
def lot(task_id: UUID) -> Response:
    """A batch that is written: open it, then « c’est imprimé »."""
    task = _lot(task_id)
    letters = batches.letters_of(db.session, task.id)
    if task.file is None:
        return page("desk/letters/lot_gone.html", task=task)
    waiting = [letter for letter in letters if letter.state == "to_print"]
    return page(
        "desk/letters/lot.html",
        task=task,
        letters=letters,
        waiting=waiting,
        towns=batches.towns(letters),
        without=_without_address(letters),
    )


@blueprint.get("/lots/<uuid:task_id>.pdf")
@allow(PERMISSION)
def lot_pdf(task_id: UUID) -> Response:
    """The PDF of a batch."""
    task = _lot(task_id)
    path = result_path(current_tenant(), task.id)
    if task.file is None or not path.exists():
        abort(404)
    return as_pdf(path.read_bytes(), f"courriers-{clock.today().isoformat()}")


@blueprint.post("/lots/<uuid:task_id>/imprimes")
@allow(PERMISSION)
def lot_printed(task_id: UUID) -> Response:
    """The letters of this batch are printed, and no other."""
    task = _lot(task_id)
    if task.file is None:
        abort(404)
    _leave_the_pile([m for m in batches.letters_of(db.session, task.id) if m.state == "to_print"])
    return go("desk_letters.listing")


def _lot(task_id: UUID) -> Task:
    task = row_or_404(Task, task_id)
    if not batches.is_batch(db.session, task.id):
        abort(404)
    return task


@blueprint.post("/imprimes")
@allow(PERMISSION)
def printed() -> Response:
    """They are printed and leave the pile."""
    letters = _asked_letters()
    if len(letters) > AT_ONCE:
        return go("desk_letters.batch", **_arguments())
    _leave_the_pile(letters)
    return go("desk_letters.listing")


def _leave_the_pile(letters: list[Message]) -> None:
    messages.mark_printed(db.session, letters)
    if letters:
        notice(ngettext("One letter has left the pile.", "%(num)s letters have left the pile.", len(letters)))


@blueprint.post("/<uuid:message_id>/remettre")
@allow(PERMISSION)
def put_back(message_id: UUID) -> Response:
    """Torn, lost, jammed: back on the pile."""
    letter = row_or_404(Message, message_id)
    if letter.state == "printed":
        messages.print_again(db.session, letter)
        notice(_("This letter is back on the pile."))
    return go("desk_letters.listing")


def _nothing_asked() -> Response:
    notice(_("No letter of this selection waits to be printed."), "wait")
    return go("desk_letters.listing")


def _asked_letters() -> list[Message]:
    """The ticked letters, or the pile as it was at the moment ``jusqua``: one that arrived since is not marked by mistake."""
    ids = asked_ids()
    if not ids and "jusqua" not in request.values:
        return []
    query: Select = waiting_letters(None if ids else _until())
    query = query.where(Message.id.in_(ids)) if ids else query
    return batches.postal_order(db.session.scalars(query.limit(batches.MOST)).unique())


def _until() -> datetime:
    try:
        return datetime.fromisoformat(request.values["jusqua"])
    except (KeyError, ValueError):
        abort(404)


def _arguments() -> dict[str, object]:
    """What pins the selection in the next addresses."""
    ids = [str(i) for i in asked_ids()]
    return {"id": ids} if ids else {"jusqua": _until().isoformat()}


def _without_address(letters: list[Message]) -> list[Message]:
    """Letters whose envelope's window would be nearly empty."""
    return [m for m in letters if m.person is None or not (m.person.street or m.person.city)]
