"""The agenda: add, move, clash, option, cancel."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.territory.operations import add_place
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
