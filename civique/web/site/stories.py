"""« Récits »: what everybody reads; and the days of work and photos of whoever carries something out."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.stories import operations
from civique.core.stories.declarations import Told
from civique.core.stories.queries import published_stories, published_story, story_of
from civique.core.stories.subjects import SUBJECTS, find_told, is_on, refusal
from civique.web.access import PUBLIC, SIGNED_IN, allow, me
from civique.web.feeds import Entry, atom
from civique.web.forms import OnceForm
from civique.web.lists import paginate
from civique.web.pages import go_path, page
from civique.web.stories import DayForm, log_page, take_day, take_photo
from civique.web.submit import attempt
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("stories", __name__)
FEED = "/recits.atom"


@blueprint.get("/recits")
@allow(PUBLIC)
def listing() -> Response:
    """All the stories, newest first."""
    return page("site/stories.html", block="rows", listing=paginate(published_stories()))


@blueprint.get(FEED)
@allow(PUBLIC)
def feed() -> Response:
    """The stories, for readers and other sites."""
    rows = db.session.scalars(published_stories().limit(20)).all()
    entries = [
        Entry(f"/recits/{story.object_id}", story.title, story.published_at, story.text[:400])
        for story in rows
        if story.published_at is not None
    ]
    return atom(_("Stories of %(commune)s", commune=current_tenant().name), FEED, entries)


@blueprint.get("/recits/<uuid:object_id>")
@allow(PUBLIC)
def story(object_id: UUID) -> Response:
    """One story; it stays when the module of what it tells is off."""
    found = published_story(db.session, object_id) or abort(404)
    about = SUBJECTS.object_of(db.session, found)
    described = about[0].describe(db.session, about[1]) if about and is_on(db.session, about[1]) else None
    return page("site/story.html", story=found, path=described.public_path if described else "")


# The days of work and the photos -------------------------------------------------------------------------------------


def _carried_out(object_id: UUID) -> tuple[Any, Told]:
    """An object that this person carries out, and whose module is on; anybody else's does not exist."""
    found = find_told(db.session, object_id)
    if found is None or not is_on(db.session, found[1]) or not found[0].may_follow(db.session, found[1], me()):
        abort(404)
    return found[1], found[0].describe(db.session, found[1])


@blueprint.get("/recits/<uuid:object_id>/journal")
@allow(SIGNED_IN)
def log(object_id: UUID) -> Response:
    """The days of work and the photos; before there are any to note, the page of the object."""
    row, told = _carried_out(object_id)
    if refusal(db.session, row, "note") and story_of(db.session, object_id) is None:
        return go_path(told.path)
    return _log_page(object_id)


def _log_page(object_id: UUID, refused: OnceForm | None = None) -> Response:
    row, told = _carried_out(object_id)
    return log_page("site/story_log.html", row, DayForm, refused, told=told)


def _path(object_id: UUID) -> str:
    return url_for("stories.log", object_id=object_id)


@blueprint.post("/recits/<uuid:object_id>/journal")
@allow(SIGNED_IN)
def note_day(object_id: UUID) -> Response:
    """Note a day of work."""
    row, _told = _carried_out(object_id)
    form = DayForm(prefix="log-")
    return take_day(row, form, "applicant", again=lambda refused: _log_page(object_id, refused), to=_path(object_id))


@blueprint.post("/recits/<uuid:object_id>/photos")
@allow(SIGNED_IN)
def add_picture(object_id: UUID) -> Response:
    """Add a photo."""
    row, _told = _carried_out(object_id)
    return take_photo(row, me().id, again=lambda refused: _log_page(object_id, refused), to=_path(object_id))


@blueprint.post("/recits/<uuid:object_id>/photos/<uuid:picture_id>/retirer")
@allow(SIGNED_IN)
def remove_picture(object_id: UUID, picture_id: UUID) -> Response:
    """Take a photo away; one that the story shows is the mairie's to remove."""
    row, _told = _carried_out(object_id)
    return attempt(lambda: operations.remove_picture(db.session, row, picture_id), _path(object_id))
