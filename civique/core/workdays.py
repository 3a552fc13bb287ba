"""Working days in France (jours ouvrés): Monday to Friday, without public holidays. Pure: no database, no network."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from jours_feries_france import JoursFeries

# Zones of the library whose public holidays are not those of the mainland, by department.
ZONES = {
    "57": "Alsace-Moselle",
    "67": "Alsace-Moselle",
    "68": "Alsace-Moselle",
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "976": "Mayotte",
    "977": "Saint-Barthélémy",
    "978": "Saint-Martin",
}


def department_of(insee: str) -> str:
    """Department of a commune by its INSEE code: 49, 2A, 971."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


@cache
def holidays(year: int, department: str = "") -> frozenset[date]:
    """Public holidays of a year (Code du travail, art. L3133-1, L3134-13 and L3422-2)."""
    return frozenset(JoursFeries.for_year(year, zone=ZONES.get(department, "Métropole")).values())


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
