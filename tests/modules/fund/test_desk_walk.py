"""The mairie's pages from the first reading to the story, each step as an agent does it."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select

from civique.core.agreements.models import Agreement
from civique.core.audit import AuditEntry
from civique.modules.fund.models import FundRequest, Payment
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


def path_of(demand):
    return f"/mairie/fonds/demandes/{demand.id}"


def send(desk, demand, action, data=None, on=None):
    """Fill a form of the page of a request and send it; gives the page where it leads."""
    base = path_of(demand)
    page = desk.submit(f"{base}{action}", data, on=on or base)
    return desk.follow(page)


def test_from_the_reading_to_the_story(world, desk, mailbox):
    day = world.commune.today
    demand = world.ask(30_000, starts_on=day, ends_on=day, asks=[("material", "graines", Decimal(40), "sachets")])
    send(desk, demand, "/manque", {"common": "Un devis, ou le prix des principaux achats", "others": "La date exacte"})
    assert world.now(demand).state == "to_complete"
    assert {item.label for item in world.now(demand).missing} == {
        "Un devis, ou le prix des principaux achats",
        "La date exacte",
    }
    send(desk, demand, "/complete")
    send(desk, demand, "/recevable")
    page = send(desk, demand, "/grille", {f"grade-{n}": "2" for n in range(4)} | {"note-0": "Oui, toute la rue."})
    assert "8/12" in page.words
    send(desk, demand, "/avis", {"service": "Services techniques", "verdict": "favourable"})
    ask = world.now(demand).asks[0]
    page = send(
        desk,
        demand,
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
    assert "40 sachets graines" in page.words
    desk.submit(f"/mairie/conventions/ecrire/{demand.id}")
    agreement = f"/mairie/conventions/{world.commune.one(Agreement).id}"
    assert agreement in desk.get(path_of(demand)).links()
    with world.commune.session() as session:
        assert session.scalars(select(Agreement)).one().duties_of("commune")[0].text.startswith("Verser 250,00")
    pdf = desk.get(f"{agreement}/convention.pdf").response
    assert pdf.mimetype == "application/pdf"
    for step, facts in (
        ("proposer", {}),
        ("signer", {"side": "holder", "name": "Nadia Habitante", "scan": photo()}),
        ("signer", {"side": "commune", "name": "Le maire", "function": "maire"}),
    ):
        assert desk.submit(f"{agreement}/{step}", facts, on=agreement).status == 303
    assert world.now(demand).state == "under_way"
    page = send(desk, demand, "/beneficiaire", {"kind": "holder", "name": "Nadia Habitante", "iban": IBAN})
    assert IBAN[4:20] not in page.text.replace(" ", "")
    assert IBAN[-4:] in page.words
    send(desk, demand, "/versements", {"amount_cents": "100"})
    payment = world.commune.one(Payment)
    send(desk, demand, f"/versements/{payment.id}/paye", {"mandate": "M-12"})
    send(desk, demand, "/photos", {"picture": photo(), "alternative": "Les semis"})
    line = world.now(demand).lines[0]
    send(
        desk,
        demand,
        "/bilan",
        {"text": "Tout a fleuri.", f"spent-{line.id}": "240", "may_publish": "y"},
        on=f"{path_of(demand)}/bilan",
    )
    page = desk.get(path_of(demand))
    assert "150,00 € qui ne sont pas versés reviennent à l’enveloppe" in page.words
    send(desk, demand, "/solder")
    assert world.now(demand).state == "settled"
    assert world.now(demand).returned_cents == 15_000
    picture = world.commune.sql("SELECT id FROM fund_picture")[0].id
    send(
        desk,
        demand,
        "/recit",
        {"text": "La rue a fleuri.", f"picture-{picture}": "on", f"alternative-{picture}": "Les semis", "publish": "1"},
        on=f"{path_of(demand)}/recit",
    )
    assert (
        world.commune.sql("SELECT visibility FROM stored_file WHERE name LIKE '%photo%' ORDER BY created_at")[-1][0]
        == "public"
    )
    assert world.commune.sql("SELECT text_key FROM search_entry")[0][0].startswith("la rue a fleuri")
    send(desk, demand, "/recit/retirer")
    assert world.commune.sql("SELECT count(*) FROM stored_file WHERE visibility = 'public'")[0][0] == 0
    assert len(mailbox()) >= 7


def test_every_state_has_its_page_and_its_next_thing(world, desk):
    demands = [world.ask(), world.admissible(), world.granted(), world.under_way(), world.paid()]
    refused = world.admissible()
    world.decide(refused, 0, "Hors du fonds.")
    late = world.admissible()
    world.move(late, "adjourn", motive="Le comité se réunit en mars.")
    to_sign = world.granted()
    world.act(to_sign, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    for demand in [*demands, refused, late, to_sign]:
        assert desk.get(path_of(demand)).status == 200
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
    demand = world.admissible()
    page = desk.submit(f"{path_of(demand)}/decision", {"decision": "refused", "act": "2026-77"}, on=path_of(demand))
    assert page.status == 422
    assert page.form(f"{path_of(demand)}/decision")["act"] == "2026-77"
    assert world.now(demand).state == "admissible"


def test_fon_09_no_payment_before_the_agreement(world, desk):
    demand = world.granted()
    world.act(demand, payments.set_payee, "holder", "Nadia", IBAN)
    page = desk.get(path_of(demand))
    assert f'action="{path_of(demand)}/versements"' not in page.text
    token = page.form(f"{path_of(demand)}/beneficiaire")["csrf_token"]
    page = desk.post(f"{path_of(demand)}/versements", {"csrf_token": token, "amount_cents": "10", "kind": "single"})
    assert page.status == 422
    assert world.commune.all(Payment) == []


def test_fon_10_a_fifty_fifty_asks_until_when(world, desk):
    world.commune.sql("UPDATE fund SET preset = 'fifty_fifty'")
    demand = world.granted()
    path = f"/mairie/conventions/ecrire/{demand.id}"
    page = desk.submit(path)
    assert page.status == 422
    day = (world.commune.today + timedelta(days=400)).isoformat()
    assert desk.submit(path, {"upkeep_until": day}).status == 303


def test_a_whole_iban_is_read_one_at_a_time_with_a_trace(world):
    demand = world.paid()
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    page = treasurer.submit(f"{path_of(demand)}/iban", on=path_of(demand))
    assert IBAN in page.text.replace(" ", "")
    assert len(world.commune.all(AuditEntry, action="fund.iban_read")) == 1
    examiner = world.commune.client(world.commune.person("Eva", "Examen", "examiner"))
    assert f"{path_of(demand)}/iban" not in examiner.get(path_of(demand)).text


def test_a_wrong_iban_is_explained(world, desk):
    demand = world.under_way()
    page = desk.submit(
        f"{path_of(demand)}/beneficiaire",
        {"kind": "supplier", "name": "Jardinerie", "iban": "FR7612345"},
        on=path_of(demand),
    )
    assert page.status == 422
    assert "RIB" in page.words


def test_a_story_waits_for_the_agreement_of_the_holder(world, desk):
    demand = world.reported(10_000)
    page = desk.submit(f"{path_of(demand)}/recit", {"text": "Une histoire.", "publish": "1"})
    assert page.status == 422
    assert world.commune.one(FundRequest).story_published_at is None


def test_a_report_sent_back_is_under_way_again(world, desk):
    demand = world.reported(10_000)
    send(desk, demand, "/bilan/renvoyer", {"motive": "Il manque une facture."})
    assert world.now(demand).state == "under_way"
    with world.commune.session() as session:
        assert reports.MOST_PICTURES == 20
        assert session.get(FundRequest, demand.id).report.sent_at is None
