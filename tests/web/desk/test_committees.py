"""Committees and their meetings at the desk of a village where no module is on."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from civique.core import clock
from civique.core.committees import operations as committees
from civique.core.committees.models import AgendaItem, Committee, CommitteeMember
from civique.core.documents.models import Document
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.people.queries import get_person
from tests.web.desk.conftest import a_pdf


@pytest.fixture
def village(make_commune):
    return make_commune("49002")


@pytest.fixture
def desk(village):
    return village.client(village.person("Sylvie", "Moreau", "secretary"))


@pytest.fixture
def meeting(village):
    """The next meeting of a committee of two."""
    with village.session() as session:
        committee = committees.create_committee(session, "Comité des fêtes", "Prépare les fêtes.")
        for given in ("Ada", "Boris"):
            person = get_person(session, village.person(given, "Membre").id)
            committees.add_member(session, committee, person, "citizen")
        return committees.plan_meeting(session, committee, clock.now() + timedelta(days=3), "Salle des fêtes")


def test_a_committee_from_nothing(village, desk):
    village.person("Nadia", "Habitante")
    page = desk.submit("/mairie/comites/nouveau", {"name": "Comité des fêtes", "about": "Préparer."})
    committee = village.one(Committee)
    path = f"/mairie/comites/{committee.id}"
    assert page.location == path
    page = desk.get(f"{path}?q=habitante")
    desk.post(f"{path}/membres", {**page.form(f"{path}/membres"), "college": "citizen"})
    assert "Nadia Habitante" in desk.get(path).words
    bad = desk.post(f"{path}/reunions", {**desk.get(path).form(f"{path}/reunions"), "at": ""})
    assert bad.status == 422
    good = desk.post(f"{path}/reunions", {**desk.get(path).form(f"{path}/reunions"), "at": "2026-12-12T18:30"})
    meeting = village.one(Gathering)
    assert good.location == f"/mairie/reunions/{meeting.id}"
    assert "Nadia Habitante" in desk.get(good.location).words, "who sits is convened"
    desk.submit(f"/mairie/reunions/{meeting.id}/annuler", on=f"/mairie/reunions/{meeting.id}")
    assert village.one(Gathering).state == "cancelled"
    for kind in ("csv", "xlsx", "pdf"):
        for listed in ("/mairie/comites", path, "/mairie/reunions"):
            assert desk.get(f"{listed}?format={kind}").status == 200


def test_a_seat_is_given_to_somebody_and_ends(village, desk, meeting):
    path = f"/mairie/comites/{meeting.origin_id}"
    refused = desk.post(f"{path}/membres", {**desk.get(path).form(f"{path}/reunions"), "person_id": "nobody"})
    assert refused.status == 422
    member = next(m for m in village.all(CommitteeMember) if m.person.given_name == "Ada")
    assert desk.submit(f"{path}/membres/{member.id}/fin", on=path).location == path
    assert f"{member.id}/fin" not in desk.get(path).text, "it has ended"
    assert "Ada" not in desk.get(f"/mairie/reunions/{meeting.id}").words
    with village.session() as session:
        other = committees.create_committee(session, "Un autre")
    assert (
        desk.post(f"/mairie/comites/{other.id}/membres/{member.id}/fin", desk.get(path).form(f"{path}/reunions")).status
        == 404
    )


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_meeting_of_another_age_is_refused_with_a_sentence(village, desk, at):
    with village.session() as session:
        committee = committees.create_committee(session, "Comité")
    path = f"/mairie/comites/{committee.id}"
    page = desk.submit(f"{path}/reunions", {"at": at, "place": "Salle des fêtes"}, on=path)
    assert page.status == 422
    assert "Vérifiez l’année" in page.words
    assert "Salle des fêtes" in page.text


def test_a_meeting_from_its_order_of_the_day_to_its_minutes(village, desk, meeting):
    path = f"/mairie/reunions/{meeting.id}"
    assert desk.submit(f"{path}/points", {"title": ""}, on=path).status == 422
    page = desk.follow(desk.submit(f"{path}/points", {"title": "Feu d’artifice"}, on=path))
    assert "1. Feu d’artifice" in page.words
    assert "Montant proposé" not in page.words, "nothing is asked"
    item = village.one(AgendaItem)
    ada, boris = sorted(village.all(CommitteeMember), key=lambda member: member.person.name)
    recusal = f"{path}/points/{item.id}/deport"
    page = desk.follow(desk.post(recusal, {**page.form(recusal), "id": str(ada.id), "reason": "Artificière"}))
    assert "Ada Membre · Artificière" in page.words
    opinion = f"{path}/points/{item.id}/avis"
    form = page.form(opinion)
    refused = desk.post(opinion, {**form, "verdict": "unfavourable", "opinion": ""})
    assert refused.status == 422
    refused = desk.post(opinion, {**form, "verdict": "unfavourable", "opinion": "Trop cher."})
    assert refused.status == 422, "nobody was noted as present"
    assert "Trop cher." in refused.text
    there = [str(attendee.id) for attendee in village.all(Attendee) if attendee.person_id == boris.person_id]
    desk.post(f"{path}/presents", {**page.form(f"{path}/presents"), "id": there})
    assert desk.post(opinion, {**form, "verdict": "unfavourable", "opinion": "Trop cher."}).status == 303
    assert desk.post(opinion, {**form, "verdict": "favourable"}).status == 422, "a colleague recorded another"
    minutes = desk.get(path).form(f"{path}/tenue")
    assert desk.post(f"{path}/tenue", {**minutes, "minutes": "On dansera."}).status == 303
    assert desk.post(f"{path}/tenue", {**minutes, "minutes": "Autre chose."}).status == 422
    page = desk.get(path)
    assert "tenue" in page.words
    assert "On dansera." in page.text
    assert desk.get(f"{path}.pdf").response.mimetype == "application/pdf"
    assert "Comité des fêtes" in desk.get("/mairie/reunions?quand=passe").words
    assert "Aucune réunion à venir" in desk.get("/mairie/reunions").words


def test_an_item_leaves_the_order_of_the_day(village, desk, meeting):
    path = f"/mairie/reunions/{meeting.id}"
    page = desk.follow(desk.submit(f"{path}/points", {"title": "Divers"}, on=path))
    desk.post(f"{path}/points/{village.one(AgendaItem).id}/retirer", page.form(f"{path}/presents"))
    assert village.all(AgendaItem) == []


def test_a_document_goes_with_a_meeting_and_stays_among_the_documents(village, desk, meeting):
    path = f"/mairie/reunions/{meeting.id}"
    assert desk.submit(f"{path}/documents", {"title": "Devis"}, on=path).status == 422, "no file"
    bad = {"title": "Devis", "file": (io.BytesIO(b"MZ\x90"), "devis.exe")}
    refused = desk.submit(f"{path}/documents", bad, on=path)
    assert refused.status == 422
    assert "n’est pas accepté" in refused.words
    page = desk.submit(f"{path}/documents", {"title": "Devis", "file": (io.BytesIO(a_pdf()), "devis.pdf")}, on=path)
    page = desk.follow(page)
    document = village.one(Document)
    (address,) = (link for link in page.links() if link.startswith("/fichiers/"))
    examiner = village.client(village.person("Ève", "Instruit", "examiner"))
    assert examiner.get(address).status == 200, "who reads the meeting reads it"
    counter = village.client(village.person("Abel", "Accueil", "counter"))
    assert counter.get(address).status in {403, 404}
    desk.submit(f"{path}/documents/{document.id}/retirer", on=path)
    assert "Devis" not in desk.get(path).words.replace("Exemple", "")
    assert "Devis" in desk.get("/mairie/documents").words


def test_meetings_are_found_by_their_words(village, desk, meeting):
    assert "Comité des fêtes" in desk.get("/mairie/reunions?q=salle").words
    assert "Rien ne correspond" in desk.get("/mairie/reunions?q=zzz").words


def test_the_agenda_shows_a_meeting_and_does_not_change_it(village, desk, meeting):
    assert "Comité des fêtes" in desk.get("/mairie/agenda").words
    event = village.sql("SELECT event_id FROM gathering")[0].event_id
    assert "vient d’une autre partie du site" in desk.get(f"/mairie/agenda/{event}").words
    assert "Comité des fêtes" not in village.client().get("/agenda").words


def test_who_may_read_and_who_may_record(village, meeting):
    """The roles that read, examined and managed the fund keep what they could do."""
    path = f"/mairie/reunions/{meeting.id}"
    for role, status in (("elected", 200), ("treasurer", 200), ("examiner", 200), ("counter", 403), ("moderator", 403)):
        client = village.client(village.person(role.title(), "Rôle", role))
        assert client.get(path).status == status, role
        assert client.get("/mairie/comites").status == status, role
    elected = village.client(village.person("Yves", "Élu", "elected"))
    page = elected.get(path)
    assert "Noter qui est là" not in page.words
    assert "Ajouter un document" not in page.words
    examiner = village.client(village.person("Ève", "Instruit", "examiner"))
    assert examiner.submit(f"{path}/annuler", on=path).status == 303
    assert examiner.get("/mairie/comites/nouveau").status == 403


def test_former_addresses_lead_here_for_good(village, desk, meeting):
    committee = f"/comites/{meeting.origin_id}"
    for path in ("/comites", "/comites/nouveau", committee, f"/reunions/{meeting.id}", f"/reunions/{meeting.id}.pdf"):
        page = desk.get(f"/mairie/fonds{path}")
        assert page.status == 308, path
        assert page.location == f"/mairie{path}"
        assert desk.get(page.location).status == 200


def test_nothing_of_a_meeting_is_the_neighbours(commune, desk, meeting, village):
    other = commune.client(commune.person("Odile", "Voisine", "administrator"))
    for path in (f"/mairie/reunions/{meeting.id}", f"/mairie/comites/{meeting.origin_id}"):
        assert other.get(path).status == 404
        assert desk.get(path).status == 200
    with village.session() as session:
        assert session.scalars(select(Gathering)).unique().one().id == meeting.id
