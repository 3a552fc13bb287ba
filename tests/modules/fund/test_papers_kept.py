"""Papers of an application: who reads them, what trace it leaves, whose they are, what becomes of them when the applicant leaves."""

import io

import pytest
from PIL import Image

from civique.core import privacy
from civique.core.agreements.models import Agreement, Signature
from civique.core.audit import AuditEntry
from civique.core.cases.models import MissingItem
from civique.core.documents.models import StoredFile
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.stories import operations as stories
from civique.core.stories.models import StoryPicture
from civique.core.switching import switch_off
from civique.modules.fund.models import Payee
from civique.modules.fund.operations import reports
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN


def scan(colour="white"):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    data.seek(0)
    return data, "photo.jpg"


def send(world, application, path, facts):
    """Send a form of the mairie's page of an application, as the secretary."""
    base = f"/mairie/fonds/demandes/{application.id}"
    answer = world.commune.client(world.secretary).submit(f"{base}{path}", facts, on=base)
    assert answer.status == 303, answer.text
    return answer


def add_photo(world, application, alternative="Un mur"):
    """Add a photo at the town hall, as the secretary; gives the id of its file."""
    page = f"/mairie/recits/{application.id}"
    facts = {"photo-file": scan("green"), "photo-alternative": alternative}
    answer = world.commune.client(world.secretary).submit(f"{page}/photos", facts, on=f"{page}/journal")
    assert answer.status == 303, answer.text
    return world.commune.one(StoryPicture).file_id


def address_of(file_id):
    return f"/fichiers/{file_id}/document"


@pytest.fixture
def bank(world):
    """Address of the bank details that the applicant of a granted application sent, and the application."""
    application = world.granted()
    path = f"/fonds/demandes/{application.id}/compte"
    facts = {"name": "Nadia Habitante", "iban": IBAN, "file": scan()}
    assert world.commune.client(world.resident).submit(path, facts).status == 303
    return address_of(world.commune.one(Payee).file_id), application


def readings(world):
    return world.commune.all(AuditEntry, action="fund.bank_paper_read")


@pytest.mark.parametrize("role", ["examiner", "elected", "moderator", "counter", "representative", "facilitator"])
def test_bank_papers_are_read_by_who_pays(world, bank, role):
    address, _application = bank
    assert world.commune.client(world.commune.person("Alix", "Agent", role)).get(address).status == 404
    assert readings(world) == []


def test_reading_a_bank_paper_leaves_a_line_on_the_application(world, bank):
    address, application = bank
    treasurer = world.commune.person("Tom", "Trésorier", "treasurer")
    assert world.commune.client(world.resident).get(address).status == 200, "whoever sent it"
    assert readings(world) == [], "one's own paper is nobody's reading"
    weak = world.commune.client(treasurer, strong=False).get(address)
    assert (weak.status, weak.location.partition("?suite=")[2]) == (303, address), "the second factor, then the paper"
    assert readings(world) == []
    client = world.commune.client(treasurer)
    answer = client.get(address, headers={"Range": "bytes=0-3"})
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store"), (
        "whole: one reading, one line"
    )
    (line,) = readings(world)
    assert (line.actor_id, line.object_type, line.object_id) == (treasurer.id, "fund_application", application.id)
    assert "Coordonnées bancaires ouvertes" in client.get(f"/mairie/fonds/demandes/{application.id}/historique").words


def test_what_the_town_hall_puts_in_asks_the_same_and_is_the_applicants(world):
    application = world.under_way()
    send(world, application, "/beneficiaire", {"kind": "applicant", "name": "Nadia", "iban": IBAN, "file": scan()})
    bank, photo = world.commune.one(Payee).file_id, add_photo(world, application)
    kept = {file.id: (file.permission, file.person_id) for file in world.commune.all(StoredFile)}
    assert kept == {bank: ("fund.pay", world.resident.id), photo: ("fund.read", world.resident.id)}
    examiner = world.commune.client(world.commune.person("Inès", "Instruit", "examiner"))
    assert examiner.get(address_of(bank)).status == 404
    assert examiner.get(address_of(photo)).status == 200
    assert readings(world) == [], "a photo leaves no line"
    moderator = world.commune.client(world.commune.person("Mo", "Dératrice", "moderator"))
    assert moderator.get(address_of(photo)).status == 404
    assert world.commune.client(world.resident).get(address_of(bank)).status == 200


def sign(world, facts):
    path = f"/mairie/conventions/{world.commune.one(Agreement).id}"
    assert world.commune.client(world.secretary).submit(f"{path}/signer", facts, on=path).status == 303


def test_papers_given_and_signed_are_for_who_reads_applications(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", "Un plan"])
    first, second = world.now(application).missing
    applicant, base = world.commune.client(world.resident), f"/fonds/demandes/{application.id}"
    applicant.submit(f"{base}/manques/{first.id}", {"file": scan()}, on=base)
    send(world, application, f"/manques/{second.id}", {"file": scan("red")})
    agreed = world.granted(title="Une mare")
    world.act(agreed, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(agreed, agreements.offer_agreement)
    facts = {"side": "applicant", "name": "Nadia", "on": world.commune.today.isoformat(), "scan": scan("blue")}
    sign(world, facts)
    papers = world.commune.all(StoredFile)
    permissions = {"fund.read", "core.agreements_read"}
    assert {(file.permission, file.person_id) for file in papers} == {(p, world.resident.id) for p in permissions}
    assert len(papers) == 3
    for file in papers:
        assert (
            world.commune.client(world.commune.person("Co", "Conseil", "elected")).get(address_of(file.id)).status
            == 200
        )
        assert (
            world.commune.client(world.commune.person("Gu", "Guichet", "counter")).get(address_of(file.id)).status
            == 404
        )


@pytest.mark.parametrize("label", ["Coordonnées bancaires (RIB) de qui est payé", "un IBAN", "Bank details"])
def test_a_bank_paper_that_was_missing_is_read_by_who_pays(world, label):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", label])
    quote, paper = world.now(application).missing
    applicant, base = world.commune.client(world.resident), f"/fonds/demandes/{application.id}"
    applicant.submit(f"{base}/manques/{quote.id}", {"file": scan()}, on=base)
    send(world, application, f"/manques/{paper.id}", {"file": scan("red"), "answer": IBAN})
    quote, paper = (world.commune.one(MissingItem, label=name) for name in ("Un devis", label))
    examiner = world.commune.client(world.commune.person("Inès", "Instruit", "examiner"))
    assert [examiner.get(address_of(item.file_id)).status for item in (quote, paper)] == [200, 404]
    shown = examiner.get(f"/mairie/fonds/demandes/{application.id}")
    assert (address_of(quote.file_id) in shown.text, address_of(paper.file_id) in shown.text) == (True, False)
    assert "lu par qui verse l’argent" in shown.words
    assert IBAN not in shown.text, "nor what was typed beside it"
    assert readings(world) == []
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    assert treasurer.get(address_of(paper.file_id)).status == 200
    assert [line.object_id for line in readings(world)] == [application.id]


def test_a_bank_paper_given_by_the_applicant_is_read_by_who_pays(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un RIB"])
    (paper,) = world.now(application).missing
    base = f"/fonds/demandes/{application.id}"
    world.commune.client(world.resident).submit(f"{base}/manques/{paper.id}", {"file": scan()}, on=base)
    kept = world.commune.one(MissingItem).file_id
    assert (
        world.commune.client(world.commune.person("Inès", "Instruit", "examiner")).get(address_of(kept)).status == 404
    )
    assert world.commune.client(world.resident).get(address_of(kept)).status == 200


def test_the_permission_of_a_module_that_is_off_opens_nothing(world, bank):
    address, _application = bank
    world.commune.tenant = switch_off(world.commune.tenant, "fund")
    assert world.commune.client(world.secretary).get(address).status == 404
    assert world.commune.client(world.resident).get(address).status == 200


def erase(world):
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())


def test_papers_go_with_the_applicant_but_the_signed_agreement(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    send(world, application, f"/manques/{world.now(application).missing[0].id}", {"file": scan()})
    world.move(application, "declare_admissible")
    world.decide(application, 30_000)
    world.act(application, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    today = world.commune.today.isoformat()
    for side in ("applicant", "commune"):
        sign(world, {"side": side, "name": "Nadia H.", "on": today, "scan": scan("blue")})
    send(
        world,
        application,
        "/beneficiaire",
        {"kind": "applicant", "name": "Nadia H.", "iban": IBAN, "file": scan("red")},
    )
    add_photo(world, application, "Nadia devant son mur")
    photo = publish(world, application)
    assert world.commune.client().get(photo).status == 200
    signed = {signature.file_id for signature in world.commune.all(Signature)}
    with world.commune.session() as session:
        # As the papers were before they belonged to the applicant.
        session.query(StoredFile).update({"person_id": world.secretary.id})
    erase(world)
    assert {file.id for file in world.commune.all(StoredFile)} == signed, "the voucher stays, and nothing else"
    assert world.commune.client().get(photo).status == 404
    assert world.commune.all(Payee) == world.commune.all(StoryPicture) == []
    assert world.commune.one(MissingItem).file_id is None


def publish(world, application):
    """Publish the story with the photo; gives the photo's address."""
    found, picture = world.now(application), world.commune.one(StoryPicture)
    world.act(application, reports.keep_report, {found.lines[0].id: 1}, text="Nadia a semé.", may_publish=True)
    world.act(application, stories.write_story, "Nadia a semé.", {picture.id: "Nadia devant son mur"})
    world.act(application, stories.publish_story)
    return f"/fichiers/{picture.file_id}/image.webp"


def test_a_paper_put_in_once_the_applicant_is_erased_is_nobodys(world):
    application = world.under_way()
    erase(world)
    add_photo(world, application)
    assert world.commune.one(StoredFile).person_id is None
