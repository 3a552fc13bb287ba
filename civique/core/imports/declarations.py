"""What a module says of a list that may be imported."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.session import TenantSession

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@dataclass(frozen=True, eq=False)
class ImportColumn:
    """A column: its label (and heading of the model), how to read a cell that is not empty, an example.

    ``parse`` raises ``Refused`` with a sentence. ``synonyms`` are other headings that people use; accents, case and spaces never count.
    """

    name: str
    label: Any
    parse: Callable[[str], Any]
    example: str
    synonyms: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Decision:
    """What a line does: the row that it is about (None for a new one) and what changes. Without change, nothing."""

    row: Any = None
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """``created``, ``updated`` or ``unchanged``."""
        if self.row is None:
            return CREATED
        return UPDATED if self.changes else UNCHANGED


@dataclass(frozen=True)
class Importer:
    """A list that may be imported.

    ``known`` reads once what the commune has; ``decide`` compares one line with it, without writing, and may raise
    ``Refused`` about a column; ``write`` does what was decided, by the module's operations. ``keys`` gives (column, key) pairs: two
    lines of one file must not share any. An empty cell changes nothing.

    Attributes:
        name: ``module.plural``.
        endpoint: the page of the list, where one comes from and goes back to.
        about: model of the object that the list is about (the indicator of figures); None for a list of its own.
        argument: name of that object's id in the address of ``endpoint``.
        ready: whether that object takes a list.
    """

    name: str
    label: Any
    summary: Any
    permission: str
    endpoint: str
    columns: tuple[ImportColumn, ...]
    keys: Callable[[Mapping[str, Any]], Iterable[tuple[str, Any]]]
    known: Callable[[TenantSession, UUID | None], Any]
    decide: Callable[[Any, Mapping[str, Any]], Decision]
    write: Callable[[TenantSession, Any, Decision, Mapping[str, Any]], None]
    about: type[Any] | None = None
    argument: str = ""
    ready: Callable[[Any], bool] = lambda _row: True

    def column(self, name: str) -> ImportColumn:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)


def changed(row: Any, values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What a line says otherwise than a row; an empty cell says nothing."""
    return {name: values[name] for name in names if values.get(name) is not None and getattr(row, name) != values[name]}
