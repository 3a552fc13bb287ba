"""Reading stories and work logs."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from civique.core.i18n import _l
from civique.core.search import Described, SearchKind
from civique.core.stories.models import Story, StoryPicture, WorkLogEntry
from tenants.session import TenantSession

_WHOLE = (
    select(Story)
    .where(Story.object_id == bindparam("about"))
    .options(joinedload(Story.pictures), selectinload(Story.log))
)
_FRESH = _WHOLE.execution_options(populate_existing=True)


def story_of(session: TenantSession, object_id: UUID, *, fresh: bool = False) -> Story | None:
    """What is told of an object, with its photos and its days of work; None when nothing was noted.

    Args:
        fresh: read it again, once the object is locked.
    """
    return session.scalars(_FRESH if fresh else _WHOLE, {"about": object_id}).unique().one_or_none()


def published_stories() -> Select[Story]:
    """Query of the stories that everybody reads, newest first."""
    query = select(Story).where(Story.published_at.is_not(None)).options(selectinload(Story.pictures))
    return query.order_by(Story.published_at.desc(), Story.id)


def published_story(session: TenantSession, object_id: UUID) -> Story | None:
    """The story of an object that everybody reads, with its photos."""
    return session.scalars(published_stories().where(Story.object_id == object_id)).one_or_none()


def has_published(session: TenantSession) -> bool:
    """Whether everybody can read a story."""
    return bool(session.execute(select(exists().where(Story.published_at.is_not(None)))).scalar_one())


def stories_about(tables: Collection[str]) -> Select[Story]:
    """Query of what is told of the objects of some tables."""
    return select(Story).where(Story.object_type.in_(tables))


def hours_given(session: TenantSession, objects: Select[Any]) -> dict[str, float]:
    """Hours of work noted for some objects (a query of their ids), by side."""
    query = (
        select(WorkLogEntry.side, func.coalesce(func.sum(WorkLogEntry.hours), 0))
        .join(Story, Story.id == WorkLogEntry.story_id)
        .where(Story.object_id.in_(objects))
        .group_by(WorkLogEntry.side)
    )
    return {side: float(hours or 0) for side, hours in session.execute(query)}


def worked_since(object_id: Any, day: date) -> ColumnElement[bool]:
    """Condition: work was noted for an object (the column of its id) from a day on."""
    return exists().where(Story.object_id == object_id, WorkLogEntry.story_id == Story.id, WorkLogEntry.day >= day)


def story_with(session: TenantSession, file_id: UUID) -> Story | None:
    """What is told with a photo."""
    query = select(Story).join(StoryPicture, StoryPicture.story_id == Story.id).where(StoryPicture.file_id == file_id)
    return session.scalars(query).unique().first()


SEARCH = SearchKind(
    "story",
    _l("Story"),
    lambda session: session.scalars(published_stories()),
    lambda story: Described(story.title, story.text, f"/recits/{story.object_id}"),
)
