"""A partner proposes help from the site of a village: the form, its refusals, what the mairie answers, who is forgotten.

The fund is off: what takes help is a collection of the sample module."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from civique.core import privacy
from civique.core.audit import AuditEntry
from civique.core.contributions.models import Contribution, ContributionProposal
from civique.core.messages.models import Message
from civique.core.organisations import operations as organisations
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.switching import switch_off

FORM = "/partenaires/proposer"
LEDGER = "/mairie/partenaires"
SIREN = "552100554"
SEEDS = {
    "nature": "material",
    "description": "Graines",
    "quantity": "40",
    "unit": "sachets",
    "giver_name": "Jardinerie du Pont",
    "contact_name": "Maud Besnard",
    "email": "maud@jardinerie.exemple.fr",
    "thanked": "y",
}


@pytest.fixture
def anybody(world):
    return world.commune.client()


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def propose(client, **facts):
    return client.submit(FORM, SEEDS | facts)


def proposal_page(world):
    return f"{LEDGER}/propositions/{world.commune.one(ContributionProposal).id}"


def whole(message):
    """All that an e-mail shows, in both its forms."""
    return " ".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")


# The form ------------------------------------------------------------------------------------------------------------


def test_from_the_page_of_thanks_to_the_ledger(world, anybody, desk, mailbox):
    assert FORM in anybody.get("/partenaires").links()
    page = anybody.follow(propose(anybody))
    found = world.commune.one(ContributionProposal)
    assert found.reference in page.words
    assert "Graines : 40 sachets" in page.words
    assert world.commune.all(Contribution) == [], "nothing counts before the mairie accepts"
    receipt = mailbox()[-1]
    assert found.reference in receipt["Subject"]
    assert "Graines" not in whole(receipt), "what was typed is not sent to an address that nobody confirmed"
    assert "Lire la proposition d’aide : Graines" in desk.get("/mairie").words
    ledger = desk.get(LEDGER)
    assert "Une proposition à lire" in ledger.words
    path = proposal_page(world)
    assert path in ledger.links()
    shown = desk.get(path).words
    for expected in (
        "Jardinerie du Pont",
        "Maud Besnard",
        "maud@jardinerie.exemple.fr",
        "accepte d’être nommé dans les remerciements",
    ):
        assert expected in shown, expected
    page = desk.follow(desk.submit(f"{path}/accepter", {"word": "Apportez-les mardi."}, on=path))
    assert "Une proposition à lire" not in page.words
    pledged = world.commune.one(Contribution)
    assert (pledged.giver_name, pledged.nature, pledged.quantity, pledged.unit) == (
        "Jardinerie du Pont",
        "material",
        40,
        "sachets",
    )
    assert pledged.object_id == world.pickup.id
    assert (pledged.thanked, pledged.received_on) == (True, None)
    found = world.commune.one(ContributionProposal)
    assert (found.state, found.contribution_id) == ("accepted", pledged.id)
    assert "Apportez-les mardi." in whole(mailbox()[-1])
    assert "Jardinerie du Pont" in anybody.get("/partenaires").words
    assert "Lire la proposition" not in desk.get("/mairie").words
    entry = world.commune.one(AuditEntry, action="contribution.proposal_accepted")
    assert entry.actor_id == world.secretary.id


def test_the_answer_is_in_the_language_of_the_proposal(world, anybody, desk, mailbox):
    anybody.get("/langue/en")
    propose(anybody)
    path = proposal_page(world)
    desk.submit(f"{path}/decliner", {"why": "Aucun projet n’en a besoin."}, on=path)
    assert mailbox()[-1]["Subject"].startswith("Your proposal of help")


def test_it_is_declined_with_a_word(world, anybody, desk, mailbox):
    propose(anybody)
    path = proposal_page(world)
    empty = desk.submit(f"{path}/decliner", {"why": " "}, on=path)
    assert empty.status == 422
    assert "l’auteur de la proposition le lira" in empty.words
    assert desk.submit(f"{path}/decliner", {"why": "Aucun projet n’en a besoin."}, on=path).status == 303
    assert "Aucun projet n’en a besoin." in whole(mailbox()[-1])
    assert world.commune.all(Contribution) == []
    assert "Aucun projet n’en a besoin." in desk.get(path).words


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"nature": ""}, "nature"),
        ({"description": ""}, "description"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "99999999"}, "quantity"),
        ({"quantity": "beaucoup"}, "quantity"),
        ({"nature": "financial", "value_cents": ""}, "value_cents"),
        ({"nature": "financial", "value_cents": "900 000 000"}, "value_cents"),
        ({"nature": "financial", "value_cents": "9" * 60}, "value_cents"),
        ({"staff_time": "y"}, "staff_time"),
        ({"giver_name": " "}, "giver_name"),
        ({"contact_name": ""}, "contact_name"),
        ({"siren": "552100555"}, "siren"),
        ({"siren": "12"}, "siren"),
        ({"email": ""}, "email"),
        ({"email": "maud"}, "email"),
        ({"email": "", "phone": "12"}, "phone"),
        ({"description": "x" * 301}, "description"),
        ({"giver_name": "x" * 161}, "giver_name"),
        ({"unit": "x" * 41}, "unit"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_a_wrong_proposal_is_refused_where_it_is_wrong(world, anybody, facts, field):
    page = propose(anybody, **facts)
    assert page.status == 422
    assert f'href="#{field}"' in page.text
    assert page.form(FORM)["contact_name"] == facts.get("contact_name", SEEDS["contact_name"])
    assert world.commune.all(ContributionProposal) == []


def test_sent_twice_is_once(world, anybody):
    form = anybody.get(FORM).form(FORM) | SEEDS
    assert [anybody.post(FORM, form).status for _ in range(2)] == [303, 303]
    assert len(world.commune.all(ContributionProposal)) == 1


def test_a_receipt_is_shown_to_who_sent_it_only(world, anybody):
    propose(anybody)
    assert anybody.get(f"{FORM}/recu").status == 200
    assert world.commune.client().get(f"{FORM}/recu").status == 303


def test_a_receipt_is_kept_by_nobody_and_never_another_ones(world, anybody):
    second = world.commune.client()
    for client, who in ((anybody, "Maud Besnard"), (second, "Odile Ferrand")):
        propose(client, contact_name=who)
    first = anybody.get(f"{FORM}/recu")
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers
    page = second.get(f"{FORM}/recu", headers={"If-None-Match": first.headers.get("ETag", '"x"')})
    assert page.status == 200
    newest = max(world.commune.all(ContributionProposal), key=lambda one: one.created_at)
    assert newest.reference in page.words


def test_where_nothing_takes_help_nothing_is_taken(world, anybody, desk):
    form = anybody.get(FORM).form(FORM) | SEEDS
    propose(anybody)
    world.close()
    page = anybody.get(FORM)
    assert "Aucune aide n’est attendue" in page.words
    assert FORM not in anybody.get("/partenaires").links()
    late = anybody.post(FORM, form | {"once": ""})
    assert late.status == 422
    assert "Aucune aide n’est attendue" in late.words
    path = proposal_page(world)
    shown = desk.get(path)
    assert "Pour accepter, ouvrez" in shown.words
    assert f"{path}/accepter" not in shown.text
    refused = desk.post(f"{path}/accepter", shown.form(f"{path}/decliner"))
    assert refused.status == 422
    assert world.commune.one(ContributionProposal).state == "waiting"
    assert world.commune.all(Contribution) == []


def test_the_form_on_paper(anybody):
    assert "/partenaires/formulaire.pdf" in anybody.get(FORM).links()
    reader = PdfReader(io.BytesIO(anybody.get("/partenaires/formulaire.pdf").response.get_data()))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for expected in ("AID-F", "/partenaires/proposer", "Que proposez-vous", "SIREN", "mécénat de compétences"):
        assert expected in words, expected
    assert len(reader.pages) == 1


# The mairie ----------------------------------------------------------------------------------------------------------


def test_hours_of_employees_are_skills_sponsorship(world, anybody, desk):
    facts = {
        "nature": "human",
        "staff_time": "y",
        "description": "Un comptable",
        "quantity": "2,5",
        "unit": "jours",
        "value_cents": "750",
        "value_basis": "300 € par jour",
    }
    assert propose(anybody, **facts).status == 303
    path = proposal_page(world)
    assert "Mécénat de compétences" in desk.get(path).words
    assert desk.submit(f"{path}/accepter", on=path).status == 303
    pledged = world.commune.one(Contribution)
    assert (pledged.staff_time, pledged.value_cents, pledged.value_basis) == (True, 75_000, "300 € par jour")
    assert "Mécénat de compétences" in desk.get(LEDGER).words
    assert "Mécénat de compétences" in desk.get(f"{LEDGER}?format=csv").text
    assert "Mécénat de compétences" in anybody.get("/partenaires").words
    typed = {
        "giver_name": "Banque du Port",
        "nature": "human",
        "staff_time": "y",
        "description": "Un jardinier",
        "quantity": "3",
        "unit": "jours",
    }
    sheet = f"{LEDGER}/{world.code}/promesse"
    assert desk.submit(sheet, typed | {"nature": "material"}).status == 422
    assert desk.submit(sheet, typed | {"valid_until": "2020-01-01"}).status == 422
    assert desk.submit(sheet, typed).status == 303
    assert world.commune.one(Contribution, giver_name="Banque du Port").staff_time


@pytest.mark.parametrize("known", [{"name": "Autre nom", "siret": f"{SIREN}00013"}, {"name": "jardinerie du PONT"}])
def test_the_organisation_is_found_again(world, anybody, desk, known):
    with world.commune.session(world.secretary) as session:
        shop = organisations.add_organisation(session, "company", **known)
        organisations.validate_organisation(session, shop)
    assert propose(anybody, siren="552 100 554").status == 303
    path = proposal_page(world)
    assert desk.get(path).form(f"{path}/accepter")["organisation_id"] == str(shop.id)
    desk.submit(f"{path}/accepter", on=path)
    pledged = world.commune.one(Contribution)
    assert (pledged.organisation_id, pledged.giver_name) == (shop.id, "")


def test_two_agents_answer_once(world, anybody, desk):
    propose(anybody)
    path = proposal_page(world)
    opened = desk.get(path)
    assert desk.submit(f"{path}/decliner", {"why": "Merci, non."}, on=path).status == 303
    late = desk.post(f"{path}/accepter", opened.form(f"{path}/accepter"))
    assert late.status == 422
    assert "réponse entre-temps" in late.words
    assert world.commune.all(Contribution) == []
    again = desk.post(f"{path}/decliner", opened.form(f"{path}/decliner") | {"why": "Non."})
    assert again.status == 422
    assert world.commune.one(ContributionProposal).word == "Merci, non."
    assert len(world.commune.all(Message, kind="contribution.proposal_declined")) == 1


def test_the_same_gift_twice_is_asked_about(world, anybody, desk):
    propose(anybody)
    path = proposal_page(world)
    desk.submit(f"{path}/accepter", on=path)
    propose(world.commune.client())
    path = f"{LEDGER}/propositions/{world.commune.one(ContributionProposal, state='waiting').id}"
    refused = desk.submit(f"{path}/accepter", {"word": "Merci."}, on=path)
    assert refused.status == 422
    form = refused.form(f"{path}/accepter")
    assert form["word"] == "Merci."
    assert desk.post(f"{path}/accepter", form | {"again": "y"}).status == 303
    assert len(world.commune.all(Contribution)) == 2


def test_an_offer_whose_day_is_over_is_not_accepted(world, anybody, desk):
    propose(anybody, valid_until=str(world.commune.today))
    world.commune.sql("UPDATE contribution_proposal SET valid_until = valid_until - 1")
    path = proposal_page(world)
    refused = desk.submit(f"{path}/accepter", on=path)
    assert refused.status == 422
    assert "appelez son auteur" in refused.words.lower()
    assert world.commune.one(ContributionProposal).state == "waiting"


def test_who_left_a_telephone_only_is_called(world, anybody, desk):
    assert propose(anybody, email="", phone="02 41 00 00 00").status == 303
    assert world.commune.all(Message) == []
    path = proposal_page(world)
    page = desk.follow(desk.submit(f"{path}/accepter", on=path))
    assert "appelez le" in page.text
    assert world.commune.all(Message) == []


def test_who_has_an_account_without_e_mail_gets_a_letter(world, desk):
    paper = world.commune.person("Paulette", "Papier", email=None)
    assert propose(world.commune.client(paper), email="", phone="0241000000").status == 303
    assert world.commune.one(Message).state == "to_print"


def test_who_may_read_and_who_may_answer(world, anybody, make_commune):
    propose(anybody)
    path = proposal_page(world)
    elected = world.commune.client(world.commune.person("Élu", "Du Lieu", "elected"))
    page = elected.get(path)
    assert page.status == 200
    assert "/accepter" not in page.text
    assert "Lire la proposition" not in elected.get("/mairie").words
    counter = world.commune.client(world.commune.person("Ali", "Accueil", "counter"))
    assert counter.get(path).status == 403
    assert anybody.get(path).status == 303
    neighbour = make_commune("49307", "sample")
    other = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    assert other.get(path).status == 404
    token = other.get("/signaler").form()
    for action in ("accepter", "decliner"):
        assert other.post(f"{path}/{action}", {**token, "why": "X", "revision": "1"}).status == 404
    assert world.commune.one(ContributionProposal).state == "waiting"


def test_where_the_module_is_off_nobody_proposes(world, anybody):
    form = anybody.get(FORM).form(FORM) | SEEDS
    world.commune.tenant = switch_off(world.commune.tenant, "sample")
    assert "Aucune aide n’est attendue" in anybody.get(FORM).words
    assert anybody.post(FORM, form).status == 422
    assert world.commune.all(ContributionProposal) == []


# Who proposed --------------------------------------------------------------------------------------------------------


def test_my_data_hold_what_i_proposed_and_let_it_go(world, desk):
    mine = world.commune.client(world.resident)
    address = world.resident.email.address
    assert propose(mine, email=address).status == 303
    assert propose(world.commune.client(), email=address, description="Tissu").status == 303
    path = f"{LEDGER}/propositions/{world.commune.one(ContributionProposal, description='Graines').id}"
    desk.submit(f"{path}/accepter", on=path)
    with world.commune.session() as session:
        person = get_person(session, world.resident.id)
        told = privacy.export_person(session, person, modules())["contribution_proposals"]
        assert {row["text"] for row in told} == {"Graines", "Tissu"}
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())
    left = world.commune.one(ContributionProposal)
    assert (left.state, left.contact_name, left.email, left.person_id) == ("accepted", "", None, None)
    assert "nom effacé" in desk.get(path).words
    assert world.commune.one(Contribution).giver_name == "Jardinerie du Pont"


def test_contacts_are_forgotten_two_years_after_the_answer(world, anybody, desk):
    propose(anybody)
    propose(world.commune.client(), description="Tissu")
    path = f"{LEDGER}/propositions/{world.commune.one(ContributionProposal, description='Graines').id}"
    desk.submit(f"{path}/decliner", {"why": "Merci, non."}, on=path)

    def contacts():
        with world.commune.session() as session:
            privacy.purge(session, modules())
        return {p.description: p.contact_name for p in world.commune.all(ContributionProposal)}

    assert contacts() == {"Graines": "Maud Besnard", "Tissu": "Maud Besnard"}
    days = timedelta(days=740).days
    world.commune.sql(f"UPDATE contribution_proposal SET created_at = created_at - interval '{days} days'")
    world.commune.sql(f"UPDATE contribution_proposal SET answered_at = answered_at - interval '{days} days'")
    assert contacts() == {"Graines": "", "Tissu": "Maud Besnard"}, "one that waits is still to be answered"
