"""What the fund writes to who asked, from the receipt to the thanks."""

import pytest
from sqlalchemy import select

from civique.core.agreements import signing
from civique.core.agreements.models import Agreement
from civique.core.cases.operations import move
from civique.core.people.queries import get_person
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import (
    funds,
    payments,
    reports,
)
from civique.modules.fund.workflow import WORKFLOW
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN, RULES, FundWorld
from tests.snapshot import pdf_words, same


@pytest.fixture
def world(scene):
    """An open fund in the scene; Nadia asks."""
    scene.commune.switch_on("fund")
    secretary = scene.commune.person("Sylvie", "Secrétaire", "secretary")
    with scene.commune.session(secretary) as session:
        fund = funds.prepare_fund(session, 2026, **RULES)
        funds.open_fund(session, fund)
        assert get_person(session, scene.reader.id).locale == scene.locale
    return FundWorld(scene.commune, secretary, scene.reader, fund)


def corrected(world):
    application = world.admissible()
    world.decide(application, 0, "L’enveloppe est épuisée.")
    with world.commune.session(world.secretary) as session:
        application = session.get(FundApplication, application.id)
        because = "Une ligne de l’enveloppe avait été oubliée."
        move(
            session,
            WORKFLOW,
            application,
            "correct",
            amount_cents=30_000,
            motive="",
            because=because,
            revision=application.revision,
        )


def offered(world):
    application = world.granted()
    world.act(application, agreements.draw_up_agreement, ["Réaliser le projet."], ["Verser la somme."])
    world.act(application, agreements.offer_agreement)


def code_to_sign(world):
    offered(world)
    with world.commune.session(world.resident) as session:
        agreement = session.scalars(select(Agreement)).one()
        signing.send_sign_code(session, get_person(session, world.resident.id), agreement)


def in_kind(world):
    from decimal import Decimal

    application = world.admissible(10_000, asks=[("material", "graines", Decimal(40), "sachets")])
    world.decide(application, 10_000, in_kind={world.now(application).asks[0].id: (Decimal(40), "Services techniques")})


def report_sent_back(world):
    world.move(world.reported(30_000), "ask_report_again", motive="Il manque la facture du terreau.")


def settled_with_a_rest(world):
    application = world.under_way()
    world.act(application, payments.set_payee, "applicant", "Nadia Habitante", IBAN)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: 25_000}, text="Semé, arrosé, fleuri.")
        reports.send_report(session, found)
    world.move(application, "settle")


def settled_with_money_to_give_back(world):
    application = world.paid()
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: 25_000}, text="Semé, arrosé, fleuri.")
        reports.send_report(session, found)
    world.move(application, "settle")


def account_changed(world):
    application = world.under_way()
    for iban in (IBAN, "FR1420041010050500013M02606"):
        world.act(application, payments.set_payee, "applicant", "Nadia Habitante", iban)


# Kind of message (and which of its faces) → what makes it leave.
CASES = {
    "fund.application_received": lambda world: world.ask(),
    "fund.application_to_complete": lambda world: world.move(
        world.ask(), "ask_missing", labels=["Un devis pour le terreau", "L’accord du propriétaire du mur"]
    ),
    "fund.application_inadmissible": lambda world: world.move(
        world.ask(), "declare_inadmissible", motive="Le lieu est hors de la commune."
    ),
    "fund.application_adjourned": lambda world: world.move(
        world.admissible(), "adjourn", motive="Le comité attend un second devis."
    ),
    "fund.application_granted": lambda world: world.decide(world.admissible(), 30_000),
    "fund.application_granted--in_kind": in_kind,
    "fund.application_partially_granted": lambda world: world.decide(
        world.admissible(), 25_000, "Le reste est couvert."
    ),
    "fund.application_refused": lambda world: world.decide(world.admissible(), 0, "L’enveloppe est épuisée."),
    "fund.decision_corrected": corrected,
    "agreement.to_sign": offered,
    "agreement.sign_code": code_to_sign,
    "agreement.signed": lambda world: world.under_way(),
    "agreement.broken": lambda world: world.act(
        world.under_way(), agreements.break_agreement, "Le lieu n’est plus entretenu."
    ),
    "fund.payee_changed": account_changed,
    "fund.payment_made": lambda world: world.paid(),
    "fund.report_received": lambda world: world.reported(30_000),
    "fund.report_incomplete": report_sent_back,
    "fund.application_settled": lambda world: world.move(world.reported(30_000), "settle"),
    "fund.application_settled--rest": settled_with_a_rest,
    "fund.application_settled--give_back": settled_with_money_to_give_back,
    "fund.application_lapsed": lambda world: world.move(world.granted(), "give_up", motive="Le groupe s’est séparé."),
}


@pytest.mark.parametrize("kind", CASES)
def test_words(kind, world, agreed):
    CASES[kind](world)
    name, _, variant = kind.partition("--")
    agreed(world.commune.session(), name, variant=variant)


def test_words_of_the_evaluation(world, locale):
    from civique.core.evaluations.documents import evaluation_pdf
    from civique.core.evaluations.operations import write_evaluation
    from civique.core.evaluations.queries import find_year
    from civique.core.i18n import speaking

    world.decide(world.admissible(40_000, title="Carnaval", channel="paper"), 20_000, "Une partie.")
    world.ask(title="Nichoirs")
    with world.commune.session() as session, speaking(locale):
        words = {"introduction": "Une première année.", "went_well": "Des voisins.", "to_change": "Aller plus vite."}
        write_evaluation(session, find_year(session, "fonds", 2026), 0, **words)
        same(f"pdf/evaluation_pdf.{locale}", pdf_words(evaluation_pdf(session, find_year(session, "fonds", 2026))))
