"""What a module says of the years that it gives account of."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tenants.session import TenantSession

Figures = dict[str, Any]
"""The figures of a year, as JSON: amounts in cents, shares in percent; None for what nobody knows. ``territories`` and
``channels`` hold those of each village, by its name, and of each channel."""
Unit = Literal["number", "money", "percent", "days", "for_one_euro", "gifts"]


@dataclass(frozen=True)
class Row:
    """A figure of a year: a line of its table, or a column of its tables by village and by channel.

    Args:
        key: where it stands in the figures; ``pledges.human`` is inside ``pledges``.
        unit: how it is written. ``days`` are working days, ``for_one_euro`` is a ratio, ``gifts`` is how many and their
            value in cents.
        main: it comes first on the page of residents and in the list of the mairie.
        typed: it is asked for a year before the software.
        optional: it has no line in a year when there is none of it.
    """

    key: str
    label: Any
    unit: Unit = "number"
    main: bool = False
    typed: Literal["", "required", "if_known"] = ""
    optional: bool = False


@dataclass(frozen=True)
class Listed:
    """Something that was done in a year: its name, its public page, a few words."""

    title: str
    path: str
    words: str = ""


def nothing_listed(_session: TenantSession, _year: int) -> Sequence[Listed]:
    """The module lists nothing of a year."""
    return ()


def nothing_more(_session: TenantSession, _year: int, _figures: Figures) -> None:
    """The module keeps nothing of a year before the software."""


@dataclass(frozen=True)
class Evaluated:
    """The years of a module, which are evaluated under its name.

    Args:
        code: names the module in addresses, in French (``fonds``).
        read: permission that reading an evaluation asks at the mairie; ``manage`` writing it.
        years: those that have something to count.
        count: the figures of one of these years, as of now.
        rows: the figures in words, in the order of the page.
        columns: those of each village and channel.
        counted: what the figures are counted on, in a sentence, where other pages count otherwise.
        listed: what was done in a year, under the heading ``list_label``.
        enter: keeps what the module needs of a year before the software; raises ``Refused``.
    """

    code: str
    read: str
    manage: str
    years: Callable[[TenantSession], Collection[int]]
    count: Callable[[TenantSession, int], Figures]
    rows: tuple[Row, ...]
    columns: tuple[Row, ...] = ()
    counted: Any = ""
    listed: Callable[[TenantSession, int], Sequence[Listed]] = nothing_listed
    list_label: Any = ""
    enter: Callable[[TenantSession, int, Figures], None] = nothing_more
