"""Periods: a civil year, a school year (1 September to 31 August) or a municipal term of six years."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from civique.core import clock

KINDS = ("civil", "school", "term")
# Month in which a period begins, and how many years it lasts. Councils are renewed in March 2014, 2020, 2026, 2032…
BEGINS = {"civil": (1, 1), "school": (9, 1), "term": (4, 6)}


@dataclass(frozen=True, order=True)
class Period:
    """The period that begins in a year. With ``until``, only its days up to that one (included)."""

    kind: str
    year: int
    until: date | None = None

    @classmethod
    def containing(cls, kind: str, day: date) -> "Period":
        """The period that holds a day."""
        month, length = BEGINS[kind]
        year = day.year if (day.month, day.day) >= (month, 1) else day.year - 1
        return cls(kind, year - (year - 2020) % length)

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, BEGINS[self.kind][0], 1)

    @property
    def last_day(self) -> date:
        """Last day of the whole period."""
        month, length = BEGINS[self.kind]
        return date(self.year + length, month, 1) - timedelta(days=1)

    @property
    def end(self) -> date:
        """Last day that counts."""
        return min(self.last_day, self.until) if self.until else self.last_day

    def after(self, count: int = 1) -> "Period":
        """The period ``count`` later (earlier when negative), whole."""
        return Period(self.kind, self.year + count * BEGINS[self.kind][1])

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.last_day

    def to_the_same_day(self, today: date, current: "Period") -> "Period":
        """This period cut on the day that today is in the current one (29 February is 28 in a common year)."""
        years = self.year - current.year
        try:
            day = today.replace(year=today.year + years)
        except ValueError:
            day = today.replace(year=today.year + years, day=28)
        return replace(self, until=day)


def moments(period: Period) -> tuple[datetime, datetime]:
    """The period in the commune's time: its first moment, and the one just after its last day."""
    after = period.end + timedelta(days=1)
    return datetime.combine(period.start, time(), clock.zone()), datetime.combine(after, time(), clock.zone())
