"""A name written without its accent is the name that is there already: it is proposed, never kept a second time."""

import re

import pytest

from civique.core.access.models import Invitation, RoleGrant
from civique.core.committees.models import Committee
from civique.core.committees.operations import create_committee
from civique.core.organisations.models import Organisation
from civique.core.organisations.operations import add_organisation
from civique.core.people.models import Person
from civique.core.people.operations import add_address, register_person
from civique.core.people.queries import get_person, people_at
from civique.core.refused import Refused
from civique.core.territory.models import Place, Territory
from civique.core.territory.operations import correct_territory
from tests.defences import defence, replaced
from tests.fixtures import in_loire_authion

KNOWN, TYPED = "Châtaigne & l’Œuf", "chataigne et l'oeuf".replace(" et ", " & ")


@pytest.fixture
def admin(commune):
    return commune.client(commune.person("Anne", "Admin", "administrator", "secretary"))


def test_a_resident_who_asks_for_a_group_finds_the_one_that_is_there(commune):
    with commune.session() as session:
        add_organisation(session, "association", KNOWN)
    client = commune.client(commune.person("Nadia", "Habitante"))
    assert (
        client.submit("/mon-compte/organisations", {"name": TYPED, "kind": "collective", "function": "Membre"}).status
        == 303
    )
    assert [row.name for row in commune.all(Organisation)] == [KNOWN]


def test_the_mairie_is_told_of_the_group_when_it_adds_or_renames_one(commune, admin):
    with commune.session() as session:
        add_organisation(session, "association", KNOWN)
        other = add_organisation(session, "association", "Les Amis")
    for path in ("/mairie/associations/ajouter", f"/mairie/associations/{other.id}/modifier"):
        page = admin.submit(path, {"name": TYPED, "kind": "association"})
        assert page.status == 422, path
        assert f"« {KNOWN} » figure déjà" in page.words.replace("\u00a0", " ") or KNOWN in page.words, path
    assert admin.submit(f"/mairie/associations/{other.id}/modifier", {"name": "Les AMIS"}).status == 303, "its own name"


def test_a_committee_is_not_there_twice(commune, admin):
    with commune.session() as session:
        create_committee(session, "Comité des fêtes")
    page = admin.submit("/mairie/comites/nouveau", {"name": "COMITE DES FETES"})
    assert page.status == 422
    assert len(commune.all(Committee)) == 1


def test_a_school_and_a_quarter_are_not_there_twice(commune, admin):
    for path, name, again in (
        ("/mairie/reglages/ecoles/nouvelle", "École du Pré", "ecole du pre"),
        ("/mairie/reglages/quartiers/nouveau", "Le Châtelier", "le chatelier"),
    ):
        assert admin.submit(path, {"name": name}).status == 303
        assert admin.submit(path, {"name": again}).status == 422
    school = commune.one(Place, kind="school")
    assert admin.submit(f"/mairie/reglages/ecoles/{school.id}", {"name": "Ecole du Pré"}).status == 303, "its own name"


@in_loire_authion
def test_two_communes_deleguees_have_not_the_same_name(commune):
    with commune.session() as session:
        first, second = session.query(Territory).filter_by(kind="delegated").order_by(Territory.folded).limit(2)
        with pytest.raises(Refused):
            correct_territory(session, second, name=first.name.upper())


@in_loire_authion
def test_two_communes_deleguees_may_each_have_a_school_of_one_name(commune, admin):
    first, second = commune.all(Territory, kind="delegated")[:2]
    for territory, status in ((first, 303), (second, 303), (first, 422)):
        data = {"name": "École Jules-Verne", "territory_id": str(territory.id)}
        assert admin.submit("/mairie/reglages/ecoles/nouvelle", data).status == status


def test_somebody_known_is_proposed_before_a_second_record(commune, admin):
    known = commune.person("Zoé", "Châtaigne")
    data = {"given_name": "ZOE", "family_name": "Chataigne"}
    page = admin.submit("/mairie/personnes/nouvelle", data)
    assert page.status == 422
    assert f"/mairie/personnes/{known.id}" in page.links()
    assert len(commune.all(Person, folded="chataigne zoe")) == 1
    assert admin.submit("/mairie/personnes/nouvelle", {**data, "somebody_else": "y"}).status == 303
    assert len(commune.all(Person, folded="chataigne zoe")) == 2


def invite(admin, mailbox, given):
    """The path of the link that an invitation holds."""
    data = {"given_name": given, "family_name": "Petit", "email": "foyer@exemple.fr", "roles": ["counter"]}
    assert admin.submit("/mairie/collegues/inviter", data).status == 303
    return re.search(r"/connexion/invitation/[\w-]+", mailbox()[-1].get_body().get_content())[0]


def test_an_invitation_goes_to_the_person_whom_it_names(commune, admin, mailbox):
    from civique.core import clock

    with commune.session() as session:
        for given in ("Marc", "Léa"):
            person = register_person(session, given, "Petit")
            add_address(session, get_person(session, person.id), "foyer@exemple.fr", confirmed_at=clock.now())
    link = invite(admin, mailbox, "LEA")
    client = commune.client()
    assert client.submit(link, on=link).status == 303
    lea = commune.one(Person, given_name="Léa")
    assert [grant.person_id for grant in commune.all(RoleGrant, role="counter")] == [lea.id]


@defence(
    "an invitation finds people by proven addresses alone",
    replaced("civique.web.signin.views.people_at", lambda session, address: people_at(session, address, proven=True)),
)
def test_an_invitation_is_not_for_who_never_proved_the_address(commune, admin, mailbox):
    """An agent may write any address in the file of somebody: it must not bring roles to that person."""
    with commune.session() as session:
        person = register_person(session, "Marc", "Petit")
        add_address(session, get_person(session, person.id), "foyer@exemple.fr")
    link = invite(admin, mailbox, "Marc")
    assert commune.client().submit(link, on=link).status == 303
    assert [grant.person_id for grant in commune.all(RoleGrant, role="counter")] != [person.id]
    assert len(commune.all(Person, family_name="Petit")) == 2


def test_two_colleagues_are_invited_at_one_address(commune, admin, mailbox):
    first = invite(admin, mailbox, "Marc")
    second = invite(admin, mailbox, "Léa")
    assert commune.client().get(first).status == 200, "the invitation of another is not withdrawn"
    again = invite(admin, mailbox, "lea")
    assert commune.client().get(second).status == 404
    assert commune.client().get(again).status == 200
    assert len([row for row in commune.all(Invitation) if row.withdrawn_at is None]) == 2
