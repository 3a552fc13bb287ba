"""The pages where residents read, endorse and comment an object, without the fund: collections of the sample module."""

import pytest

from civique.core import settings
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.people.queries import get_person
from tests.sample.settings import Rounds

LIST = "/encombrants/a-venir"


@pytest.fixture
def page(world):
    return f"{LIST}/{world.pickup.id}"


@pytest.fixture
def nadia(world):
    return world.commune.client(world.resident)


def test_a_resident_endorses_comments_and_takes_it_back(world, page, nadia):
    assert "Pas encore de soutien" in nadia.get(LIST).words
    assert nadia.submit(f"{page}/soutenir", on=page).location == f"{page}#soutiens"
    assert "Un soutien" in nadia.get(LIST).words
    assert "Vous le soutenez" in nadia.get(LIST).words
    sent = nadia.submit(f"{page}/commentaire", {"comment": "Prévoyez une benne."}, on=page)
    assert sent.location == f"{page}#commentaire"
    assert world.commune.one(Comment).state == "waiting"
    refused = nadia.submit(f"{page}/commentaire", {"comment": " "}, on=page)
    assert refused.status == 422
    assert nadia.submit(f"{page}/ne-plus-soutenir", on=page).location == page
    assert world.commune.all(Endorsement) == world.commune.all(Comment) == []


def test_a_visitor_reads_prints_and_signs_in_to_endorse(world, page):
    visitor = world.commune.client()
    assert world.pickup.what in visitor.get(LIST).words
    assert f"{page}/soutenir" not in visitor.get(page).text
    assert "/connexion?suite=" in visitor.get(page).text
    paper = visitor.get(f"{page}/formulaire.pdf")
    assert paper.headers["Content-Disposition"] == 'inline; filename="soutenir.pdf"'
    assert paper.headers["Content-Type"] == "application/pdf"


def test_whose_it_is_is_told_so_and_may_not_endorse_it(world, page, nadia):
    form = nadia.get(page).form(f"{page}/soutenir")
    with world.commune.session() as session:
        pickup = session.get(type(world.pickup), world.pickup.id)
        pickup.person_id = get_person(session, world.resident.id).id
    assert "C’est votre collecte." in nadia.get(page).words
    assert nadia.post(f"{page}/soutenir", form).location == page
    assert "aux autres de le soutenir" in nadia.get(page).words
    assert world.commune.all(Endorsement) == []


def test_what_is_over_is_elsewhere_or_nowhere(world, page, nadia):
    endorse, withdraw = f"{page}/soutenir", f"{page}/ne-plus-soutenir"
    nadia.submit(endorse, on=page)
    form = nadia.get(page).form(withdraw)
    world.close()
    assert nadia.get(page).status == nadia.get(f"{page}/formulaire.pdf").status == 404
    assert world.pickup.what not in nadia.get(LIST).words
    for path in (endorse, f"{page}/commentaire"):
        assert nadia.post(path, {**form, "comment": "Bravo"}).location == LIST, path
    assert "ne reçoit plus de soutiens" in nadia.get(LIST).words
    assert nadia.post(withdraw, form).location == LIST
    assert world.commune.all(Endorsement) == []
    world.commune.sql("UPDATE sample_pickup SET reminded = true")
    assert nadia.get(page).location == "/encombrants"


@pytest.mark.limits
def test_each_page_counts_what_is_sent_to_it_alone(world, page, nadia):
    form = nadia.get(page).form(f"{page}/soutenir")
    assert {nadia.post(f"{page}/soutenir", form).status for _ in range(21)} == {303}
    form = nadia.get(page).form(f"{page}/commentaire")
    statuses = [nadia.post(f"{page}/commentaire", {**form, "comment": " "}).status for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    assert nadia.submit(f"{page}/ne-plus-soutenir", on=page).location == page


def test_nothing_of_it_exists_where_the_commune_wants_none(world, page, nadia):
    form = nadia.get(page).form(f"{page}/soutenir")
    with world.commune.session() as session:
        settings.put(session, Rounds(supports=False))
    assert nadia.get(LIST).status == nadia.get(page).status == 404
    assert nadia.post(f"{page}/soutenir", form).status == 404
