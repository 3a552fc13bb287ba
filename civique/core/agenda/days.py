"""Days that matter in the modules that are on, beside the events of the agenda."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from civique.core import clock
from civique.core.agenda.declarations import Day
from civique.core.agenda.models import Event
from civique.core.registry import modules
from tenants.session import TenantSession


def days_between(session: TenantSession, start: date, end: date) -> list[Day]:
    """These days in their order, without those that a module put in the agenda itself (``plan_for``)."""
    found = [
        replace(day, where=str(manifest.label))
        for manifest in modules().of(session.tenant)
        if manifest.calendar is not None
        for day in manifest.calendar(session, start, end)
    ]
    planned = _planned(session, found) if found else set()
    shown = (day for day in found if (day.row.id, day.starts_at) not in planned)
    return sorted(shown, key=lambda day: (day.starts_at, day.title))


def _planned(session: TenantSession, days: Sequence[Day]) -> set[tuple[UUID | None, date]]:
    query = select(Event.origin_id, Event.starts_at).where(Event.origin_id.in_([day.row.id for day in days]))
    return {(origin_id, clock.local(starts_at).date()) for origin_id, starts_at in session.execute(query)}
