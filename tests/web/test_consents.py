"""Consents by pages: in « Mon compte » for oneself and one's children, at the desk from a signed paper."""

import io

import pytest

from civique.core.consents.models import Consent
from civique.core.documents.models import StoredFile
from civique.core.people.operations import accept_proxy, ask_proxy
from civique.core.people.queries import get_person

MINE = "/mon-compte/accords"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>"


@pytest.fixture
def parent(commune):
    return commune.person("Nadia", "Habitante")


@pytest.fixture
def child(commune, parent):
    child = commune.person("Zoé", "Habitante", email=None)
    with commune.session() as session:
        proxy = ask_proxy(session, get_person(session, parent.id), "Zoé", "Habitante", "guardian")
        accept_proxy(session, proxy, get_person(session, child.id))
    return child


def test_agreeing_for_oneself_then_withdrawing(commune, parent):
    client = commune.client(parent)
    client.submit(MINE, {"uses": ["image:site", "image:press"]})
    assert {one.medium for one in commune.all(Consent, person_id=parent.id)} == {"site", "press"}
    site = commune.one(Consent, medium="site")
    client.submit(f"{MINE}/{site.id}/retirer", on=MINE)
    assert commune.one(Consent, medium="site").withdrawn_at
    assert commune.one(Consent, medium="press").withdrawn_at is None
    page = client.get(MINE)
    assert "retiré" in page.words


def test_agreeing_for_ones_child(commune, parent, child):
    client = commune.client(parent)
    client.submit(MINE, {"whom": str(child.id), "uses": ["participation:"]})
    given = commune.one(Consent)
    assert (given.person_id, given.guardian_id, given.given_by) == (child.id, parent.id, "Nadia Habitante")


def test_nothing_is_ticked_beforehand_and_nothing_ticked_is_refused(commune, parent):
    client = commune.client(parent)
    assert "checked" not in client.get(MINE).text
    page = client.submit(MINE, {})
    assert page.status == 422
    assert commune.all(Consent) == []


def test_nobody_agrees_for_somebody_else(commune, parent, child):
    stranger = commune.client(commune.person("Paul", "Voisin"))
    page = stranger.submit(MINE, {"whom": str(child.id), "uses": ["image:site"]})
    assert [one.person_id for one in commune.all(Consent)] != [child.id], page.words
    client = commune.client(parent)
    client.submit(MINE, {"whom": str(child.id), "uses": ["image:press"]})
    mine = commune.one(Consent, person_id=child.id)
    form = stranger.get(MINE).form()
    assert stranger.post(f"{MINE}/{mine.id}/retirer", form).status == 404
    assert commune.one(Consent, id=mine.id).withdrawn_at is None


def test_another_communes_consent_is_not_there(commune, neighbour, parent):
    commune.client(parent).submit(MINE, {"uses": ["image:site"]})
    other = neighbour.client(neighbour.person("Ève", "Autre"))
    assert other.post(f"{MINE}/{commune.one(Consent).id}/retirer", other.get(MINE).form()).status == 404


def test_the_desk_notes_a_signed_paper_that_only_it_reads(commune, parent, child):
    agent = commune.client(commune.person("Sophie", "Guichet", "counter"))
    path = f"/mairie/personnes/{child.id}/accords"
    form = {"uses": ["participation:"], "given_by": "Nadia Habitante", "file": (io.BytesIO(PDF), "accord.pdf")}
    agent.submit(path, form)
    given = commune.one(Consent, person_id=child.id)
    file = commune.one(StoredFile, id=given.file_id)
    assert (file.visibility, file.permission, file.person_id) == ("staff", "core.consents", child.id)
    shown = agent.get(path)
    assert "accord.pdf" in shown.text
    assert "Participation" in agent.get(f"/mairie/personnes/{child.id}").words
    agent.submit(f"{path}/{given.id}/retirer", on=path)
    assert commune.one(Consent).withdrawn_at


def test_the_desk_refuses_a_day_that_is_past_and_keeps_what_was_typed(commune, parent):
    agent = commune.client(commune.person("Sophie", "Guichet", "counter"))
    path = f"/mairie/personnes/{parent.id}/accords"
    form = {"uses": ["image:site"], "given_by": "Nadia Habitante", "until": "2020-01-01"}
    page = agent.submit(path, form)
    assert page.status == 422
    assert "Nadia Habitante" in page.text
    assert commune.all(Consent) == []


def test_an_elected_member_neither_notes_nor_withdraws(commune, parent):
    page = commune.client(commune.person("Luc", "Élu", "elected")).get(f"/mairie/personnes/{parent.id}/accords")
    assert page.status == 403
