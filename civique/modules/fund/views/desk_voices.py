"""Comments of residents on requests under examination: read, published or refused; consent noted for who is on paper."""

from typing import Any
from uuid import UUID

from flask import abort, request
from sqlalchemy import false
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.documents.tables import COMMENTS
from civique.modules.fund.forms.voices import CommentRefusalForm
from civique.modules.fund.models import Voice
from civique.modules.fund.operations import voices
from civique.modules.fund.queries import voices as voice_queries
from civique.modules.fund.views.desk import blueprint, demand_or_404
from civique.web.access import allow
from civique.web.lists import paginate
from civique.web.pages import go, notice, page
from civique.web.tables import list_file
from tenants.db import db

LIST = "liste"
"""``?depuis=liste``: the comment was answered from the list, which is shown again."""


@blueprint.get("/commentaires")
@allow("fund.examine")
def comments() -> Response:
    """Comments to read."""
    query, on = voice_queries.comments_to_read(), voice_queries.comments_on(db.session)
    if not on:
        query = query.where(false())
    file = list_file("fonds-commentaires", _("Comments to read"), COMMENTS, query)
    return file or page("fund/desk/comments.html", listing=paginate(query), on=on)


@blueprint.get("/commentaires/<uuid:voice_id>")
@allow("fund.examine")
def comment(voice_id: UUID) -> Response:
    """One comment: publish it, or refuse it and say why."""
    return _comment_page(_commented(voice_id))


def _commented(voice_id: UUID) -> Voice:
    voice = db.session.get(Voice, voice_id)
    if voice is None or not voice.comment or not voice_queries.comments_on(db.session):
        abort(404)
    return voice


def _comment_page(voice: Voice, refused: CommentRefusalForm | None = None) -> Response:
    form = refused or CommentRefusalForm(formdata=None)
    form.revision.data = voice.revision
    shown = voice_queries.is_shown(db.session, voice.request)
    return page("fund/desk/comment.html", status=422 if refused else 200, voice=voice, form=form, shown=shown)


@blueprint.post("/commentaires/<uuid:voice_id>/publier")
@allow("fund.examine")
def publish_comment(voice_id: UUID) -> Response:
    """Show a comment."""
    return _answer(voice_id, _publish, _("The comment is on the site."))


@blueprint.post("/commentaires/<uuid:voice_id>/refuser")
@allow("fund.examine")
def refuse_comment(voice_id: UUID) -> Response:
    """Refuse a comment, or withdraw one that is shown."""
    return _answer(voice_id, _refuse, _("The comment is not shown. Its author is told why."))


def _publish(voice: Voice, form: CommentRefusalForm) -> None:
    voices.publish(db.session, voice, form.revision.data or 0)


def _refuse(voice: Voice, form: CommentRefusalForm) -> None:
    voices.refuse(db.session, voice, form.motive.data or "", form.revision.data or 0)


def _answer(voice_id: UUID, run: Any, said: str) -> Response:
    """Answer a comment as it was read; a text that changed meanwhile is shown again instead."""
    voice, form = _commented(voice_id), CommentRefusalForm()
    demand = voice.request
    if form.validate():
        try:
            run(voice, form)
            notice(said)
            if request.args.get("depuis") == LIST:
                return go("fund_desk.comments")
            return go("fund_desk.file", request_id=demand.id, _anchor="commentaires")
        except Refused as broken:
            form.refuse(broken)
        except StaleDataError:
            form.fail(
                "",
                _(
                    "This comment was changed, or a colleague answered it, while you were reading it. Nothing was done: here it is as it is now."
                ),
            )
        db.session.rollback()
        voice = _commented(voice_id)
    return _comment_page(voice, form)


@blueprint.post("/demandes/<uuid:request_id>/montrer")
@allow("fund.examine")
def show(request_id: UUID) -> Response:
    """Note that the holder agrees, or no longer agrees, that residents read the request: they said so at the town hall."""
    demand, shown = demand_or_404(request_id), request.form.get("show") == "1"
    if not voice_queries.voices_on(db.session):
        abort(404)
    try:
        voices.let_be_read(db.session, demand, shown)
        notice(
            _("Residents can read this project and support it.")
            if shown
            else _("Residents no longer see this project.")
        )
    except Refused as broken:
        notice(str(broken), "wait")
    return go("fund_desk.file", request_id=request_id, _anchor="commentaires")
