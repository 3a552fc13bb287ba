"""The applicant's side once an application was sent: what is missing, the decision, signing, the account, works, report."""

import io
import re

import pytest
from PIL import Image

from civique.core.agreements.models import Agreement, Signature
from civique.core.documents.models import StoredFile
from civique.core.messages.models import Message
from civique.modules.fund.models import FundApplication, Payee, Report
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN


def base_of(application):
    return f"/fonds/demandes/{application.id}"


def picture(name="photo.jpg", colour="green"):
    """A small photo as a browser sends it."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    data.seek(0)
    return data, name


@pytest.fixture
def client(world):
    """The applicant's browser."""
    return world.commune.client(world.resident)


def to_sign(world, **facts):
    application = world.granted(**facts)
    world.act(application, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    return application


# What is missing -----------------------------------------------------------------------------------------------------


def test_missing_things_are_given_in_words_and_as_files(world, client):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", "L’accord du voisin"])
    base, items = base_of(application), world.now(application).missing
    page = client.get(base)
    assert "Un devis" in page.words
    first, second = (f"{base}/manques/{item.id}" for item in items)
    empty = client.submit(first, {"answer": " "}, on=base)
    assert empty.status == 422
    assert client.submit(first, {"file": picture("devis.jpg")}, on=base).status == 303
    assert world.now(application).state == "to_complete"
    assert client.submit(second, {"answer": "Il est d’accord."}, on=base).status == 303
    found = world.now(application)
    assert found.state == "submitted"
    kept = world.commune.one(StoredFile)
    assert (kept.visibility, kept.person_id) == ("staff", world.resident.id)
    assert world.commune.client().get(f"/fichiers/{kept.id}/devis.webp").status == 404
    assert client.get(f"/fichiers/{kept.id}/devis.webp").status == 200


def test_something_is_added_while_the_mairie_has_it(world, client):
    application = world.ask()
    base = base_of(application)
    page = client.follow(client.submit(f"{base}/precision", {"text": "Le voisin prête son broyeur."}, on=base))
    assert "Le voisin prête son broyeur." in page.words
    secretary = world.commune.client(world.secretary)
    assert "Le voisin prête son broyeur." in secretary.get(f"/mairie/fonds/demandes/{application.id}").words
    assert f"Lire une précision : {application.title}" in secretary.get("/mairie").words
    world.move(world.now(application), "ask_missing", labels=["Un devis"])
    assert "Ajouter une précision" not in client.get(base).words, "what is missing is given in its own form"


def test_a_bad_file_keeps_what_was_typed(world, client):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    base = base_of(application)
    path = f"{base}/manques/{world.now(application).missing[0].id}"
    page = client.submit(path, {"answer": "Voici.", "file": (io.BytesIO(b"MZ\x00\x01"), "devis.exe")}, on=base)
    assert page.status == 422
    assert page.form(path)["answer"] == "Voici."
    assert world.now(application).missing[0].given_at is None


def test_given_twice_is_once(world, client):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", "Une date"])
    base = base_of(application)
    path = f"{base}/manques/{world.now(application).missing[0].id}"
    form = {**client.get(base).form(path), "answer": "Premier."}
    client.post(path, form)
    assert client.post(path, {**form, "answer": "Second."}).status == 303
    assert world.now(application).missing[0].answer == "Premier."


# The course ----------------------------------------------------------------------------------------------------------


def test_every_state_has_its_page(world, client):
    from civique.modules.fund.operations import payments

    applications = [
        world.ask(),
        world.admissible(),
        world.granted(),
        to_sign(world),
        world.under_way(),
        world.paid(),
        world.reported(25_000),
    ]
    refused = world.admissible()
    world.decide(refused, 0, "Hors du fonds.")
    part = world.admissible()
    world.decide(part, 10_000, "Le reste est couvert.")
    ordered = world.under_way()
    world.act(ordered, payments.set_payee, "applicant", "Nadia", IBAN)
    world.act(ordered, payments.order_payment, 10_000, "advance")
    ended = world.reported(20_000)
    world.move(ended, "settle")
    lapsed = world.ask()
    world.move(lapsed, "lapse", motive="Sans nouvelles.")
    outside = world.ask()
    world.move(outside, "declare_inadmissible", motive="Hors de la commune.")
    gone = world.ask()
    world.move(gone, "withdraw")
    for application in (*applications, refused, part, ordered, ended, lapsed, outside, gone):
        page = client.get(base_of(application))
        assert page.status == 200
        assert "Déposée" in page.words, world.now(application).state
    assert "Le reste est couvert." in client.get(base_of(part)).words
    assert "telerecours" in client.get(base_of(refused)).words
    assert "Sans nouvelles." in client.get(base_of(lapsed)).words


def test_withdrawing_asks_once_more_without_javascript(world, client):
    application = world.ask()
    base = base_of(application)
    page = client.submit(f"{base}/retirer", on=base)
    assert page.status == 200
    assert world.now(application).state == "submitted"
    page = client.post(f"{base}/retirer", page.form(f"{base}/retirer"))
    assert page.status == 303
    assert world.now(application).state == "withdrawn"
    assert client.post(f"{base}/retirer", {**client.get(base).form(f"{base}/redemander"), "sure": "1"}).status == 303


def test_the_same_project_again_starts_one_draft(world, client):
    application = world.ask()
    world.move(application, "withdraw")
    base = base_of(application)
    first = client.submit(f"{base}/redemander", on=base)
    second = client.submit(f"{base}/redemander", on=base)
    assert first.location == second.location
    draft = world.commune.one(FundApplication, state="draft")
    assert (draft.project_id, draft.title) == (application.project_id, application.title)


# Signing -------------------------------------------------------------------------------------------------------------


def test_the_agreement_is_read_and_signed_with_a_code(world, client):
    application = to_sign(world)
    path = f"/conventions/{world.commune.one(Agreement).id}"
    assert path in client.get(base_of(application)).links()
    assert "Semer." in client.get(path).words
    assert client.submit(f"{path}/code", on=path).status == 303
    code = re.sub(r"\D", "", world.commune.one(Message, kind="agreement.sign_code").content["code"])
    page = client.submit(f"{path}/signer", {"code": code}, on=path)
    assert page.location == base_of(application)
    signature = world.commune.one(Signature)
    assert (signature.side, signature.means, signature.person_id) == ("applicant", "code", world.resident.id)
    assert world.now(application).state == "convention", "the town hall signs next"
    assert path in client.get(base_of(application)).links(), "still there to be read"


# Who is paid ---------------------------------------------------------------------------------------------------------


def test_the_account_is_checked_and_never_shown(world, client):
    application = world.granted()
    path = f"{base_of(application)}/compte"
    page = client.submit(path, {"iban": "FR76 3000 6000 0112 3456 7890 188"})
    assert page.status == 422
    assert page.form(path)["iban"] == "FR76 3000 6000 0112 3456 7890 188"
    assert client.submit(path, {"iban": "fr76 3000 6000 0112 3456 7890 189"}).status == 303
    payee = world.commune.one(Payee)
    assert (payee.kind, payee.iban_end) == ("applicant", "0189")
    assert IBAN not in payee.iban_sealed
    for shown in (client.get(base_of(application)), client.get(path)):
        assert IBAN not in shown.text.replace(" ", "")
        assert "0189" in shown.text


def test_a_third_party_says_why(world, client):
    application = world.granted()
    path = f"{base_of(application)}/compte"
    facts = {"kind": "third_party", "name": "La Boutique", "iban": IBAN}
    assert client.submit(path, facts).status == 422
    assert client.submit(path, {**facts, "why": "Elle avance les achats."}).status == 303
    assert world.commune.one(Payee).why == "Elle avance les achats."


def test_a_collective_says_who_is_paid_for_it_and_why(world, client):
    from civique.core.organisations import operations
    from civique.core.people.queries import get_person

    with world.commune.session(world.secretary) as session:
        group = operations.add_organisation(session, "collective", "Les voisins du port")
        row = operations.name_representative(session, group, get_person(session, world.resident.id), "")
        operations.accept_representative(session, row)
    application = world.granted(organisation_id=group.id)
    path = f"{base_of(application)}/compte"
    assert client.submit(path, {"iban": IBAN}).status == 422
    assert client.submit(path, {"iban": IBAN, "why": "Elle tient la caisse."}).status == 303


def test_no_account_before_the_decision(world, client):
    application = world.ask()
    assert client.get(f"{base_of(application)}/compte").location == base_of(application)
    token = client.get(base_of(application)).form(f"{base_of(application)}/retirer")
    client.post(f"{base_of(application)}/compte", {**token, "kind": "applicant", "name": "Nadia", "iban": IBAN})
    assert world.commune.all(Payee) == []


# Report --------------------------------------------------------------------------------------------------------------


def test_the_report_is_kept_then_sent_once(world, client, mailbox):
    application = world.paid()
    path = f"{base_of(application)}/bilan"
    assert client.submit(path, {"text": "Semé.", "later": "1"}).status == 303
    assert world.now(application).state == "under_way"
    page = client.submit(path, {"text": "Semé."})
    assert page.status == 422, "nothing said of what was spent"
    facts = {"text": "Semé, arrosé.", "spent_0": "250,50", "people": "12", "may_publish": "y"}
    assert client.submit(path, facts).status == 303
    assert client.submit(path, facts).status == 303
    found = world.now(application)
    assert (found.state, found.lines[0].spent_cents, found.report.people) == ("report", 25_050, 12)
    assert found.report.may_publish
    assert len(world.commune.all(Message, kind="fund.report_received")) == 1
    page = client.submit(path, {"spent_0": "deux cents"})
    assert page.status == 422
    assert page.form(path)["spent_0"] == "deux cents"


def test_two_windows_on_the_report_overwrite_nothing(world, client):
    application = world.paid()
    path = f"{base_of(application)}/bilan"
    old = client.get(path).form(path)
    client.submit(path, {"text": "Premier.", "later": "1"})
    page = client.post(path, {**old, "text": "Second.", "later": "1"})
    assert page.status == 422
    assert page.form(path)["text"] == "Second."
    assert world.commune.one(Report).text == "Premier."


def test_an_accepted_report_no_longer_changes(world, client):
    application = world.reported(25_000)
    form = client.get(f"{base_of(application)}/bilan").form(f"{base_of(application)}/bilan")
    world.move(application, "settle")
    assert client.post(f"{base_of(application)}/bilan", {**form, "text": "Autre."}).status == 303
    assert world.commune.one(Report).text == "Semé, arrosé, fleuri."


def test_a_history_never_shows_the_code_of_a_message(world):
    from civique.core.messages.content import Content
    from civique.core.messages.operations import write_to

    application = world.ask()
    with world.commune.session() as session:
        found = session.get(type(application), application.id)
        write_to(
            session,
            found.applicant,
            "agreement.sign_code",
            lambda: Content("Code 123 456", (), ""),
            secret=True,
            about=found,
        )
    page = world.commune.client(world.secretary).get(f"/mairie/fonds/demandes/{application.id}/historique")
    assert "123 456" not in page.words
    assert "Code ou lien personnel" in page.words
