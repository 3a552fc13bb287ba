"""How a module says what of its own residents may endorse and comment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select

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


@dataclass(frozen=True)
class Subjects:
    """What a module declares of its objects that are endorsed.

    Args:
        model: their class.
        describe: one of them.
        endorsed: whether the commune takes endorsements of them now.
        commented: whether it also takes comments.
        readable: query of the ids of those that residents read now: only their comments wait for the mairie.
        open_to: those that a person may endorse, for the counter.

    Who may endorse or moderate what is the module's: it listens to ``EndorsementAsked``, ``CommentAsked`` and
    ``ModerationAsked``.
    """

    model: type[Base]
    describe: Callable[[Any], Subject]
    endorsed: Callable[[TenantSession], bool]
    commented: Callable[[TenantSession], bool]
    readable: Callable[[TenantSession], Select[UUID]]
    open_to: Callable[[TenantSession, Person], Sequence[Subject]]

    @property
    def object_type(self) -> str:
        """Name of their table."""
        return str(self.model.__tablename__)
