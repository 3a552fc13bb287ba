"""Days that matter in a module stand in the agenda beside its events, once, and in the telephones."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import icalendar
import pytest

from civique.core import clock
from civique.core.agenda import operations as agenda
from civique.core.agenda.declarations import Day
from civique.core.agenda.models import Event
from civique.core.registry import modules
from civique.web import conditional
from civique.web.kept_pages import KeptPages
from tests.sample.operations import ask_pickup


@pytest.fixture
def days(monkeypatch):
    """Days that the sample module declares in this test. They are not in the database, where a change would be counted: no
    page is kept meanwhile."""
    monkeypatch.setattr(conditional, "kept", KeptPages(most_bytes=0))
    found = []
    sample = modules()["sample"]
    object.__setattr__(
        sample, "calendar", lambda _session, start, end: [d for d in found if start <= d.starts_at <= end]
    )
    yield found
    object.__setattr__(sample, "calendar", None)


def day(when, title="Dernier jour", row=None):
    return Day(row or SimpleNamespace(id=uuid4()), title, when, "/encombrants")


def test_a_day_stands_among_the_events_with_the_name_of_its_module(make_commune, days):
    commune = make_commune("49030", "sample")
    days += [day(commune.today + timedelta(days=n), f"Jour {n}") for n in (1, 5, 400)]
    with commune.session() as session:
        agenda.plan_event(session, title="Fête", starts_at=clock.now() + timedelta(days=3))
    page = commune.client().get("/agenda")
    assert page.words.index("Jour 1") < page.words.index("Fête") < page.words.index("Jour 5")
    assert "Ramassage des encombrants" in page.words
    assert "Jour 400" not in page.words, "in a year at most"
    assert "/encombrants" in page.links()
    events = icalendar.Calendar.from_ical(commune.client().get("/agenda.ics").response.data).walk("VEVENT")
    first = next(event for event in events if event["UID"].startswith(str(days[0].row.id)))
    assert first.decoded("DTSTART") == days[0].starts_at
    assert first["SUMMARY"] == "Jour 1 (Ramassage des encombrants)"
    off = make_commune("49002")
    assert "Jour 1" not in off.client().get("/agenda").words


def test_a_day_alone_fills_the_agenda(make_commune, days):
    commune = make_commune("49030", "sample")
    assert "Aucune date" in commune.client().get("/agenda").words
    days.append(day(commune.today))
    assert "Dernier jour" in commune.client().get("/agenda").words


def test_what_the_module_planned_itself_is_there_once(make_commune, days):
    commune = make_commune("49030", "sample")
    with commune.session() as session:
        pickup = ask_pickup(session, None, "Un sommier", commune.today + timedelta(days=2))
    days.append(day(pickup.day, "Doublé", pickup))
    assert "Doublé" not in commune.client().get("/agenda").words
    days[0] = day(pickup.day + timedelta(days=1), "Le lendemain", pickup)
    assert "Le lendemain" in commune.client().get("/agenda").words


def test_each_day_is_on_one_page(make_commune, days):
    commune = make_commune("49030", "sample")
    with commune.session() as session:
        for n in range(45):
            starts = datetime.combine(commune.today + timedelta(days=1 + n // 2), time(18), clock.zone())
            session.add(Event(title=f"Soirée {n}", starts_at=starts))
    days += [day(commune.today + timedelta(days=n), f"Jour {n}.") for n in range(40)]
    pages = [commune.client().get(f"/agenda?page={number}").words for number in (1, 2, 3, 4)]
    for n in range(40):
        assert [f"Jour {n}." in words for words in pages].count(True) == 1, n
