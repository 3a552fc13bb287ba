"""« Récits »: the list, the story of an object, its days of work and its photos."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.stories import operations
from civique.core.stories.declarations import Told
from civique.core.stories.models import LONGEST, Story
from civique.core.stories.queries import stories_about, story_of
from civique.core.stories.subjects import SUBJECTS, find_told, is_on, refusal
from civique.web.access import allow, visitor
from civique.web.desk.labels import STORY_STATES, TONES
from civique.web.desk_list import DeskList, Filter, Order, anywhere
from civique.web.forms import BaseForm, RevisionField, at_most, required
from civique.web.pages import page
from civique.web.stories import DeskDayForm, add_log_routes
from civique.web.submit import attempt, submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_stories", __name__, url_prefix="/mairie/recits")
PERMISSION = "core.stories"


class StoryForm(BaseForm):
    """A story; its photos are ticked beside it (``picture-<id>``, ``alternative-<id>``)."""

    compared = False
    revision = RevisionField(default=0)
    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(200)])
    text = TextAreaField(
        _l("The story"), [required(_l("Write a few sentences.")), at_most(LONGEST)], render_kw={"rows": 12}
    )


def _mine() -> Select[Story]:
    """What is told of the objects that this agent manages, their module on or off."""
    return stories_about([table for table, one in SUBJECTS.every().items() if visitor().can(one.manage)])


CONDITIONS = {
    "to_write": Story.text == "",
    "draft": (Story.text != "") & Story.published_at.is_(None),
    "published": Story.published_at.is_not(None),
}
LIST = DeskList(
    name="recits",
    title=_l("Stories"),
    select=_mine,
    columns=(
        Column(_l("Title"), lambda s: s.title),
        Column(_l("Carried out by"), lambda s: s.organisation or _("Residents")),
        Column(_l("Territory"), lambda s: s.territory.name if s.territory else ""),
        Column(_l("State"), lambda s: str(STORY_STATES[s.state])),
        Column(_l("Begun on"), lambda s: clock.local(s.created_at).date()),
        Column(_l("Published on"), lambda s: clock.local(s.published_at).date() if s.published_at else None),
    ),
    template="desk/stories/list.html",
    orders=(Order("recents", _l("Newest first"), (Story.created_at.desc(), Story.id)),),
    filters=(Filter("etat", _l("State"), lambda: STORY_STATES, CONDITIONS.__getitem__),),
    words=anywhere(Story.folded),
    words_label=_l("Words of the title"),
)


@blueprint.get("")
@allow(PERMISSION)
def listing() -> Response:
    """Stories that are to write, written and published, newest first."""
    return LIST.respond(states=STORY_STATES, tones=TONES)


def _managed(object_id: UUID) -> tuple[Any, Told]:
    """An object that this agent manages, its module on or off."""
    found = find_told(db.session, object_id)
    if found is None or not visitor().can(found[0].manage):
        abort(404)
    return found[1], found[0].describe(db.session, found[1])


# The story -----------------------------------------------------------------------------------------------------------


@blueprint.get("/<uuid:object_id>")
@allow(PERMISSION)
def story(object_id: UUID) -> Response:
    """Write the story and choose its photos; where it cannot be written now, read it and withdraw it."""
    return _story_page(object_id)


def _story_page(object_id: UUID, form: StoryForm | None = None) -> Response:
    row, told = _managed(object_id)
    known = story_of(db.session, object_id)
    if form is None:
        form = StoryForm(formdata=None, title=known.title if known else told.title)
        form.text.data = (known.text if known else "") or told.draft
        form.revision.data = known.revision if known else 0
    return page(
        "desk/stories/story.html",
        object_id=object_id,
        told=told,
        story=known,
        form=form,
        typed=request.form if request.method == "POST" else None,
        on=is_on(db.session, row),
        closed=refusal(db.session, row, "write"),
        unpublished=refusal(db.session, row, "publish"),
    )


@blueprint.post("/<uuid:object_id>")
@allow(PERMISSION)
def keep(object_id: UUID) -> Response:
    """Keep the story; with « publish », show it to everybody."""
    row, told = _managed(object_id)
    form, publish = StoryForm(), "publish" in request.form

    def run() -> None:
        operations.write_story(
            db.session,
            row,
            form.text.data or "",
            _chosen(story_of(db.session, object_id)),
            title=form.title.data or "",
            revision=form.revision.data or 0,
        )
        if publish:
            operations.publish_story(db.session, row)

    return submit(
        form,
        run,
        again=lambda: _story_page(object_id, form),
        to=told.desk_path,
        said=_("The story is published.") if publish else _("The story is kept."),
        about=lambda: story_of(db.session, object_id),
    )


def _chosen(known: Story | None) -> dict[UUID, str]:
    """The photos that are ticked, with what they show."""
    return {
        picture.id: request.form.get(f"alternative-{picture.id}", "")
        for picture in (known.pictures if known else ())
        if f"picture-{picture.id}" in request.form
    }


@blueprint.post("/<uuid:object_id>/retirer")
@allow(PERMISSION)
def withdraw(object_id: UUID) -> Response:
    """Show the story to nobody any more, also when its module is off."""
    _managed(object_id)
    return attempt(
        lambda: operations.withdraw_story(db.session, object_id),
        url_for("desk_stories.story", object_id=object_id),
        _("The story is withdrawn. It can be published again."),
    )


add_log_routes(
    blueprint, "", PERMISSION, _managed, "desk/stories/log.html", DeskDayForm, owner=lambda told: told.applicant_id
)
