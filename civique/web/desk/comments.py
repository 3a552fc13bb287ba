"""« Commentaires à lire »: what residents write is read by the mairie first, then published, or refused with its reason."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.endorsements import operations
from civique.core.endorsements.declarations import Subject
from civique.core.endorsements.models import Comment
from civique.core.endorsements.queries import waiting_comments
from civique.core.endorsements.subjects import is_shown
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.desk.comment_forms import RefusalForm
from civique.web.desk_list import DeskList, Order, anywhere, oldest
from civique.web.endorsements import kinds, subjects_of
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_comments", __name__, url_prefix="/mairie/commentaires")
PERMISSION = "core.comments"
FILE = "dossier"
"""``?depuis=dossier``: the comment was opened from the page of its object, which is shown again."""
LIST = DeskList(
    name="commentaires",
    title=_l("Comments to read"),
    select=lambda: waiting_comments(db.session, kinds()),
    columns=(
        Column(_l("About"), lambda c: c.object_title),
        Column(_l("Written on"), lambda c: clock.local(c.written_at).date()),
        Column(_l("Author"), lambda c: c.person.name if c.person else ""),
        Column(_l("Comment"), lambda c: c.text),
    ),
    template="desk/comments/list.html",
    orders=(oldest(Comment.written_at), Order("objet", _l("About"), (Comment.object_title, Comment.written_at))),
    words=anywhere(Comment.object_title, Comment.text),
    words_label=_l("Words of the comment or of what it is about"),
    beside=lambda rows: {"subjects": subjects_of(rows)},
)
LIST.add_to(blueprint, PERMISSION, lambda: {"on": any(kind.commented(db.session) for kind in kinds())})


@blueprint.get("/<uuid:comment_id>")
@allow(PERMISSION)
def comment(comment_id: UUID) -> Response:
    """One comment: publish it, or refuse it and say why."""
    return _comment_page(comment_id)


@blueprint.post("/<uuid:comment_id>/publier")
@allow(PERMISSION)
def publish(comment_id: UUID) -> Response:
    """Show a comment."""
    (found, _subject), form = _found(comment_id), RefusalForm()
    return _answer(
        comment_id,
        form,
        lambda: operations.publish_comment(db.session, found, form.revision.data or 0),
        _("The comment is on the site."),
    )


@blueprint.post("/<uuid:comment_id>/refuser")
@allow(PERMISSION)
def refuse(comment_id: UUID) -> Response:
    """Refuse a comment, or withdraw one that is shown."""
    (found, _subject), form = _found(comment_id), RefusalForm()
    return _answer(
        comment_id,
        form,
        lambda: operations.refuse_comment(db.session, found, form.reason.data or "", form.revision.data or 0),
        _("The comment is not shown. Its author is told why."),
    )


def _answer(comment_id: UUID, form: RefusalForm, run: Callable[[], None], said: str) -> Response:
    """Answer a comment as it was read; a text that changed meanwhile is shown again instead."""
    found, subject = _found(comment_id)
    listed = request.args.get("depuis") != FILE
    to = url_for("desk_comments.listing") if listed else f"{subject.desk_path}#commentaires"

    return submit(form, run, again=lambda: _comment_page(comment_id, form), to=to, said=said, about=lambda: found)


def _comment_page(comment_id: UUID, form: RefusalForm | None = None) -> Response:
    found, subject = _found(comment_id)
    form = form or RefusalForm(formdata=None)
    form.revision.data = found.revision
    readable = is_shown(db.session, subject.row)
    depuis = FILE if request.args.get("depuis") == FILE else None
    return page(
        "desk/comments/comment.html", comment=found, subject=subject, form=form, readable=readable, depuis=depuis
    )


def _found(comment_id: UUID) -> tuple[Comment, Subject]:
    """A comment on an object of a module that is on and takes comments, with what it is about."""
    found = row_or_404(Comment, comment_id)
    taken = [kind for kind in kinds() if kind.object_type == found.object_type and kind.commented(db.session)]
    subject = subjects_of([found]).get(found.object_id) if taken else None
    return found, subject or abort(404)
