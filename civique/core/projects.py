"""Projects of residents that the commune helps, as any module may hear of them: nothing here names a person.

These events are of no service of the core: they stand here so that the module that helps projects (the fund) and those that
care (a plan, an agenda) both import them, and never each other.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Project:
    """A helped project, as everybody may read it; ``path`` is its public page."""

    object_type: str
    object_id: UUID
    title: str
    path: str
    territory_id: UUID | None


@dataclass(frozen=True)
class ProjectHelped:
    """A grant is decided. Told again with the new amount when the decision is corrected."""

    project: Project
    day: date
    amount_cents: int


@dataclass(frozen=True)
class ProjectReported:
    """The report of a helped project is accepted."""

    project: Project
    day: date
