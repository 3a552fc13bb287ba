"""Working days in France (jours ouvrés): Monday to Friday, without public holidays. Pure: no database, no network."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

ALSACE_MOSELLE = frozenset({"57", "67", "68"})
# Day of the abolition of slavery, where it is a public holiday (Code du travail, art. L3422-2): month, day.
ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}


def department_of(insee: str) -> str:
    """Department of a commune by its INSEE code: 49, 2A, 971."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * rest) // 433
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, department: str = "") -> frozenset[date]:
    """Public holidays of a year: the eleven of the law, the two of Alsace-Moselle, the abolition of slavery overseas."""
    sunday = easter(year)
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    after_easter = [1, 39, 50]
    if department in ALSACE_MOSELLE:
        fixed.append((12, 26))
        after_easter.append(-2)
    if department in ABOLITION:
        fixed.append(ABOLITION[department])
    return frozenset([date(year, *day) for day in fixed] + [sunday + timedelta(days=n) for n in after_easter])


def is_working_day(day: date, department: str = "") -> bool:
    """Whether a town hall works on this day."""
    return day.weekday() < 5 and day not in holidays(day.year, department)


def working_days(start: date, end: date, department: str = "", pauses: Iterable[tuple[date, date]] = ()) -> int:
    """Working days that passed from ``start`` (not counted) to ``end`` (counted): the same day is 0.

    Args:
        pauses: spans taken off, both ends included (the time that somebody took to complete a file). They may overlap.

    Raises:
        ValueError: the end is before the start.
    """
    if end < start:
        raise ValueError("the end is before the start")
    spans = list(pauses)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(
        is_working_day(day, department) and not any(first <= day <= last for first, last in spans) for day in days
    )
