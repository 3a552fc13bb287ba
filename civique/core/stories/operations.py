"""Noting days of work and photos, writing, publishing and withdrawing the story.

Lines of the audit trail are on the object that is told.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, search
from civique.core.claims.events import PaperClaimed
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stories.declarations import Step
from civique.core.stories.models import Story, StoryPicture, WorkLogEntry
from civique.core.stories.queries import SEARCH, story_of
from civique.core.stories.subjects import SUBJECTS, check
from tenants.session import TenantSession

MOST_PICTURES = 20


def write_log(
    session: TenantSession, row: Any, day: date, text: str, side: str, hours: Decimal | None = None
) -> WorkLogEntry:
    """Note a day of work on an object, with the hours that one side gave (LO-1).

    Raises:
        Refused: ``day_to_come``; what the module forbids.
    """
    story = _take(session, row, "note")
    if day > clock.today():
        raise Refused(_("This day is still to come."), "day", rule="day_to_come")
    entry = WorkLogEntry(day=day, text=text, side=side, hours=hours)
    story.log.append(entry)
    session.flush()
    audit.record(session, "story.day_noted", row, side=side)
    return entry


def add_picture(session: TenantSession, row: Any, file: StoredFile) -> StoryPicture:
    """Add a photo; nobody but whoever carries out the object and the mairie sees it until the story shows it.

    Raises:
        Refused: ``too_many_pictures``; what the module forbids.
    """
    story = _take(session, row, "note")
    if len(story.pictures) >= MOST_PICTURES:
        raise Refused(_("Twenty photos at most. Remove one first."), rule="too_many_pictures")
    picture = StoryPicture(file=file)
    story.pictures.append(picture)
    session.flush()
    audit.record(session, "story.picture_added", row)
    return picture


def remove_picture(session: TenantSession, row: Any, picture_id: UUID) -> None:
    """Take a photo away; one that is gone already, or that the story shows, stays as it is.

    Raises:
        Refused: what the module forbids.
    """
    story = _take(session, row, "note")
    picture = next((p for p in story.pictures if p.id == picture_id and not p.shown), None)
    if picture is None:
        return
    file = picture.file
    story.pictures.remove(picture)
    session.flush()
    drop_file(session, file)
    audit.record(session, "story.picture_removed", row)


def write_story(
    session: TenantSession,
    row: Any,
    text: str,
    pictures: Mapping[UUID, str],
    *,
    title: str = "",
    revision: int | None = None,
) -> Story:
    """Write the story and choose its photos: identifier → what the photo shows. A published story changes at once.

    Args:
        title: that of the object when it is empty.
        revision: that of the story that was read, 0 when there was none; None writes over any.

    Raises:
        StaleDataError: a colleague wrote it since it was read.
        Refused: ``no_story``; ``no_alternative``, a photo that nobody described; what the module forbids.
    """
    story = _take(session, row, "write", revision)
    if not text.strip():
        raise Refused(_("Write a few sentences."), "text", rule="no_story")
    if any(not alternative.strip() for alternative in pictures.values()):
        raise Refused(_("Describe each photo that is shown, for people who do not see it."), rule="no_alternative")
    story.title, story.text = title.strip() or story.title, text
    story.folded = fold(story.title)
    flag_modified(story, "text")  # photos are chosen with it: the revision moves with them
    for picture in story.pictures:
        picture.shown = picture.id in pictures
        if picture.shown:
            picture.file.alternative = pictures[picture.id].strip()[:300]
    _show(session, story)
    audit.record(session, "story.written", row)
    return story


def publish_story(session: TenantSession, row: Any) -> None:
    """Show the story to everybody. Publishing it twice changes nothing.

    Raises:
        Refused: ``no_story``, nothing was written; what the module forbids, for instance that the applicant did not agree.
    """
    story = _take(session, row, "publish")
    if not story.text:
        raise Refused(_("Write the story first."), rule="no_story")
    if story.published_at is not None:
        return
    story.published_at = clock.now()
    _show(session, story)
    audit.record(session, "story.published", row)


def withdraw_story(session: TenantSession, object_id: UUID) -> None:
    """Nobody reads the story of an object and sees its photos any more, whether its module is on or off; it can be published
    again. What is not published stays as it is."""
    story = story_of(session, object_id)
    if story is None:
        return
    session.refresh(story, with_for_update={"of": Story})
    if story.published_at is None:
        return
    story.published_at = None
    _show(session, story)
    found = SUBJECTS.object_of(session, story)
    audit.record(session, "story.withdrawn", found[1] if found else story)


def forget_story(session: TenantSession, object_id: UUID) -> None:
    """What is told of an object goes, with its days of work and its photos: the object is gone, or names nobody any more."""
    story = story_of(session, object_id)
    if story is None:
        return
    files = [picture.file for picture in story.pictures]
    search.remove(session, story)
    session.delete(story)
    session.flush()
    for file in files:
        drop_file(session, file)


def attach_story(session: TenantSession, claimed: PaperClaimed) -> None:
    """What was left on paper is somebody's: so is what was told of it."""
    theirs = Story.object_type == claimed.object_type, Story.object_id == claimed.object_id
    session.execute(update(Story).where(*theirs).values(applicant_id=claimed.person_id))


def _take(session: TenantSession, row: Any, step: Step, revision: int | None = None) -> Story:
    """Lock an object, check that the step can be taken, and give its story, made when there is none, as its object now is."""
    session.refresh(row, with_for_update={"of": type(row)})
    told = check(session, row, step).describe(session, row)
    story = story_of(session, row.id, fresh=True)
    if revision is not None and revision != (story.revision if story else 0):
        raise StaleDataError
    if story is None:
        story = Story(object_type=row.__tablename__, object_id=row.id, title=told.title[:200], text="")
        story.folded = fold(story.title)
        session.add(story)
    story.applicant_id, story.organisation = told.applicant_id, told.organisation[:160]
    story.territory_id = told.territory_id
    session.flush()
    return story


def _show(session: TenantSession, story: Story) -> None:
    """A photo is a public file exactly while a published story shows it; the search finds the story as long."""
    published = story.published_at is not None
    for picture in story.pictures:
        picture.file.visibility = "public" if published and picture.shown else "staff"
    session.flush()
    if published:
        search.index(session, SEARCH, story)
    else:
        search.remove(session, story)
