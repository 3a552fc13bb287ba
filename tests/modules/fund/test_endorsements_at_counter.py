"""Who has no Internet supports a project too: on a sheet, by telephone, at the counter."""

import pytest

from civique.core import settings
from civique.core.audit import AuditEntry
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations.endorsements import let_be_read
from civique.modules.fund.settings import FundSettings
from tests.core.test_paper import text_of

PAGE = "/mairie/soutiens/saisir"


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


@pytest.fixture
def rose(world):
    """Somebody without e-mail."""
    return world.commune.person("Rose", "Papier", email=None)


@pytest.fixture
def application(world):
    """An application under examination that residents may read."""
    switch(world, endorsements=True, comments=True)
    return agreed(world, world.admissible())


def switch(world, **values):
    with world.commune.session() as session:
        settings.put(session, FundSettings(**values))


def agreed(world, application):
    with world.commune.session(world.resident) as session:
        let_be_read(session, session.get(FundApplication, application.id), True)
    return application


def page_of(person):
    return f"{PAGE}?personne={person.id}"


def blank(desk, person):
    """The form as it is shown for somebody."""
    return desk.get(page_of(person)).form(PAGE)


def note(desk, person, application, **values):
    return desk.post(page_of(person), {**blank(desk, person), "object_id": str(application.id), **values})


def found(world):
    return world.commune.all(Endorsement)


def test_it_is_offered_only_where_the_commune_takes_supports(world, desk):
    assert "Un soutien à un projet" not in desk.get("/mairie/saisir").words
    assert desk.get("/mairie/saisir/personne?pour=desk_endorsements.endorse").status == 404
    switch(world, endorsements=True)
    assert "Un soutien à un projet" in desk.get("/mairie/saisir").words


def test_from_the_counter_to_the_public_page(world, desk, rose, application):
    assert desk.get("/mairie/saisir/personne?pour=desk_endorsements.endorse&q=papier").words.count("Rose Papier") == 1
    answer = desk.follow(note(desk, rose, application, channel="phone", comment=""))
    assert "Soutien compté : Rose Papier" in answer.words
    assert application.title in answer.words
    (endorsement,) = found(world)
    assert (endorsement.person_id, endorsement.channel) == (rose.id, "phone")
    assert world.commune.all(Comment) == []
    assert "Une personne soutient ce projet" in world.commune.client().get(f"/fonds/en-cours/{application.id}").words
    assert blank(desk, rose)["channel"] == "phone", "the next one is often alike"


def test_twice_is_once_and_the_sheet_sent_again_leads_to_the_same_page(world, desk, rose, application):
    form = {**blank(desk, rose), "object_id": str(application.id), "channel": "paper"}
    first, again = desk.post(page_of(rose), form), desk.post(page_of(rose), form)
    assert first.status == again.status == 303
    note(desk, rose, application)
    assert len(found(world)) == 1
    assert len(world.commune.all(AuditEntry, action="endorsement.noted")) == 1


def test_a_comment_waits_as_one_from_the_site(world, desk, rose, application):
    note(desk, rose, application, comment="Les enfants les attendent.")
    assert world.commune.one(Comment).state == "waiting"
    assert "Les enfants les attendent." in desk.get("/mairie/commentaires").words
    assert "Les enfants" not in world.commune.client().get(f"/fonds/en-cours/{application.id}").words
    switch(world, endorsements=True)
    assert "comment" not in blank(desk, rose), "comments are off"


def test_the_resident_changes_their_mind(world, desk, rose, application):
    note(desk, rose, application, comment="Bravo.")
    action = f"/mairie/soutiens/{application.id}/retirer"
    taken_back = desk.get(page_of(rose)).form(action)
    answer = desk.follow(desk.post(f"{action}?personne={rose.id}", taken_back))
    assert "Rose Papier ne soutient plus ce projet" in answer.words
    assert found(world) == []


def test_ones_own_project_and_hidden_ones_are_not_proposed(world, desk, rose, application):
    hidden = world.admissible(title="Fresque")
    proposed = desk.get(page_of(rose)).text
    assert str(application.id) in proposed
    assert str(hidden.id) not in proposed
    assert str(application.id) not in desk.get(page_of(world.resident)).text
    own = {**blank(desk, rose), "object_id": str(application.id)}
    assert desk.post(page_of(world.resident), own).status == 422
    assert note(desk, rose, hidden).status == 422
    assert found(world) == []


def test_consent_withdrawn_while_the_agent_types(world, desk, rose, application):
    form = {**blank(desk, rose), "object_id": str(application.id)}
    with world.commune.session(world.resident) as session:
        let_be_read(session, session.get(FundApplication, application.id), False)
    answer = desk.post(page_of(rose), form)
    assert answer.status == 422
    assert found(world) == []


def test_nobody_without_the_counter_and_nobody_unknown(world, desk, rose, application):
    assert world.commune.client(rose).get(page_of(rose)).status == 403
    assert desk.get(PAGE).status == 303
    assert desk.get(f"{PAGE}?personne={application.id}").status == 303, "not somebody"


def test_the_audit_says_who_noted_it_and_never_whose_it_is(world, desk, rose, application):
    note(desk, rose, application, channel="market")
    (entry,) = world.commune.all(AuditEntry, action="endorsement.noted")
    assert (entry.actor_id, entry.object_id, entry.data["channel"]) == (world.secretary.id, application.id, "market")
    assert str(rose.id) not in str(entry.data)
    assert "Soutien d’un habitant noté" in desk.get(f"/mairie/fonds/demandes/{application.id}/historique").words


def test_taking_back_for_somebody_leaves_a_line_without_their_name(world, desk, rose, application):
    action = f"/mairie/soutiens/{application.id}/retirer"
    note(desk, rose, application)
    form = desk.get(page_of(rose)).form(action)
    for _ in range(2):
        desk.post(f"{action}?personne={rose.id}", form)
    (entry,) = world.commune.all(AuditEntry, action="endorsement.withdrawn")
    assert (entry.actor_id, entry.object_id, entry.data) == (world.secretary.id, application.id, {})
    assert (
        "Soutien d’un habitant retiré en mairie"
        in desk.get(f"/mairie/fonds/demandes/{application.id}/historique").words
    )


def test_a_resident_who_takes_back_alone_leaves_no_line(world, application):
    client = world.commune.client(world.commune.person("Ahmed", "Voisin"))
    path = f"/fonds/en-cours/{application.id}"
    client.submit(f"{path}/soutenir", on=path)
    assert len(found(world)) == 1
    client.submit(f"{path}/ne-plus-soutenir", on=path)
    assert found(world) == []
    assert world.commune.all(AuditEntry, action="endorsement.withdrawn") == []


def test_their_channel_is_in_their_export(world, desk, rose, application):
    note(desk, rose, application, channel="market")
    kept = next(data for data in modules()["core"].personal_data if data.name == "endorsements")
    with world.commune.session() as session:
        assert kept.export(session, get_person(session, rose.id))[0]["channel"] == "market"


def test_a_project_prints_with_a_form_to_support_it(world, application):
    client, path = world.commune.client(), f"/fonds/en-cours/{application.id}/formulaire.pdf"
    assert path in client.get(f"/fonds/en-cours/{application.id}").links()
    words = text_of(client.get(path).response.get_data())
    for expected in (
        application.title,
        application.reference,
        application.purpose[:30],
        "Je soutiens ce projet",
        "Votre commentaire",
    ):
        assert expected in words, expected
    assert f"/fonds/en-cours/{application.id}" in words.replace(" ", "")
    assert world.resident.family_name not in words
    switch(world, endorsements=True)
    assert "Votre commentaire" not in text_of(client.get(path).response.get_data())


def test_a_hidden_project_does_not_print(world, neighbour):
    switch(world, endorsements=True)
    application = world.admissible()
    path = f"/fonds/en-cours/{application.id}/formulaire.pdf"
    assert world.commune.client().get(path).status == 404
    agreed(world, application)
    assert neighbour.client().get(path).status == 404
    switch(world)
    assert world.commune.client().get(path).status == 404
