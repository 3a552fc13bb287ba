"""The mairie's pages from the first reading to the story, each step as an agent does it."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select

from civique.core.agreements.models import Agreement
from civique.core.audit import AuditEntry
from civique.core.stories import operations as stories
from civique.core.stories.models import Story
from civique.modules.fund.models import FundApplication, Payment
from civique.modules.fund.operations import payments, reports
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN


def photo():
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(buffer, "JPEG")
    return io.BytesIO(buffer.getvalue()), "photo.jpg"


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def path_of(application):
    return f"/mairie/fonds/demandes/{application.id}"


def send(desk, application, action, data=None, on=None):
    """Fill a form of the page of an application and send it; gives the page where it leads."""
    base = path_of(application)
    page = desk.submit(f"{base}{action}", data, on=on or base)
    return desk.follow(page)


def test_from_the_reading_to_the_story(world, desk, mailbox):
    day = world.commune.today
    application = world.ask(30_000, starts_on=day, ends_on=day, asks=[("material", "graines", Decimal(40), "sachets")])
    send(
        desk,
        application,
        "/manque",
        {"common": "Un devis, ou le prix des principaux achats", "others": "La date exacte"},
    )
    assert world.now(application).state == "to_complete"
    assert {item.label for item in world.now(application).missing} == {
        "Un devis, ou le prix des principaux achats",
        "La date exacte",
    }
    send(desk, application, "/complete")
    send(desk, application, "/recevable")
    page = send(desk, application, "/grille", {f"grade-{n}": "2" for n in range(4)} | {"note-0": "Oui, toute la rue."})
    assert "8/12" in page.words
    send(desk, application, "/avis", {"service": "Services techniques", "verdict": "favourable"})
    ask = world.now(application).asks[0]
    page = send(
        desk,
        application,
        "/decision",
        {
            "decision": "partially_granted",
            "amount_cents": "250",
            "motive": "Le reste est couvert.",
            f"quantity-{ask.id}": "40",
            f"provider-{ask.id}": "Services techniques",
            "act": "2026-12",
        },
    )
    assert "graines (40 sachets)" in page.words
    desk.submit(f"/mairie/conventions/ecrire/{application.id}")
    agreement = f"/mairie/conventions/{world.commune.one(Agreement).id}"
    assert agreement in desk.get(path_of(application)).links()
    with world.commune.session() as session:
        assert session.scalars(select(Agreement)).one().duties_of("commune")[0].text.startswith("Verser 250,00")
    pdf = desk.get(f"{agreement}/convention.pdf").response
    assert pdf.mimetype == "application/pdf"
    for step, facts in (
        ("proposer", {}),
        ("signer", {"side": "applicant", "name": "Nadia Habitante", "scan": photo()}),
        ("signer", {"side": "commune", "name": "Le maire", "function": "maire"}),
    ):
        assert desk.submit(f"{agreement}/{step}", facts, on=agreement).status == 303
    assert world.now(application).state == "under_way"
    page = send(desk, application, "/beneficiaire", {"kind": "applicant", "name": "Nadia Habitante", "iban": IBAN})
    assert IBAN[4:20] not in page.text.replace(" ", "")
    assert IBAN[-4:] in page.words
    send(desk, application, "/versements", {"amount_cents": "100"})
    payment = world.commune.one(Payment)
    send(desk, application, f"/versements/{payment.id}/paye", {"mandate": "M-12"})
    story = f"/mairie/recits/{application.id}"
    assert f"{story}/journal" in desk.get(path_of(application)).links()
    facts = {"photo-file": photo(), "photo-alternative": "Les semis"}
    assert desk.submit(f"{story}/photos", facts, on=f"{story}/journal").status == 303
    line = world.now(application).lines[0]
    send(
        desk,
        application,
        "/bilan",
        {"text": "Tout a fleuri.", f"spent-{line.id}": "240", "may_publish": "y"},
        on=f"{path_of(application)}/bilan",
    )
    page = desk.get(path_of(application))
    assert "150,00 € non versés reviennent dans l’enveloppe" in page.words
    send(desk, application, "/solder")
    assert world.now(application).state == "settled"
    assert world.now(application).returned_cents == 15_000
    assert story in desk.get(path_of(application)).links()
    assert "Tout a fleuri." in desk.get(story).text, "the report begins it"
    picture = world.commune.sql("SELECT id FROM story_picture")[0].id
    facts = {f"picture-{picture}": "on", f"alternative-{picture}": "Les semis", "publish": "1"}
    page = desk.follow(desk.submit(story, {"text": "La rue a fleuri.", **facts}))
    assert "Son récit est sur le site" in page.words
    assert (
        world.commune.sql("SELECT visibility FROM stored_file WHERE name LIKE '%photo%' ORDER BY created_at")[-1][0]
        == "public"
    )
    found = world.commune.client().get("/recherche?q=fleuri").links()
    assert {f"/recits/{application.id}", f"/fonds/projets/{application.id}"} <= set(found)
    desk.submit(f"{story}/retirer", on=story)
    assert world.commune.sql("SELECT count(*) FROM stored_file WHERE visibility = 'public'")[0][0] == 0
    assert len(mailbox()) >= 7


def test_every_state_has_its_page_and_its_next_thing(world, desk):
    applications = [world.ask(), world.admissible(), world.granted(), world.under_way(), world.paid()]
    refused = world.admissible()
    world.decide(refused, 0, "Hors du fonds.")
    late = world.admissible()
    world.move(late, "adjourn", motive="Le comité se réunit en mars.")
    to_sign = world.granted()
    world.act(to_sign, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    for application in [*applications, refused, late, to_sign]:
        assert desk.get(path_of(application)).status == 200
    world.act(to_sign, agreements.offer_agreement)
    assert "à signer" in desk.get(path_of(to_sign)).words
    reported = world.reported(10_000, amount=20_000, title="Un bilan")
    assert desk.get(path_of(reported)).status == 200
    given_up = world.granted()
    send(desk, given_up, "/abandon", {"motive": "Le groupe s’est séparé."})
    assert world.now(given_up).state == "lapsed"
    assert desk.get(path_of(given_up)).status == 200


def test_fon_07_who_asks_sees_that_another_decides(world):
    agent = world.commune.person("Élise", "Agente", "secretary")
    mine = world.__class__(world.commune, world.secretary, agent, world.fund).ask()
    client = world.commune.client(agent)
    page = client.get(path_of(mine))
    assert "Vous avez un lien avec cette demande" in page.words
    assert f"{path_of(mine)}/recevable" not in page.text


def test_fon_08_a_refusal_keeps_what_was_typed(world, desk):
    application = world.admissible()
    page = desk.submit(
        f"{path_of(application)}/decision", {"decision": "refused", "act": "2026-77"}, on=path_of(application)
    )
    assert page.status == 422
    assert page.form(f"{path_of(application)}/decision")["act"] == "2026-77"
    assert world.now(application).state == "admissible"


def test_fon_09_no_payment_before_the_agreement(world, desk):
    application = world.granted()
    world.act(application, payments.set_payee, "applicant", "Nadia", IBAN)
    page = desk.get(path_of(application))
    assert f'action="{path_of(application)}/versements"' not in page.text
    token = page.form(f"{path_of(application)}/beneficiaire")["csrf_token"]
    page = desk.post(
        f"{path_of(application)}/versements", {"csrf_token": token, "amount_cents": "10", "kind": "single"}
    )
    assert page.status == 422
    assert world.commune.all(Payment) == []


def test_fon_10_a_fifty_fifty_asks_until_when(world, desk):
    world.commune.sql("UPDATE fund SET preset = 'fifty_fifty'")
    application = world.granted()
    path = f"/mairie/conventions/ecrire/{application.id}"
    page = desk.submit(path)
    assert page.status == 422
    day = (world.commune.today + timedelta(days=400)).isoformat()
    assert desk.submit(path, {"upkeep_until": day}).status == 303


def test_a_whole_iban_is_read_one_at_a_time_with_a_trace(world):
    application = world.paid()
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    page = treasurer.submit(f"{path_of(application)}/iban", on=path_of(application))
    assert IBAN in page.text.replace(" ", "")
    assert len(world.commune.all(AuditEntry, action="fund.iban_read")) == 1
    examiner = world.commune.client(world.commune.person("Eva", "Examen", "examiner"))
    assert f"{path_of(application)}/iban" not in examiner.get(path_of(application)).text


def test_a_wrong_iban_is_explained(world, desk):
    application = world.under_way()
    page = desk.submit(
        f"{path_of(application)}/beneficiaire",
        {"kind": "supplier", "name": "Jardinerie", "iban": "FR7612345"},
        on=path_of(application),
    )
    assert page.status == 422
    assert "RIB" in page.words


def test_a_story_waits_for_the_agreement_of_the_applicant(world, desk):
    application = world.reported(10_000)
    story = f"/mairie/recits/{application.id}"
    assert "Le porteur n’a pas accepté que le récit soit publié" in desk.get(story).words
    page = desk.submit(story, {"text": "Une histoire.", "publish": "1"})
    assert page.status == 422
    assert world.commune.all(Story) == []
    with world.commune.session() as session:
        session.get(FundApplication, application.id).report.may_publish = True
    desk.submit(story, {"text": "Une histoire.", "publish": "1"})
    assert world.commune.one(Story).state == "published"
    spent = {world.now(application).lines[0].id: 10_000}
    world.act(application, reports.keep_report, spent, text="Semé.", may_publish=False)
    assert world.commune.one(Story).state == "draft", "no longer agreed"


def test_a_project_given_up_is_told_no_more(world):
    application = world.paid()
    spent = {world.now(application).lines[0].id: 10_000}
    world.act(application, reports.keep_report, spent, text="Semé.", may_publish=True)
    world.act(application, stories.write_story, "La rue a fleuri.", {})
    world.act(application, stories.publish_story)
    world.move(application, "give_up", motive="Plus personne.")
    assert world.commune.one(Story).state == "draft"


def test_a_report_sent_back_is_under_way_again(world, desk):
    application = world.reported(10_000)
    send(desk, application, "/bilan/renvoyer", {"motive": "Il manque une facture."})
    assert world.now(application).state == "under_way"
    with world.commune.session() as session:
        assert session.get(FundApplication, application.id).report.sent_at is None
