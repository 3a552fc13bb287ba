"""Operators: requests to check, communes, an access given back, work that failed. And nobody else."""

import re
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.client import PageClient
from tests.fixtures import Commune
from tests.platform.steps import PUBLIC_ADDRESS, WHO, apex_browser, ask, only, platform, site

pytestmark = [pytest.mark.fresh_communes, pytest.mark.usefixtures("clean")]
PAGES = ("/operations", "/operations/demandes", "/operations/communes", "/operations/travaux")


@pytest.fixture
def operator(services: dict[str, str]) -> Any:
    """An operator."""
    from civique.platform.access.operations import add_operator

    with platform() as session:
        return add_operator(session, "Olga Pivert", "olga@civique.exemple.fr")


@pytest.fixture
def desk(operator: Any) -> PageClient:
    """The operator's browser, second factor given."""
    return apex_browser(operator)


def test_only_operators_and_with_a_second_factor(apex, operator, commune):
    for path in PAGES:
        assert apex.get(path).location.startswith("/connexion?suite=/operations"), path
        assert apex_browser(operator, strong=False).get(path).location.startswith("/connexion/second-facteur"), path
        assert apex_browser(operator).get(path).status == 200, path
    from civique.core.people.operations import register_person

    with platform() as session:
        nobody = register_person(session, "Sans", "Rôle")
    assert apex_browser(nobody).get("/operations").status == 403
    administrator = commune.client(commune.person("A", "B", "administrator"))
    for path in PAGES:
        assert administrator.get(path).status == 404, "nothing of it on a commune's site"


def test_an_operator_signs_in_and_lands_on_operations(apex, mailbox, operator):
    page = apex.follow(apex.submit("/connexion", {"email": "olga@civique.exemple.fr"}))
    code = mailbox()[-1]["Subject"].split(":")[1].strip()
    page = apex.submit("/connexion/code", {"code": code})
    assert page.location == "/operations"
    assert apex.get("/operations").location.startswith("/connexion/second-facteur")


def test_nobody_registers_at_the_apex(apex, mailbox):
    from civique.core.people.queries import people_at

    apex.submit("/connexion", {"email": "curieux@exemple.fr"})
    code = mailbox()[-1]["Subject"].split(":")[1].strip()
    page = apex.submit("/connexion/code", {"code": code})
    assert page.location == "/connexion"
    assert apex.get("/connexion/qui").location == "/connexion" or "new" not in apex.get("/connexion/qui").text
    with platform() as session:
        assert people_at(session, "curieux@exemple.fr") == []


def test_a_public_address_waits_for_a_check_and_both_are_told(apex, mailbox, operator, desk):
    page = apex.follow(ask(apex, mailbox, **PUBLIC_ADDRESS))
    assert only().state == "to_check"
    assert site() is None
    assert "hx-trigger" not in page.text
    messages = {m["To"]: m for m in mailbox()}
    assert {PUBLIC_ADDRESS["email"], "olga@civique.exemple.fr"} <= set(messages)
    to_operator = messages["olga@civique.exemple.fr"]
    assert "Cormoran" not in to_operator.get_body(("plain",)).get_content(), "no personal data in the operator's mail"
    assert "Allonnes" in desk.get("/operations").words


def test_approving_is_one_click_and_opens(apex, mailbox, desk, run_jobs):
    ask(apex, mailbox, **PUBLIC_ADDRESS)
    row = only()
    path = f"/operations/demandes/{row.id}/accepter"
    form = desk.get("/operations").form(path)
    assert desk.post(path, form).status == 303
    assert desk.post(path, form).status == 303, "twice changes nothing"
    run_jobs()
    assert only().state == "open"
    assert only().decided_by is not None
    assert len(site().sql("SELECT 1 FROM role_grant")) == 1


def test_refusing_needs_a_sentence_that_the_applicant_reads(apex, mailbox, desk):
    follow = ask(apex, mailbox, **PUBLIC_ADDRESS).location
    row = only()
    on, path = f"/operations/demandes/{row.id}", f"/operations/demandes/{row.id}/refuser"
    assert desk.submit(path, on=on).status == 422
    form = desk.get(on).form(path)
    assert desk.submit(path, {"reason": "La mairie ne vous connaît pas."}, on=on).status == 303
    assert only().state == "refused"
    words = mailbox()[-1].get_body(("plain",)).get_content()
    assert "La mairie ne vous connaît pas." in words
    assert "/souscrire/49002" in apex.get(follow).links()
    assert "ne vous connaît pas" not in apex.get(follow).text, "the reason is for the applicant's mailbox"
    desk.post(path, {**form, "reason": "Encore"})
    assert only().reason == "La mairie ne vous connaît pas."


def test_approving_a_commune_that_was_opened_meanwhile(apex, mailbox, desk, make_commune):
    ask(apex, mailbox, **PUBLIC_ADDRESS)
    row = only()
    form = desk.get(f"/operations/demandes/{row.id}").form(f"/operations/demandes/{row.id}/accepter")
    make_commune("49002")
    assert desk.post(f"/operations/demandes/{row.id}/accepter", form).status == 303
    assert (only().state, only().reason) == ("refused", "taken")
    assert "Allonnes" in mailbox()[-1]["Subject"]


def test_lists_filter_and_leave_as_files_without_people(apex, mailbox, desk, commune):
    ask(apex, mailbox, **PUBLIC_ADDRESS)
    assert "Allonnes" in desk.get("/operations/demandes?etat=to_check").words
    assert "Allonnes" not in desk.get("/operations/demandes?etat=open").words
    assert "Allonnes" in desk.get("/operations/demandes?etat=nothing").words, "no such filter"
    assert desk.get("/operations/demandes?page=x").status == 404
    fragment = desk.get("/operations/demandes", headers={"HX-Request-Type": "partial"})
    assert "<h1" not in fragment.text
    listing = desk.get("/operations/demandes?format=csv")
    assert "Allonnes" in listing.text
    assert "Cormoran" not in listing.text
    assert WHO["phone"] not in listing.text
    assert "Blou" in desk.get("/operations/communes?q=blou&format=csv").text


def test_lists_find_a_commune_however_it_is_typed(desk, loire_authion):
    for words in ("LOIRE-AUTHION", "authion loire", "loire authion 49307", "Loire–Authïon"):
        assert "Loire-Authion" in desk.get("/operations/communes", query={"q": words, "format": "csv"}).text, words
    assert "Loire-Authion" not in desk.get("/operations/communes?q=loire+mauges&format=csv").text
    assert desk.get("/operations/communes?format=xlsx").status == 200


def test_no_person_of_a_commune_is_shown(desk, commune):
    commune.person("Zélie", "Introuvable", "administrator")
    for path in (
        *PAGES,
        f"/operations/communes/{commune.tenant.id}",
        f"/operations/communes/{commune.tenant.id}/acces",
    ):
        assert "Introuvable" not in desk.get(path).text
        assert "introuvable@" not in desk.get(path).text


def test_suspending_and_reopening(desk, commune):
    base = f"/operations/communes/{commune.tenant.id}"
    assert desk.submit(f"{base}/suspendre", on=base).status == 422
    assert desk.submit(f"{base}/suspendre", {"reason": "Facture en attente (essai)"}, on=base).status == 303
    public = commune.client().get("/")
    assert public.status == 200
    assert "Facture en attente" in public.text
    assert desk.submit(f"{base}/rouvrir", on=base).status == 303
    assert "Facture en attente" not in commune.client().get("/").text
    with platform() as session:
        actions = session.execute(text("SELECT action FROM audit_entry ORDER BY id DESC LIMIT 4")).scalars().all()
    assert {"tenant.suspended", "tenant.resumed"} <= set(actions)
    assert desk.get("/operations/communes/018f0000-0000-7000-8000-000000000000").status == 404


def test_giving_an_access_back(desk, commune, mailbox):
    from civique.core.access.models import Credential
    from civique.core.access.operations import new_recovery_codes
    from civique.core.audit import AuditEntry
    from civique.core.commune import Contact
    from civique.core.people.queries import get_person
    from civique.core.settings import change

    person = commune.person("Zélie", "Dupuis", "administrator", email="zelie@exemple.fr")
    resident = commune.person("Simple", "Habitant", email="habitant@exemple.fr")
    with commune.session() as session:
        new_recovery_codes(session, get_person(session, person.id))
        change(session, Contact, email="mairie@exemple.fr")
    client = commune.client(person)
    path = f"/operations/communes/{commune.tenant.id}/acces"
    facts = {"email": "zelie@exemple.fr", "proof": "call_back", "seen_on": "2026-01-05"}
    assert desk.submit(path, {**facts, "email": resident.email.address}).status == 422
    assert desk.submit(path, {**facts, "email": "inconnue@exemple.fr"}).status == 422
    assert desk.submit(path, {**facts, "proof": ""}).status == 422
    assert desk.submit(path, {**facts, "seen_on": "2999-01-01"}).status == 422
    assert commune.all(Credential), "nothing happened yet"
    assert desk.submit(path, facts).status == 303
    assert commune.all(Credential) == []
    assert client.get("/mon-compte").status == 303, "signed out everywhere"
    assert {m["To"] for m in mailbox()} == {"zelie@exemple.fr", "mairie@exemple.fr"}
    trace = commune.one(AuditEntry, action="access.reset_by_operator")
    assert trace.data["proof"] == "call_back"
    with platform() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.action == "tenant.access_reset")).all()[-1]
    assert row.data == {"proof": "call_back", "seen_on": "2026-01-05"}


def test_a_mailbox_that_is_gone_is_replaced(desk, commune, mailbox):
    """The only administrator has lost the mailbox too: an operator gives another address, on proof; the former is told."""
    person = commune.person("Zélie", "Dupuis", "administrator", email="zelie@exemple.fr")
    path = f"/operations/communes/{commune.tenant.id}/acces"
    facts = {
        "email": "zelie@exemple.fr",
        "proof": "letter",
        "seen_on": "2026-01-05",
        "new_email": "Zelie@Neuf.Exemple.fr",
    }
    assert desk.submit(path, {**facts, "new_email": "rien"}).status == 422
    assert desk.submit(path, facts).status == 303
    sent = mailbox()
    assert {m["To"] for m in sent} == {"zelie@exemple.fr", "zelie@neuf.exemple.fr"}
    client = commune.client()
    client.submit("/connexion", {"email": "zelie@neuf.exemple.fr"})
    code = mailbox()[-1]["Subject"].split(":")[1].strip()
    client.submit("/connexion/code", {"code": code})
    assert client.get("/mairie").location.startswith("/connexion/second-facteur")
    kept = commune.sql("SELECT address FROM email_address WHERE person_id = :id", id=person.id)
    assert [row.address for row in kept] == ["zelie@neuf.exemple.fr"]


def test_when_a_colleague_could_help_the_operator_must_say_that_none_can(desk, commune):
    from civique.core.audit import AuditEntry

    commune.person("Zélie", "Dupuis", "administrator", email="zelie@exemple.fr")
    commune.person("Autre", "Collègue", "administrator")
    path = f"/operations/communes/{commune.tenant.id}/acces"
    facts = {"email": "zelie@exemple.fr", "proof": "visit", "seen_on": "2026-01-05"}
    refused = desk.submit(path, facts)
    assert refused.status == 422
    assert "others_cannot" in refused.text
    assert commune.all(AuditEntry, action="access.reset_by_operator") == []
    assert desk.post(path, {**refused.form(), "others_cannot": "y"}).status == 303
    assert len(commune.all(AuditEntry, action="access.reset_by_operator")) == 1


def test_failed_work_shows_its_class_and_can_be_tried_again(desk, commune, run_jobs):
    from civique.core.process import engines

    with engines().owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO platform.outbox (id, owner, job, args, done_at, outcome, error, failures) VALUES "
                "(gen_random_uuid(), :owner, 'core.purge', '{}', clock_timestamp(), 'failed', "
                "'OperationalError: secret@exemple.fr', 12)"
            ),
            {"owner": commune.tenant.schema},
        )
    page = desk.get("/operations/travaux")
    assert "OperationalError" in page.words
    assert "secret@exemple.fr" not in page.text
    assert "Blou" in page.words
    path = re.search(r"/operations/travaux/[0-9a-f-]+/reessayer", page.text)
    assert path is not None
    form = page.form(path[0])
    assert desk.post(path[0], form).status == 303
    run_jobs()
    assert "OperationalError" not in desk.get("/operations/travaux").words
    assert desk.post(path[0], form).status == 303
    assert run_jobs() == 0, "done is done"


def test_the_command_adds_an_operator_once(services):
    from click.testing import CliRunner

    from civique.cli import main
    from civique.platform.subscription.queries import operators

    for _ in range(2):
        result = CliRunner().invoke(
            main, ["operator", "add", "--email", "Nina@Civique.Exemple.fr", "--name", "Nina Loriot"]
        )
        assert result.exit_code == 0, result.output
    with platform() as session:
        named = [p for p in operators(session) if p.family_name == "Loriot"]
        assert len(named) == 1
        assert named[0].email.address == "nina@civique.exemple.fr"
    assert CliRunner().invoke(main, ["operator", "add", "--email", "rien", "--name", "X"]).exit_code != 0


def test_what_a_subscriber_is_given_and_erased(apex, mailbox, operator):
    from civique.core import clock
    from civique.core.people.operations import add_address
    from civique.core.people.queries import get_person
    from civique.core.registry import modules

    ask(apex, mailbox, **PUBLIC_ADDRESS)
    kind = next(kind for kind in modules()["platform"].personal_data if kind.name == "subscriptions")
    with platform() as session:
        person = get_person(session, operator.id)
        add_address(session, person, PUBLIC_ADDRESS["email"], confirmed_at=clock.now())
        assert kind.export(session, person)[0]["commune"] == "Allonnes"
        kind.erase(session, person)
        assert kind.export(session, person) == []


def test_a_commune_s_own_page_is_not_at_the_apex(apex, commune):
    assert isinstance(commune, Commune)
    for path in ("/mairie", "/informer", "/agenda"):
        assert apex.get(path).status == 404
