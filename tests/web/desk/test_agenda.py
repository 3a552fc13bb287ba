"""The agenda: add, move, clash, option, cancel."""

from datetime import UTC, datetime, timedelta

import pytest

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.territory.operations import add_place
from tests.defences import defence, replaced
from tests.fixtures import in_loire_authion

BASE = "/mairie/agenda"


@pytest.fixture
def hall(commune):
    with commune.session() as session:
        return add_place(session, "hall", "Salle des fêtes")


@pytest.fixture
def day(commune):
    with commune.session():
        return (clock.today() + timedelta(days=10)).isoformat()


def add(client, **data):
    return client.submit(f"{BASE}/ajouter", data)


def test_a_date_appears_on_the_site_and_in_calendars(commune, secretary, day):
    page = secretary.follow(
        add(secretary, title="Conseil", start_day=day, start_time="19:30", end_time="21:00", place_text="Mairie")
    )
    assert "est dans l’agenda" in page.text.replace("\u00a0", " ")
    visitor = commune.client()
    assert "Conseil" in visitor.get("/agenda").words
    assert "SUMMARY:Conseil" in visitor.get("/agenda.ics").text
    event = commune.one(Event)
    with commune.session():
        assert clock.local(event.starts_at).strftime("%H:%M") == "19:30"


def test_without_hours_it_lasts_the_whole_day(commune, secretary, day):
    page = add(secretary, title="Vide-grenier", start_day=day)
    event = commune.one(Event)
    assert event.all_day
    form = secretary.get(page.location).form(page.location)
    assert (form["start_day"], form["start_time"], form["end_day"]) == (day, "", "")
    ics = commune.client().get(f"/agenda/{event.id}.ics").text
    start, end = (line.split(":")[1] for line in ics.splitlines() if line.startswith(("DTSTART", "DTEND")))
    assert int(end) > int(start)


def test_the_same_place_at_the_same_time_is_refused_with_the_name_of_the_other(commune, secretary, hall, day):
    add(secretary, title="Conseil", start_day=day, start_time="19:00", end_time="21:00", place_id=hall.id)
    page = add(secretary, title="Loto", start_day=day, start_time="20:00", place_id=hall.id)
    assert page.status == 422
    assert "« Conseil » s’y tient" in page.words
    assert "19 h" in page.words
    assert page.form(f"{BASE}/ajouter")["title"] == "Loto"
    assert len(commune.all(Event)) == 1
    assert add(secretary, title="Loto", start_day=day, start_time="21:00", place_id=hall.id).status == 303


def test_two_dates_without_end_at_the_same_hour_clash(secretary, hall, day):
    add(secretary, title="Conseil", start_day=day, start_time="19:00", place_id=hall.id)
    assert add(secretary, title="Loto", start_day=day, start_time="19:00", place_id=hall.id).status == 422


def test_moving_into_a_taken_place_is_refused(commune, secretary, hall, day):
    add(secretary, title="Conseil", start_day=day, start_time="19:00", place_id=hall.id)
    path = add(secretary, title="Loto", start_day=day, start_time="10:00", place_id=hall.id).location
    page = secretary.submit(path, {"start_time": "19:30"})
    assert page.status == 422
    assert "Conseil" in page.words
    with commune.session():
        assert clock.local(commune.one(Event, title="Loto").starts_at).hour == 10


def test_a_cancelled_date_stays_and_frees_the_place(commune, secretary, hall, day):
    path = add(secretary, title="Conseil", start_day=day, start_time="19:00", place_id=hall.id).location
    page = secretary.follow(secretary.submit(f"{path}/annuler", on=f"{path}/annuler"))
    assert "Annulé" in page.words
    assert "Annulé" in secretary.get(BASE).words
    shown = commune.client().get("/agenda")
    assert "Conseil" in shown.words
    assert add(secretary, title="Loto", start_day=day, start_time="19:00", place_id=hall.id).status == 303


def test_an_option_holds_the_place_and_is_not_public(commune, secretary, hall, day):
    add(secretary, title="Peut-être", start_day=day, start_time="19:00", place_id=hall.id, option="y")
    assert "Option" in secretary.get(BASE).words
    assert "Peut-être" not in commune.client().get("/agenda").words
    assert add(secretary, title="Loto", start_day=day, start_time="19:00", place_id=hall.id).status == 422


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"start_day": ""}, "Choisissez un jour."),
        ({"title": ""}, "Écrivez ce qui se passe."),
        ({"start_time": "19:00", "end_time": "18:00"}, "La fin viendrait avant le début"),
        ({"end_time": "18:00"}, "Écrivez aussi l’heure de début."),
        ({"end_day": "2020-01-01"}, "Le dernier jour vient avant le premier"),
    ],
)
def test_what_does_not_make_sense_is_said(secretary, day, data, sentence):
    page = add(secretary, **{"title": "Conseil", "start_day": day, **data})
    assert page.status == 422
    assert sentence in page.words


def test_a_stale_edit_is_shown(commune, secretary, day):
    path = add(secretary, title="Conseil", start_day=day, start_time="19:00").location
    mine = secretary.get(path).form(path)
    commune.client(commune.person("Paul", "Roy", "facilitator")).submit(path, {"title": "Conseil municipal"})
    page = secretary.post(path, {**mine, "place_text": "Mairie"})
    assert page.status == 422
    assert "Conseil municipal" in page.words
    assert commune.one(Event).place_text == ""


@in_loire_authion
def test_what_a_module_planned_is_not_changed_here(commune, secretary):
    from civique.core.agenda.operations import plan_for
    from civique.core.territory.models import Territory

    with commune.session() as session:
        origin = session.query(Territory).first()
        event = plan_for(session, origin, title="Séance", starts_at=clock.now() + timedelta(days=3))
    page = secretary.get(f"{BASE}/{event.id}")
    assert "d’une autre partie du site" in page.words
    token = {"csrf_token": secretary.get(f"{BASE}/ajouter").form()["csrf_token"]}
    assert secretary.post(f"{BASE}/{event.id}", token).status == 409
    assert secretary.post(f"{BASE}/{event.id}/annuler", token).status == 409


def test_past_dates_and_files(commune, secretary):
    from civique.core.agenda.operations import plan_event

    with commune.session() as session:
        plan_event(session, title="=Hier", starts_at=clock.now() - timedelta(days=2))
    assert "=Hier" not in secretary.get(BASE).words
    assert "=Hier" in secretary.get(f"{BASE}?quand=passe").words
    assert "'=Hier" in secretary.get(f"{BASE}?quand=passe&format=csv").text


def test_the_neighbours_dates_and_places_do_not_exist_here(neighbour, secretary, day):
    from civique.core.agenda.operations import plan_event

    with neighbour.session() as session:
        theirs = plan_event(session, title="Chez eux", starts_at=clock.now() + timedelta(days=1))
        place = add_place(session, "hall", "Leur salle")
    assert secretary.get(f"{BASE}/{theirs.id}").status == 404
    token = {"csrf_token": secretary.get(f"{BASE}/ajouter").form()["csrf_token"]}
    assert secretary.post(f"{BASE}/{theirs.id}/annuler", token).status == 404
    assert "Leur salle" not in secretary.get(f"{BASE}/ajouter").text
    page = add(secretary, title="Chez nous", start_day=day, place_text="Ici", place_id=str(place.id))
    assert page.status in {303, 422}
    assert neighbour.one(Event).state == "planned"


@defence("an hour that the clocks skip is refused", replaced("civique.core.clock.exists", lambda _moment: True))
@pytest.mark.parametrize("hours", [("02:30", ""), ("01:00", "02:30"), ("02:30", "03:00")])
def test_an_hour_that_the_clocks_skip_is_refused(commune, secretary, hours):
    start, end = hours
    page = add(secretary, title="Nuit de la chouette", start_day="2026-03-29", start_time=start, end_time=end)
    assert page.status == 422
    assert "cette heure n’existe pas" in page.words
    assert commune.all(Event) == []


def test_an_hour_that_the_clocks_show_twice_is_the_first(commune, secretary):
    path = add(secretary, title="Nuit de la chouette", start_day="2026-10-25", start_time="02:30", end_time="03:00")
    event = commune.one(Event)
    assert event.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert event.ends_at - event.starts_at == timedelta(minutes=90), "the hour that comes twice is in between"
    form = secretary.get(path.location).form(path.location)
    assert (form["start_time"], form["end_time"]) == ("02:30", "03:00")


@pytest.mark.parametrize(
    ("insee", "greenwich"),
    [("97411", datetime(2026, 3, 28, 22, 30, tzinfo=UTC)), ("98735", datetime(2026, 3, 29, 12, 30, tzinfo=UTC))],
)
def test_no_hour_is_skipped_where_clocks_do_not_change(make_commune, insee, greenwich):
    there = make_commune(insee)
    client = there.client(there.person("Anne", "Agente", "secretary"))
    assert add(client, title="Veillée", start_day="2026-03-29", start_time="02:30").status == 303
    event = there.one(Event)
    assert event.starts_at == greenwich
    assert "2 h 30" in there.client().get(f"/agenda/{event.id}").words


@pytest.mark.parametrize(
    ("days", "greenwich"), [(("2026-03-22", "2026-03-29"), (17, 16)), (("2026-10-18", "2026-10-25"), (16, 17))]
)
def test_a_series_keeps_its_hour_when_the_clocks_change(commune, secretary, days, greenwich):
    for day in days:
        add(secretary, title="Chorale", start_day=day, start_time="18:00", end_time="20:00")
    for event, hour in zip(sorted(commune.all(Event), key=lambda e: e.starts_at), greenwich, strict=True):
        text = commune.client().get(f"/agenda/{event.id}.ics").text
        assert f"DTSTART:{event.starts_at:%Y%m%d}T{hour}0000Z" in text
        assert f"DTEND:{event.starts_at:%Y%m%d}T{hour + 2}0000Z" in text
        assert "18 h" in commune.client().get(f"/agenda/{event.id}").words
