"""Acting for a relative, representing an organisation."""

from civique.core.audit import AuditEntry
from civique.core.organisations.models import Organisation, Representative
from civique.core.people import operations
from civique.core.people.models import Person, Proxy

RELATIVE = {"given_name": "Odette", "family_name": "Durand", "kind": "relative"}


def accept(commune, relative=None):
    """The mairie accepts what was asked last: for this record, or one that it makes."""
    with commune.session() as session:
        proxy = session.query(Proxy).filter_by(ended_at=None).one()
        operations.accept_proxy(session, proxy, relative and session.get(Person, relative.id))
    return commune.one(Proxy, ended_at=None)


def test_ask_act_and_stop(commune, paul, client):
    form = client.get("/mon-compte/proches").form("/mon-compte/proches") | RELATIVE
    assert client.post("/mon-compte/proches", form).status == 303
    assert client.post("/mon-compte/proches", form).status == 303
    assert commune.one(Proxy).for_person_id is None, "nobody's record is made or pointed to before the mairie accepts"
    proxy = accept(commune)
    client.submit(f"/mon-compte/agir-pour/{proxy.for_person_id}", on="/mon-compte/proches")
    page = client.get("/mon-compte")
    assert "Odette Durand" in page.text
    client.submit("/mon-compte/agir-pour-moi", on="/mon-compte/proches")
    assert "Odette Durand" not in client.get("/mon-compte/preferences").text


def test_what_is_done_for_oneself_is_not_said_done_for_the_relative(commune, paul, client):
    client.submit("/mon-compte/proches", RELATIVE)
    proxy = accept(commune)
    client.submit(f"/mon-compte/agir-pour/{proxy.for_person_id}", on="/mon-compte/proches")
    client.submit("/mon-compte/donnees/corriger", {"city": "Brion"})
    line = commune.one(AuditEntry, action="person.corrected")
    assert (line.actor_id, line.object_id, line.on_behalf_of) == (paul.id, paul.id, None)


def test_an_ended_proxy_stops_at_once(commune, paul, client):
    client.submit("/mon-compte/proches", RELATIVE)
    proxy = accept(commune)
    client.submit(f"/mon-compte/agir-pour/{proxy.for_person_id}", on="/mon-compte/proches")
    with commune.session() as session:
        operations.end_proxy(session, session.get(Proxy, proxy.id))
    client.get("/mon-compte")
    assert "Odette" not in client.get("/mon-compte/preferences").text
    client.submit("/mon-compte/donnees/corriger", {"city": "Brion"})
    assert commune.one(AuditEntry, action="person.corrected").on_behalf_of is None


def test_asking_again_after_an_end_must_be_accepted_again(commune, client):
    client.submit("/mon-compte/proches", RELATIVE)
    proxy = accept(commune)
    client.submit(f"/mon-compte/proches/{proxy.id}/terminer", on="/mon-compte/proches")
    client.submit("/mon-compte/proches", RELATIVE)
    assert commune.one(Proxy, ended_at=None).accepted_at is None
    odette = commune.one(Person, given_name="Odette")
    assert accept(commune, odette).for_person_id == odette.id, "the same two people, once more"


def test_the_answer_does_not_tell_whether_somebody_is_known(commune, client):
    commune.person("Odette", "DURAND", email=None)
    known = client.follow(client.submit("/mon-compte/proches", RELATIVE)).words
    commune.sql("DELETE FROM proxy")
    unknown = client.follow(client.submit("/mon-compte/proches", RELATIVE | {"given_name": "Simone"})).words
    assert unknown.replace("Simone", "Odette") == known
    assert [person.given_name for person in commune.all(Person)] == ["Paul", "Odette"]
    assert client.submit("/mon-compte/proches", RELATIVE | {"given_name": "Paul"}).status == 422


def test_proxies_of_others(commune, neighbour, client):
    client.submit("/mon-compte/proches", RELATIVE)
    proxy = accept(commune)
    stranger = commune.client(commune.person("Zoé", "Autre"))
    token = stranger.get("/mon-compte/proches").form("/mon-compte/proches")
    assert stranger.post(f"/mon-compte/proches/{proxy.id}/terminer", token).status == 404
    assert stranger.post(f"/mon-compte/agir-pour/{proxy.for_person_id}", token).status == 404
    away = neighbour.client(neighbour.person("Nina", "Voisine"))
    token = away.get("/mon-compte/proches").form("/mon-compte/proches")
    assert away.post(f"/mon-compte/proches/{proxy.id}/terminer", token).status == 404
    assert commune.one(Person, id=proxy.for_person_id).given_name == "Odette"


def test_represent_an_organisation(commune, paul, client):
    data = {"name": "Comité des fêtes", "kind": "association", "function": "Président"}
    form = client.get("/mon-compte/organisations").form() | data
    client.post("/mon-compte/organisations", form)
    client.post("/mon-compte/organisations", form)
    row = commune.one(Representative)
    assert (row.accepted_at, row.function) == (None, "Président")
    assert "Comité des fêtes" not in client.get("/mon-compte").words, "not before it is accepted"
    zoe = commune.client(commune.person("Zoé", "Autre"))
    zoe.submit("/mon-compte/organisations", data | {"name": "COMITE DES FETES"})
    assert len(commune.all(Organisation)) == 1, "the same organisation, accents and case aside"
    token = zoe.get("/mon-compte/adresse").form()
    assert zoe.post(f"/mon-compte/organisations/{row.id}/quitter", token).status == 404
    client.submit(f"/mon-compte/organisations/{row.id}/quitter", on="/mon-compte/organisations")
    assert commune.one(Representative, id=row.id).ended_at is not None


def test_my_questions_are_followed(commune, paul, client):
    client.submit("/signaler", {"text": "Un nid-de-poule", "name": "Paul"})
    page = client.get("/mon-compte")
    from civique.core.questions.models import Question

    assert commune.one(Question).reference in page.words
