"""Daily work: once a day in each commune, in its own minute of its own night, one failure apart from the others."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import text

from civique.core import clock
from civique.core.process import engines
from civique.core.registry import modules
from civique.core.territory.models import Territory
from civique.core.territory.operations import add_territory
from civique.web.daily import daily_jobs, tick
from civique.worker import perform
from tenants.session import session_for
from tenants.tenant import PLATFORM

JOB = "core.daily"
PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = datetime(2031, 3, 4, tzinfo=PARIS)
NIGHT_ENDS = datetime(2031, 3, 4, 6, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def nothing_asked(services):
    """No day's work was asked yet, nor is any left to do at the end: the dates are those of these tests."""
    forget()
    yield
    forget()


def forget():
    with engines().platform.begin() as connection:
        connection.execute(text("DELETE FROM platform.periodic_run"))
        connection.execute(text("DELETE FROM platform.outbox WHERE job = :job"), {"job": JOB})


def tick_at(moment):
    with time_machine.travel(moment, tick=False), session_for(engines(), PLATFORM) as session:
        tick(session)
        session.commit()


def asked():
    with engines().platform.connect() as connection:
        rows = connection.execute(text("SELECT owner FROM platform.outbox WHERE job = :job"), {"job": JOB})
        return Counter(rows.scalars())


def minutes(begin, *owners):
    """Minute of the night at which each was asked, looked at every five minutes."""
    found = {}
    for step in range(0, 7 * 60, 5):
        tick_at(begin + timedelta(minutes=step))
        for owner in set(asked()) & set(owners) - set(found):
            found[owner] = step
    return found


def test_each_has_its_own_minute_of_the_night_the_same_every_night(make_commune):
    owners = [make_commune(insee).tenant.schema for insee in ("49030", "49002", "49307", "49015", "49020")]
    first = minutes(MIDNIGHT, *owners)
    assert set(first) == set(owners)
    assert all(MIDNIGHT + timedelta(minutes=step) <= NIGHT_ENDS for step in first.values())
    assert all(step >= 60 for step in first.values()), "not before one o'clock"
    assert len(set(first.values())) > 1
    assert all(asked()[owner] == 1 for owner in owners)
    forget()
    assert minutes(MIDNIGHT + timedelta(days=1), *owners) == first


def test_a_commune_far_away_has_its_own_night(make_commune):
    reunion = make_commune("97411", fresh=True).tenant
    there = ZoneInfo(reunion.time_zone)
    assert there != PARIS
    tick_at(datetime(2031, 3, 4, 0, 59, tzinfo=there))
    assert reunion.schema not in asked()
    tick_at(datetime(2031, 3, 4, 6, tzinfo=there))
    assert asked()[reunion.schema] == 1


def test_a_machine_that_was_off_catches_up_once(commune):
    noon = NIGHT_ENDS + timedelta(hours=6)
    for _ in range(3):
        tick_at(noon)
    tick_at(noon - timedelta(minutes=7))  # a clock that steps back
    assert asked()[commune.tenant.schema] == 1
    tick_at(noon + timedelta(days=1))
    assert asked()[commune.tenant.schema] == 2


def test_one_job_does_those_of_the_core_and_of_the_modules_that_are_on(make_commune):
    names = [job.name for job in daily_jobs(make_commune("49030", "fund").tenant)]
    assert names[:4] == ["core.purge", "core.indicators", "core.remind_answers", "core.remind_agreements"]
    assert "fund.remind" in names
    assert not any(name.startswith("platform.") for name in names)
    assert not any(job.name.startswith("fund.") for job in daily_jobs(make_commune("49002").tenant))
    assert "platform.purge_subscriptions" in [job.name for job in daily_jobs(PLATFORM)]


def test_one_that_fails_is_asked_again_and_keeps_nobody_from_working(commune, monkeypatch):
    def breaks(session):
        add_territory(session, "quarter", "À défaire")
        raise ValueError("the figures are not there")

    def works(session):
        add_territory(session, "quarter", f"Fait {clock.now():%d}")

    known = modules()["core"]
    jobs = [job for job in known.jobs if job.daily]
    replaced = {"core.indicators": breaks, "core.remind_agreements": works}
    changed = tuple(type(job)(job.name, replaced.get(job.name, job.run), job.daily) for job in jobs)
    monkeypatch.setitem(modules().by_name, "core", type(known)("core", "core", jobs=changed))
    tick_at(NIGHT_ENDS)
    with engines().platform.connect() as connection:
        query = text("SELECT id FROM platform.outbox WHERE owner = :owner AND job = :job")
        row = connection.execute(query, {"owner": commune.tenant.schema, "job": JOB}).scalar_one()
    perform(str(row))
    assert [place.name[:4] for place in commune.all(Territory, kind="quarter")] == ["Fait"]
    with engines().platform.connect() as connection:
        again = connection.execute(
            text("SELECT job FROM platform.outbox WHERE owner = :owner AND done_at IS NULL"),
            {"owner": commune.tenant.schema},
        )
        assert again.scalars().all() == ["core.indicators"]


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 10, 25, tzinfo=PARIS)])
@pytest.mark.parametrize("owner", ["commune", "reunion"])
def test_the_night_of_a_change_of_hour_is_worked_once(make_commune, night, owner):
    """Looked at every five minutes for 26 hours, the hour that comes twice and the one that is skipped included."""
    tenant = make_commune("49030").tenant if owner == "commune" else make_commune("97411").tenant
    begin = night.astimezone(UTC)
    for step in range(0, 26 * 60, 5):
        tick_at(begin + timedelta(minutes=step))
    days = {(begin + timedelta(minutes=step)).astimezone(ZoneInfo(tenant.time_zone)).date() for step in (120, 24 * 60)}
    with engines().platform.connect() as connection:
        query = text("SELECT period FROM platform.periodic_run WHERE owner = :owner ORDER BY period")
        worked = connection.execute(query, {"owner": tenant.schema}).scalars().all()
    assert asked()[tenant.schema] == len(worked) == len(set(worked))
    assert {day.isoformat() for day in days} >= set(worked)
    assert night.date().isoformat() in worked


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 10, 25, tzinfo=PARIS)])
def test_a_minute_that_the_clocks_skip_or_show_twice(make_commune, monkeypatch, night):
    """All communes between two and three: asked at the first moment that comes after, once."""
    monkeypatch.setattr("civique.web.daily.NIGHT_BEGINS", "02:30")
    monkeypatch.setattr("civique.web.daily.NIGHT_MINUTES", 1)
    owner, begin, found = make_commune("49030").tenant.schema, night.astimezone(UTC), []
    for step in range(0, 6 * 60, 10):
        tick_at(begin + timedelta(minutes=step))
        found.append(asked()[owner])
    first = begin + timedelta(minutes=10 * found.index(1))
    assert first.astimezone(PARIS).strftime("%H:%M") == ("03:00" if night.month == 3 else "02:30")
    assert found[-1] == 1
