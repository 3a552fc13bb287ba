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
from civique.modules.fund.forms.endorsements import CommentRefusalForm
from civique.modules.fund.models import Endorsement
from civique.modules.fund.operations import endorsements
from civique.modules.fund.queries import endorsements as endorsement_queries
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
    query, on = endorsement_queries.comments_to_read(), endorsement_queries.comments_on(db.session)
    if not on:
        query = query.where(false())
    file = list_file("fonds-commentaires", _("Comments to read"), COMMENTS, query)
    return file or page("fund/desk/comments.html", listing=paginate(query), on=on)


@blueprint.get("/commentaires/<uuid:endorsement_id>")
@allow("fund.examine")
def comment(endorsement_id: UUID) -> Response:
    """One comment: publish it, or refuse it and say why."""
    return _comment_page(_commented(endorsement_id))


def _commented(endorsement_id: UUID) -> Endorsement:
    endorsement = db.session.get(Endorsement, endorsement_id)
    if endorsement is None or not endorsement.comment or not endorsement_queries.comments_on(db.session):
        abort(404)
    return endorsement


def _comment_page(endorsement: Endorsement, refused: CommentRefusalForm | None = None) -> Response:
    form = refused or CommentRefusalForm(formdata=None)
    form.revision.data = endorsement.revision
    shown = endorsement_queries.is_shown(db.session, endorsement.request)
    return page(
        "fund/desk/comment.html", status=422 if refused else 200, endorsement=endorsement, form=form, shown=shown
    )


@blueprint.post("/commentaires/<uuid:endorsement_id>/publier")
@allow("fund.examine")
def publish_comment(endorsement_id: UUID) -> Response:
    """Show a comment."""
    return _answer(endorsement_id, _publish, _("The comment is on the site."))


@blueprint.post("/commentaires/<uuid:endorsement_id>/refuser")
@allow("fund.examine")
def refuse_comment(endorsement_id: UUID) -> Response:
    """Refuse a comment, or withdraw one that is shown."""
    return _answer(endorsement_id, _refuse, _("The comment is not shown. Its author is told why."))


def _publish(endorsement: Endorsement, form: CommentRefusalForm) -> None:
    endorsements.publish_comment(db.session, endorsement, form.revision.data or 0)


def _refuse(endorsement: Endorsement, form: CommentRefusalForm) -> None:
    endorsements.refuse_comment(db.session, endorsement, form.motive.data or "", form.revision.data or 0)


def _answer(endorsement_id: UUID, run: Any, said: str) -> Response:
    """Answer a comment as it was read; a text that changed meanwhile is shown again instead."""
    endorsement, form = _commented(endorsement_id), CommentRefusalForm()
    demand = endorsement.request
    if form.validate():
        try:
            run(endorsement, form)
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
        endorsement = _commented(endorsement_id)
    return _comment_page(endorsement, form)


@blueprint.post("/demandes/<uuid:request_id>/montrer")
@allow("fund.examine")
def show(request_id: UUID) -> Response:
    """Note that the holder agrees, or no longer agrees, that residents read the request: they said so at the town hall."""
    demand, shown = demand_or_404(request_id), request.form.get("show") == "1"
    if not endorsement_queries.endorsements_on(db.session):
        abort(404)
    try:
        endorsements.let_be_read(db.session, demand, shown)
        notice(
            _("Residents can read this project and support it.")
            if shown
            else _("Residents no longer see this project.")
        )
    except Refused as broken:
        notice(str(broken), "wait")
    return go("fund_desk.file", request_id=request_id, _anchor="commentaires")
