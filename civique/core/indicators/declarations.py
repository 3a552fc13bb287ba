"""What a module says of an indicator that the software computes for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from civique.core.indicators.figures import Figure
from civique.core.indicators.periods import Period
from tenants.session import TenantSession


@dataclass(frozen=True)
class Counted:
    """One figure of a period: the whole when no part is named, otherwise that of a territory, a channel or a category.

    ``base`` is the number of answers or cases that a percentage rests on; ``words`` is a qualitative result.
    """

    figure: Figure
    territory_id: UUID | None = None
    channel: str = ""
    category: str = ""
    base: int | None = None
    words: str = ""

    @property
    def part(self) -> tuple[UUID | None, str, str]:
        """Which part of the figure it is."""
        return self.territory_id, self.channel, self.category


@dataclass(frozen=True)
class IndicatorDeclaration:
    """An indicator that a module brings. ``compute(session, period)`` counts the rows dated in the period, and no other.

    ``code`` begins with the module's name (``fund.applications``) and never changes. ``people``: it counts people, so numbers
    below five are hidden from the public. ``dated``: a part of a period can be counted too, to compare with the same day
    of N. ``categories``: words of the codes that a typology counts.
    """

    code: str
    label: Any
    nature: str
    compute: Callable[[TenantSession, Period], Sequence[Counted]]
    unit: Any = ""
    period_kind: str = "civil"
    horizon: int = 1
    polarity: str = "up"
    by_territory: bool = False
    public: bool = True
    people: bool = True
    dated: bool = True
    categories: Mapping[str, Any] = field(default_factory=dict)
