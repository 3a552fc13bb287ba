"""The order of the day of a committee's meeting: items, who leaves the room (FON-07), opinions."""

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.committees import operations as committees
from civique.core.committees.events import ItemSource
from civique.core.committees.models import AgendaItem, Committee, CommitteeMember
from civique.core.committees.queries import item_sources
from civique.core.gatherings.models import Gathering
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.desk.committee_forms import ItemForm, OpinionForm
from civique.web.desk.gathering_page import gathering_page
from civique.web.desk.gatherings import address, blueprint
from civique.web.lists import asked_ids, row_or_404
from civique.web.pages import go_path, notice
from civique.web.submit import attempt, submit
from tenants.db import db


@blueprint.post("/<uuid:gathering_id>/ajouter")
@allow("gatherings.record")
def add_proposed(gathering_id: UUID) -> Response:
    """Put what was ticked on the order of the day."""
    found, ticked = _meeting(gathering_id), asked_ids()

    def do() -> None:
        for source in item_sources(db.session, ticked):
            committees.add_item(db.session, found, source)

    return attempt(do, address(gathering_id))


@blueprint.post("/<uuid:gathering_id>/points")
@allow("gatherings.record")
def add_other(gathering_id: UUID) -> Response:
    """Put something else on the order of the day."""
    found, form = _meeting(gathering_id), ItemForm()
    return submit(
        form,
        lambda: committees.add_item(db.session, found, ItemSource(form.title.data or "")),
        again=lambda: gathering_page(found, form),
        to=address(gathering_id),
    )


@blueprint.post("/<uuid:gathering_id>/points/<uuid:item_id>/avis")
@allow("gatherings.record")
def record_opinion(gathering_id: UUID, item_id: UUID) -> Response:
    """Record what the committee said."""
    item, form = _item(gathering_id, item_id), OpinionForm()
    return submit(
        form,
        lambda: committees.record_opinion(
            db.session,
            item,
            form.verdict.data,
            form.opinion.data or "",
            form.revision.data or 0,
            form.amount_cents.data,
        ),
        again=lambda: gathering_page(item.gathering, form, item_id),
        to=address(gathering_id),
        said=_("The opinion is recorded."),
        about=lambda: item,
    )


@blueprint.post("/<uuid:gathering_id>/points/<uuid:item_id>/deport")
@allow("gatherings.record")
def recuse(gathering_id: UUID, item_id: UUID) -> Response:
    """A member leaves the room for an item."""
    item, chosen = _item(gathering_id, item_id), asked_ids()
    member = db.session.get(CommitteeMember, chosen[0]) if chosen else None
    if member is None or member.committee_id != item.committee_id:
        notice(_("Choose the member who leaves the room."), "wait")
        return go_path(address(gathering_id))
    reason = request.form.get("reason", "").strip()[:300]
    return attempt(
        lambda: committees.recuse_member(db.session, item, member, reason),
        address(gathering_id),
        _("%(name)s takes no part in this matter.", name=member.person.name),
    )


@blueprint.post("/<uuid:gathering_id>/points/<uuid:item_id>/retirer")
@allow("gatherings.record")
def remove(gathering_id: UUID, item_id: UUID) -> Response:
    """Take an item off the order of the day."""
    item = _item(gathering_id, item_id)
    return attempt(lambda: committees.remove_item(db.session, item), address(gathering_id))


def _meeting(gathering_id: UUID) -> Gathering:
    """A committee's meeting; another gathering has no order of the day."""
    return row_or_404(Gathering, gathering_id, origin_type=Committee.__tablename__)


def _item(gathering_id: UUID, item_id: UUID) -> AgendaItem:
    return row_or_404(AgendaItem, item_id, gathering_id=gathering_id)
