"""Colleagues: invitations, roles, departures, a lost second check."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.access.models import Credential, Invitation, RoleGrant, WebSession
from civique.core.answers.models import AnswerDue
from civique.core.people.models import Person
from tests.fixtures import in_loire_authion


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Admin", "administrator")


@pytest.fixture
def admin(commune, anne):
    return commune.client(anne)


MARC = {"given_name": "Marc", "family_name": "Petit", "email": "marc@exemple.fr", "roles": ["counter", "elected"]}


def link_of(message):
    text = message.get_body(("plain",)).get_content()
    return "/connexion/invitation/" + text.split("/connexion/invitation/")[1].split()[0]


def test_invitation_journey(commune, admin, mailbox):
    form = admin.get("/mairie/collegues/inviter").form() | MARC
    assert admin.post("/mairie/collegues/inviter", form).status == 303
    assert admin.post("/mairie/collegues/inviter", form).status == 303
    messages = mailbox()
    assert len(messages) == 1, "a second click invites once"
    path = link_of(messages[0])
    client = commune.client()
    page = client.get(path)
    assert commune.all(Person, family_name="Petit") == [], "opening the link alone changes nothing"
    page = client.post(path, page.form(path))
    person = commune.one(Person, family_name="Petit")
    assert sorted(g.role for g in commune.all(RoleGrant, person_id=person.id)) == ["counter", "elected"]
    page = client.get("/mairie/personnes")
    assert page.location.startswith("/connexion/second-facteur")
    page = client.follow(page)
    assert page.location.startswith("/mon-compte/application?suite=/mairie/personnes"), "led to set one up, then back"
    again = commune.client()
    assert again.get(path).status == 404, "it works once"
    content = commune.sql("SELECT content FROM message WHERE kind = 'access.invitation'")
    assert path not in str(content)


def test_invitation_refused(admin):
    page = admin.submit("/mairie/collegues/inviter", {**MARC, "roles": []})
    assert page.status == 422
    assert admin.submit("/mairie/collegues/inviter", {**MARC, "roles": ["emperor"]}).status == 422
    assert admin.submit("/mairie/collegues/inviter", {**MARC, "email": "marc"}).status == 422


def test_invitation_sent_again_or_withdrawn_or_too_old(commune, admin, mailbox):
    admin.submit("/mairie/collegues/inviter", MARC)
    first = link_of(mailbox()[-1])
    invitation = commune.one(Invitation)
    page = admin.get("/mairie/collegues/inviter")
    path = f"/mairie/collegues/invitations/{invitation.id}/renvoyer"
    admin.post(path, page.form(path))
    second = link_of(mailbox()[-1])
    assert commune.client().get(first).status == 404
    assert commune.client().get(second).status == 200
    assert admin.post(path, page.form(path)).status == 404, "the former one was withdrawn"
    waiting = next(i for i in commune.all(Invitation) if i.withdrawn_at is None)
    with commune.session() as session:
        session.get(Invitation, waiting.id).expires_at = clock.now() - timedelta(minutes=1)
    assert commune.client().get(second).status == 404
    path = f"/mairie/collegues/invitations/{waiting.id}/retirer"
    admin.submit(path, on="/mairie/collegues/inviter")
    assert all(i.withdrawn_at for i in commune.all(Invitation))


def invited(admin, mailbox, **facts):
    """The link of an invitation that was just sent."""
    admin.submit("/mairie/collegues/inviter", MARC | facts)
    return link_of(mailbox()[-1])


def test_invitations_of_a_leaver_leave_too(commune, anne, admin, mailbox):
    """Those that she sent, perhaps to herself at another address, and those that wait for her."""
    heir = commune.person("Hervé", "Suite", "administrator")
    sent = invited(admin, mailbox, email="anne.ailleurs@exemple.fr")
    waiting = invited(commune.client(heir), mailbox, email=anne.email.address)
    other = invited(commune.client(heir), mailbox, email="zoe@exemple.fr")
    commune.client(heir).submit(f"/mairie/collegues/{anne.id}/depart", {"heir": str(heir.id)})
    visitor = commune.client()
    assert [visitor.get(path).status for path in (sent, waiting, other)] == [404, 404, 200]


def test_invitations_end_with_the_role_of_who_sent_them(commune, anne, admin, mailbox):
    heir = commune.client(commune.person("Hervé", "Suite", "administrator"))
    sent = invited(admin, mailbox)
    grant = commune.one(RoleGrant, person_id=anne.id)
    heir.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=f"/mairie/collegues/{anne.id}")
    assert commune.client().get(sent).status == 404
    assert "marc@exemple.fr" not in heir.get("/mairie/collegues/inviter").words


def test_invitations_end_with_a_role_whose_time_is_over(commune, anne, admin, mailbox):
    sent = invited(admin, mailbox)
    commune.sql(
        "UPDATE role_grant SET ends_on = :day WHERE person_id = :id", day=commune.today - timedelta(1), id=anne.id
    )
    assert commune.client().get(sent).status == 404


def test_an_invitation_to_a_role_that_is_taken_back_ends(commune, anne, admin, mailbox):
    marc = commune.person("Marc", "Petit", "counter", email="marc@exemple.fr")
    waiting = invited(admin, mailbox)
    grant = commune.one(RoleGrant, person_id=marc.id)
    admin.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=f"/mairie/collegues/{marc.id}")
    assert commune.client().get(waiting).status == 404


def test_invitation_of_another_commune(commune, neighbour, admin, mailbox):
    admin.submit("/mairie/collegues/inviter", MARC)
    path = link_of(mailbox()[-1])
    assert neighbour.client().get(path).status == 404
    other = neighbour.client(neighbour.person("Anne", "Admin", "administrator"))
    token = other.get("/mairie/collegues/inviter").form()
    invitation = commune.one(Invitation)
    for verb in ("renvoyer", "retirer"):
        assert other.post(f"/mairie/collegues/invitations/{invitation.id}/{verb}", token).status == 404
    assert commune.one(Invitation).withdrawn_at is None


def test_give_and_end_a_role(commune, admin):
    person = commune.person("Paul", "Durand")
    path = f"/mairie/collegues/{person.id}"
    later = (commune.today + timedelta(days=30)).isoformat()
    assert admin.submit(path, {"role": "treasurer", "scope": "commune:", "ends_on": later}).status == 303
    grant = commune.one(RoleGrant, person_id=person.id)
    assert (grant.role, grant.ends_on.isoformat()) == ("treasurer", later)
    admin.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=path)
    assert commune.one(RoleGrant, id=grant.id).ended_at is not None
    assert admin.submit(path, {"role": "treasurer", "scope": "commune:"}).status == 303
    assert len(commune.all(RoleGrant, person_id=person.id)) == 2


@in_loire_authion
def test_role_refused(commune, admin):
    person = commune.person("Paul", "Durand")
    path = f"/mairie/collegues/{person.id}"
    yesterday = (commune.today - timedelta(days=1)).isoformat()
    territory = next(o for o in admin.get(path).text.split('"') if o.startswith("territory:"))
    for data in (
        {"role": "treasurer", "scope": "commune:", "ends_on": yesterday},
        {"role": "administrator", "scope": territory},
        {"role": "emperor", "scope": "commune:"},
        {"role": "treasurer", "scope": "module:core"},
    ):
        assert admin.submit(path, data).status == 422, data
    assert commune.all(RoleGrant, person_id=person.id) == []


def test_the_last_administrator_stays(commune, anne, admin):
    path = f"/mairie/collegues/{anne.id}"
    grant = commune.one(RoleGrant, person_id=anne.id)
    page = admin.follow(admin.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=path))
    assert commune.one(RoleGrant, id=grant.id).ended_at is None
    assert "Personne d’autre n’administre ce site" in page.words
    commune.person("Zoé", "Seconde", "administrator")
    admin.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=path)
    assert commune.one(RoleGrant, id=grant.id).ended_at is not None
    assert admin.get("/mairie/collegues").status == 403


def test_an_administrator_whose_time_is_over_does_not_count(commune, anne, admin):
    other = commune.person("Zoé", "Seconde", "administrator")
    with commune.session() as session:
        grant = session.query(RoleGrant).filter_by(person_id=other.id).one()
        grant.ends_on = commune.today - timedelta(days=1)
    grant = commune.one(RoleGrant, person_id=anne.id)
    admin.submit(f"/mairie/collegues/roles/{grant.id}/terminer", on=f"/mairie/collegues/{anne.id}")
    assert commune.one(RoleGrant, id=grant.id).ended_at is None


def test_departure_hands_everything_over(commune, anne, admin):
    leaver, heir = (
        commune.person("Paul", "Partant", "treasurer", "elected"),
        commune.person("Zoé", "Reprend", "elected"),
    )
    with commune.session() as session:
        session.add(
            AnswerDue(
                object_type="question",
                object_id=leaver.id,
                module="core",
                title="T",
                path="/",
                due_on=commune.today,
                owner_id=leaver.id,
            )
        )
    browser = commune.client(leaver)
    page = admin.submit(f"/mairie/collegues/{leaver.id}/depart", {"heir": str(heir.id)})
    assert page.status == 303
    live = [g for g in commune.all(RoleGrant) if g.ended_at is None]
    assert sorted(g.role for g in live if g.person_id == heir.id) == ["elected", "treasurer"]
    assert not [g for g in live if g.person_id == leaver.id]
    assert commune.one(AnswerDue).owner_id == heir.id
    assert browser.get("/mon-compte").status == 303
    assert admin.submit(f"/mairie/collegues/{anne.id}/depart", {"heir": str(anne.id)}).status == 422


def test_the_last_administrator_may_leave_to_a_successor(commune, anne, admin):
    heir = commune.person("Zoé", "Reprend", "secretary")
    assert admin.submit(f"/mairie/collegues/{anne.id}/depart", {"heir": str(heir.id)}).status == 303
    assert {g.role for g in commune.all(RoleGrant, person_id=heir.id)} == {"secretary", "administrator"}


def test_a_lost_telephone(commune, anne, admin, mailbox):
    from civique.core.access import operations as access

    person = commune.person("Paul", "Durand", "secretary")
    with commune.session() as session:
        credential, _secret = access.start_totp(session, session.get(Person, person.id))
        credential.confirmed_at = clock.now()
    browser = commune.client(person)
    path = f"/mairie/collegues/{person.id}/second-facteur"
    assert admin.submit(path, {"reason": ""}).status == 422
    assert commune.all(Credential, person_id=person.id)
    assert admin.submit(path, {"reason": "Venu à mon bureau"}).status == 303
    assert commune.all(Credential, person_id=person.id) == []
    assert commune.all(WebSession, person_id=person.id) == []
    assert browser.get("/mairie").status == 303
    assert "Venu à mon bureau" in mailbox()[-1].get_body(("plain",)).get_content()
    assert admin.get(f"/mairie/collegues/{anne.id}/second-facteur").status == 404, "never one’s own"
    resident = commune.person("Rémi", "Résident")
    assert admin.get(f"/mairie/collegues/{resident.id}/second-facteur").status == 404


def test_colleagues_of_the_neighbour_do_not_exist_here(commune, neighbour, admin):
    other = neighbour.person("Nina", "Voisine", "administrator")
    grant = neighbour.one(RoleGrant, person_id=other.id)
    for end in ("", "/depart", "/second-facteur"):
        assert admin.get(f"/mairie/collegues/{other.id}{end}").status == 404
    token = admin.get("/mairie/collegues/inviter").form()
    assert admin.post(f"/mairie/collegues/roles/{grant.id}/terminer", token).status == 404
