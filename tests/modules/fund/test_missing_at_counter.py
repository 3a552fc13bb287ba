"""What is missing, brought to the town hall: noted one by one, by somebody whose name stays."""

import io

import pytest
from PIL import Image

from civique.core import clock
from civique.core.answers.operations import answer_for
from civique.core.audit import AuditEntry
from civique.core.cases.operations import move
from civique.core.documents.models import StoredFile
from civique.core.organisations import operations as organisations
from civique.core.people.queries import get_person
from civique.modules.fund.models import FundApplication
from civique.modules.fund.workflow import WORKFLOW


def scan(name="devis.jpg"):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(data, "JPEG")
    data.seek(0)
    return data, name


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


@pytest.fixture
def application(world):
    """An application that two things are missing from."""
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", "La date exacte"])
    return application


def paths(world, application):
    base = f"/mairie/fonds/demandes/{application.id}"
    return base, *(f"{base}/manques/{item.id}" for item in world.now(application).missing)


def test_each_thing_is_noted_and_the_last_one_completes(world, desk, application):
    base, first, second = paths(world, application)
    page = desk.follow(desk.submit(first, {"file": scan()}, on=base))
    assert "Il manque encore autre chose" in page.text
    found = world.now(application)
    assert (found.state, found.missing[0].answer) == ("to_complete", "Apporté à la mairie.")
    assert second in page.text
    assert first not in page.text
    page = desk.follow(desk.submit(second, {"answer": "Le 12 juin, dit au guichet."}, on=base))
    found = world.now(application)
    assert found.state == "submitted", "as when the applicant gives the last thing"
    assert found.steps[-1].actor_id == world.secretary.id
    assert "Le 12 juin, dit au guichet." in page.words
    history = desk.get(f"{base}/historique").words
    assert history.count("Une pièce manquante a été donnée") == 2
    assert "Sylvie Secrétaire" in history
    given = world.commune.all(AuditEntry, action="fund.application_given")
    assert {entry.actor_id for entry in given} == {world.secretary.id}
    with world.commune.session() as session:
        assert answer_for(session, session.get(FundApplication, application.id)).state == "due"


def test_the_scan_belongs_to_the_applicant(world, desk, application):
    base, first, _second = paths(world, application)
    desk.submit(first, {"file": scan()}, on=base)
    kept = world.commune.one(StoredFile)
    assert (kept.person_id, kept.visibility) == (world.resident.id, "staff")
    applicant = world.commune.client(world.resident)
    address = next(link for link in applicant.get(f"/fonds/demandes/{application.id}").links() if str(kept.id) in link)
    assert applicant.get(address).status == 200
    assert world.commune.client().get(address).status == 404


def test_nothing_at_all_and_a_bad_file_are_refused_in_place(world, desk, application):
    base, first, second = paths(world, application)
    empty = desk.submit(first, {"answer": " "}, on=base)
    assert empty.status == 422
    assert "Écrivez quelques mots" in empty.words
    assert f'href="#received-{world.now(application).missing[0].id}-answer"' in empty.text
    bad = desk.submit(second, {"answer": "Voici.", "file": (io.BytesIO(b"MZ\x00"), "a.exe")}, on=base)
    assert bad.status == 422
    assert bad.form(second)["answer"] == "Voici."
    assert "received-" in bad.text
    assert desk.submit(first, {"answer": "x" * 2001}, on=base).status == 422
    assert all(item.given_at is None for item in world.now(application).missing)
    assert world.commune.all(StoredFile) == []


def test_noted_twice_or_given_in_the_meantime_keeps_the_first(world, desk, application):
    base, first, second = paths(world, application)
    form = desk.get(base).form(first)
    applicant = world.commune.client(world.resident)
    mine = f"/fonds/demandes/{application.id}"
    given = first.replace("/mairie", "")
    assert applicant.submit(given, {"answer": "Mon devis."}, on=mine).status == 303
    late = desk.post(first, {**form, "answer": "Apporté."})
    assert late.status == 422
    assert "donnée entre-temps" in late.words
    assert world.now(application).missing[0].answer == "Mon devis."
    desk.submit(second, on=base)
    assert desk.post(second, {**form, "answer": "Encore."}).status == 422, "the request went on"


def test_who_is_tied_to_the_application_or_may_not_examine_notes_nothing(world, application, make_commune):
    base, first, _second = paths(world, application)
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    assert first not in treasurer.get(base).text
    neighbour = make_commune("49002", "fund")
    other = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    assert other.post(first, {**other.get("/mairie/fonds/reglages").form(), "answer": "X"}).status == 404
    elsewhere = world.ask(title="Autre demande")
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{elsewhere.id}{first.removeprefix(base)}"
    assert desk.post(path, {**desk.get(base).form(first)}).status == 404, "an item of another request"
    assert world.now(application).missing[0].given_at is None


def test_a_representative_who_works_at_the_town_hall_leaves_it_to_a_colleague(world):
    with world.commune.session(world.secretary) as session:
        garden = organisations.add_organisation(session, "association", "Les Jardins")
        for person in (world.resident, world.secretary):
            organisations.name_representative(session, garden, get_person(session, person.id), accepted=True)
    colleague = world.commune.person("Inès", "Instruit", "examiner")
    application = world.ask(organisation_id=garden.id, charter_accepted_at=clock.now())
    with world.commune.session(colleague) as session:
        found = session.get(FundApplication, application.id)
        move(session, WORKFLOW, found, "ask_missing", revision=found.revision, labels=["Un devis"])
    base, first = paths(world, application)
    tied = world.commune.client(world.secretary)
    assert first not in tied.get(base).text
    form = world.commune.client(colleague).get(base).form(first)
    token = tied.get("/mairie/fonds/reglages").form()["csrf_token"]
    assert tied.post(first, {**form, "csrf_token": token}).status == 422
    assert world.now(application).missing[0].given_at is None
