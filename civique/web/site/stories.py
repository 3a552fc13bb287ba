"""« Récits »: what everybody reads; and the days of work and photos of whoever carries something out."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.stories.declarations import Told
from civique.core.stories.queries import published_stories, published_story
from civique.core.stories.subjects import SUBJECTS, find_told, is_on
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, first_who
from civique.web.feeds import Entry, atom
from civique.web.lists import paginate
from civique.web.pages import page
from civique.web.stories import DayForm, add_log_routes
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
    if found is None or not is_on(db.session, found[1]):
        abort(404)
    if first_who(partial(found[0].may_follow, db.session, found[1])) is None:
        abort(404)
    return found[1], found[0].describe(db.session, found[1])


add_log_routes(
    blueprint, "/recits", SIGNED_IN, _carried_out, "site/story_log.html", DayForm, owner=lambda _told: applicant().id
)
