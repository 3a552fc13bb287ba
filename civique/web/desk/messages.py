"""The journal of what was written to people, and what became of it."""

from uuid import UUID

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.messages import operations as messages
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.queries import all_messages, said_in
from civique.web.access import allow
from civique.web.desk.labels import MESSAGE_STATES, TONES
from civique.web.desk_list import DeskList, Filter, newest, oldest
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_messages", __name__, url_prefix="/mairie/messages")
PERMISSION = "core.letters"


def subject(message: Message) -> str:
    """Subject for a colleague's eyes: a message that carries a code or a personal link shows neither."""
    return _("Code or personal link (not shown)") if message.secret else message.subject


LIST = DeskList(
    name="messages",
    title=_l("Messages sent"),
    select=all_messages,
    columns=(
        Column(_l("Written on"), lambda m: m.created_at),
        Column(_l("For whom"), lambda m: m.person.name if m.person else m.address),
        Column(_l("Subject"), subject),
        Column(_l("State"), lambda m: str(MESSAGE_STATES[m.state])),
        Column(_l("Reason of the refusal"), lambda m: m.error),
    ),
    template="desk/messages/list.html",
    orders=(newest(Message.created_at), oldest(Message.created_at)),
    filters=(Filter("etat", _l("State"), MESSAGE_STATES, Message.state),),
    words=said_in,
    words_label=_l("Name, address or subject"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"states": MESSAGE_STATES, "tones": TONES, "subject": subject})


@blueprint.get("/<uuid:message_id>")
@allow(PERMISSION)
def message(message_id: UUID) -> Response:
    """The words of a message."""
    row = row_or_404(Message, message_id)
    content = None if row.secret else Content.from_json(row.content)
    return page(
        "desk/messages/message.html", message=row, content=content, subject=subject, states=MESSAGE_STATES, tones=TONES
    )


@blueprint.post("/<uuid:message_id>/renvoyer")
@allow(PERMISSION)
def send_again(message_id: UUID) -> Response:
    """Send the same words once more."""
    row = row_or_404(Message, message_id)
    if row.state not in {"sent", "failed", "printed"}:
        abort(409)
    try:
        again = messages.send_again(db.session, row)
    except ValueError:
        abort(409)
    notice(
        _("The message leaves again by e-mail.")
        if again.state == "queued"
        else _("The message is now a letter: it waits in the pile of letters to print.")
    )
    return go("desk_messages.message", message_id=again.id)
