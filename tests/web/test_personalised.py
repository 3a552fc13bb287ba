"""Personalised documents: a PDF of the rows that were chosen, for who may have it, while it is kept."""

from datetime import timedelta
from uuid import uuid4

import pytest

from civique.core import privacy, tasks
from civique.core.i18n import speaking
from civique.core.people.queries import get_person
from civique.core.personalised.operations import (
    MOST,
    document_data,
    documents_pdf,
    forget_documents_of,
    prepare_documents,
)
from civique.core.registry import modules
from civique.core.switching import switch_off
from civique.core.tasks import Task, result_path
from civique.web.jobs import write_documents
from tests.refusals import refuses
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup
from tests.snapshot import pdf_words, same


@pytest.fixture
def village(make_commune):
    return make_commune("49030", "sample")


@pytest.fixture
def agent(village):
    return village.person("Sophie", "Guichet", "counter")


@pytest.fixture
def pickups(village):
    with village.session() as session:
        return [ask_pickup(session, None, what, village.today + timedelta(days=2)) for what in ("Un lit", "Une table")]


def ask(village, agent, ids):
    with village.session(agent) as session:
        return prepare_documents(session, "Étiquettes du 12 décembre", "sample.label", ids)


def test_a_page_for_each_row_that_is_still_there(village, agent, pickups, run_jobs):
    bed, table = pickups
    task = ask(village, agent, [bed.id, table.id, table.id, uuid4()])
    assert task.file is None, "nothing is made while the page waits"
    run_jobs()
    done = village.one(Task)
    assert (done.state, done.file.name) == ("done", "sample-label.pdf")
    client = village.client(agent)
    assert "Étiquettes du 12 décembre" in client.get(f"/mairie/taches/{task.id}").words
    pdf = client.get(f"/mairie/taches/{task.id}/fichier").response.data
    assert pdf.startswith(b"%PDF")
    assert b"/Type/Pages/Count 2/" in pdf


def test_twice_changes_nothing(village, agent, pickups, run_jobs):
    task = ask(village, agent, [pickups[0].id])
    run_jobs()
    assert write_documents(village.tenant, str(task.id)) is None


def test_the_page_tells_how_far_the_documents_are(village, agent, statements, monkeypatch):
    with village.session() as session:
        many = [ask_pickup(session, None, f"Lot {number:02}", village.today).id for number in range(30)]
    task, told = ask(village, agent, many), []
    with village.session() as session:
        document_data(session, session.get(Task, task.id), told.append)
    assert told == [12, 24]
    monkeypatch.setattr(tasks, "SECONDS_BETWEEN_REPORTS", 0)
    statements.clear()
    write_documents(village.tenant, str(task.id))
    written = [one for one in statements if one.startswith("UPDATE task SET")]
    assert len(written) == 4, "the beginning, a step a dozen documents, the file"
    bar = village.client(agent).get(f"/mairie/taches/{task.id}")
    assert 'value="30" max="30"' in bar.text
    assert "Écriture du fichier" in bar.words


def test_nothing_too_much_and_what_nobody_declares_are_refused(village, agent, pickups):
    with refuses("documents_none"):
        ask(village, agent, [])
    with refuses("documents_many"):
        ask(village, agent, [uuid4() for _ in range(MOST + 1)])
    with pytest.raises(LookupError), village.session(agent) as session:
        prepare_documents(session, "Rien", "sample.nothing", [pickups[0].id])
    assert village.all(Task) == []


def test_rows_of_nobody_or_of_a_neighbour_give_no_document(village, neighbour, agent, pickups, run_jobs):
    neighbour.switch_on("sample")
    other = neighbour.person("Ève", "Guichet", "counter")
    ask(neighbour, other, [pickups[0].id])
    run_jobs()
    failed = neighbour.one(Task)
    assert (failed.state, failed.file) == ("failed", None)
    assert failed.error


def test_a_module_that_was_switched_off_meanwhile(village, agent, pickups, run_jobs):
    task = ask(village, agent, [pickups[0].id])
    village.tenant = switch_off(village.tenant, "sample")
    run_jobs()
    assert village.one(Task, id=task.id).state == "failed"


def test_only_who_asked_and_still_may_fetches_it(village, agent, pickups, run_jobs):
    from civique.core.access.models import RoleGrant
    from civique.core.access.operations import end_role, grant_role

    task = ask(village, agent, [pickups[0].id])
    run_jobs()
    path = f"/mairie/taches/{task.id}/fichier"
    assert village.client(village.person("Paul", "Autre", "administrator")).get(path).status == 404
    assert village.client(agent).get(path).status == 200
    with village.session() as session:
        grant_role(session, get_person(session, agent.id), "treasurer")
        end_role(session, session.query(RoleGrant).filter_by(person_id=agent.id, role="counter").one())
    assert village.client(agent).get(path).status == 403


def test_an_erased_person_is_in_no_document_that_is_kept(village, agent, pickups, run_jobs):
    nadia = village.person("Nadia", "Habitante")
    about_pickup, about_person = ask(village, agent, [pickups[0].id]), ask(village, agent, [nadia.id, pickups[1].id])
    run_jobs()
    with village.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    assert village.one(Task, id=about_person.id).file is None
    assert not result_path(village.tenant, about_person.id).exists()
    assert village.one(Task, id=about_pickup.id).file
    with village.session() as session:
        forget_documents_of(session, [session.get(Pickup, pickups[0].id).id])
    assert village.one(Task, id=about_pickup.id).file is None


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_words_of_the_documents(village, agent, pickups, locale):
    """The words of the house around those of a module: who makes them, their title, their language."""
    task = ask(village, agent, [pickup.id for pickup in pickups])
    with village.session() as session, speaking(locale):
        template, data = document_data(session, session.get(Task, task.id))
        assert (data["language"], data["title"]) == (locale, "Étiquettes du 12 décembre")
        assert "Blou" in data["author"]
        same(f"pdf/documents_pdf.{locale}", pdf_words(documents_pdf(template, data)))
