"""How a module says what of its own residents may read, endorse and comment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from civique.core.base import Base
from civique.core.people.models import Person
from tenants.session import TenantSession


@dataclass(frozen=True)
class Subject:
    """An object that residents endorse: its title, its page on the site and its page at the desk."""

    row: Any
    title: str
    path: str
    desk_path: str


def _anybody(_session: TenantSession, _row: Any) -> None:
    """Whoever has the permission moderates."""


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """What a module declares of its objects that are endorsed.

    Args:
        model: their class.
        describe: one of them.
        endorsed: whether the commune takes endorsements of them now.
        commented: whether it also takes comments.
        readable: whether residents read one of them now, where the commune takes endorsements.
        reading: the same as a condition of a query.
        own: condition of a query of those that are a person's own: others endorse them.
        over: query of the ids of those that were over before a moment: what was said of them is erased.
        moderated: raises ``Refused`` when whoever is at work does not choose what is said of one.
    """

    model: type[Base]
    describe: Callable[[Any], Subject]
    endorsed: Callable[[TenantSession], bool]
    commented: Callable[[TenantSession], bool]
    readable: Callable[[Any], bool]
    reading: Callable[[], ColumnElement[bool]]
    own: Callable[[Person], ColumnElement[bool]]
    over: Callable[[datetime], Select[UUID]]
    moderated: Callable[[TenantSession, Any], None] = _anybody

    @property
    def object_type(self) -> str:
        """Name of their table."""
        return str(self.model.__tablename__)

    def read(self, session: TenantSession) -> Select[UUID]:
        """Query of the ids of those that residents read now."""
        model: Any = self.model
        return select(model.id).where(self.reading() if self.endorsed(session) else false())
