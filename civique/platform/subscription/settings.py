"""Settings of the platform: prices by population, who publishes it."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.i18n import gettext as _
from civique.core.i18n import number


@dataclass(frozen=True)
class Prices:
    """Yearly price in cents before tax, one a tier of population; shown as examples until ``decided``."""

    KEY: ClassVar[str] = "platform.prices"
    yearly: tuple[int, ...] = (9_000, 15_000, 24_000, 39_000, 69_000, 119_000, 199_000)
    decided: bool = False


# First population of each tier, and the last one (None: no end).
TIERS: tuple[tuple[int, int | None], ...] = (
    (0, 499),
    (500, 999),
    (1_000, 1_999),
    (2_000, 3_499),
    (3_500, 9_999),
    (10_000, 19_999),
    (20_000, None),
)


def tier_label(first: int, last: int | None) -> str:
    """A tier in words."""
    if last is None:
        return _("%(number)s inhabitants and more", number=number(first))
    if first == 0:
        return _("Fewer than %(number)s inhabitants", number=number(last + 1))
    return _("%(first)s to %(last)s inhabitants", first=number(first), last=number(last))


def tier_of(population: int | None) -> int | None:
    """Rank of the tier of a commune; None when its population is unknown."""
    if population is None:
        return None
    return max(rank for rank, (first, _last) in enumerate(TIERS) if population >= first)


@dataclass(frozen=True)
class Publisher:
    """Who runs this deployment, for the legal pages; what is empty is shown as to be completed."""

    KEY: ClassVar[str] = "platform.publisher"
    company: str = ""
    registration: str = ""
    address: str = ""
    director: str = ""
    email: str = ""
    phone: str = ""
    host_name: str = ""
    host_address: str = ""
    sub_processors: tuple[str, ...] = ()
