"""Reminders and papers of the mairie's side, in both languages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from civique.core.agreements.documents import agreement_pdf
from civique.core.agreements.queries import agreement_of
from civique.core.agreements.reminders import remind_agreements
from civique.core.i18n import speaking
from civique.modules.fund.jobs import remind
from civique.modules.fund.models import FundApplication
from civique.modules.fund.queries.agreements import usual_duties
from tests.modules.fund import agreed as agreements
from tests.modules.fund.test_words_sent import world
from tests.snapshot import pdf_words, same

__all__ = ["world"]
UNTIL = date(2026, 3, 20)


def offered(world, until=None):
    application = world.granted()
    world.act(application, agreements.draw_up_agreement, ["Semer."], ["Verser."], until)
    world.act(application, agreements.offer_agreement)
    return application


def checked(world):
    application = offered(world, UNTIL)
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia Habitante", means="paper")


# Kind of reminder → what makes it due, and how many days go by.
CASES = {
    "agreement.reminder_to_sign": (offered, 16),
    "fund.reminder_report_due": (lambda world: world.under_way(ends_on=date(2026, 1, 20)), 0),
    "fund.reminder_report_late": (lambda world: world.under_way(ends_on=date(2026, 1, 2)), 0),
    "agreement.reminder_upkeep": (checked, 0),
    "fund.reminder_to_complete": (
        lambda world: world.move(world.ask(), "ask_missing", labels=["Un devis pour le terreau"]),
        31,
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_reminders(kind, world, agreed):
    make, days = CASES[kind]
    make(world)
    world.commune.sql(f"UPDATE case_step SET at = at - interval '{days} days'")
    world.commune.sql(f"UPDATE agreement SET offered_at = offered_at - interval '{days} days'")
    with world.commune.session() as session:
        remind(session)
        remind_agreements(session)
    agreed(world.commune.session(), kind)


def test_the_agreement_to_print(world, locale):
    ask = ("material", "graines", Decimal(40), "sachets")
    application = world.admissible(ends_on=UNTIL, asks=[ask])
    in_kind = {world.now(application).asks[0].id: (Decimal(40), "Services techniques")}
    world.decide(application, 30_000, in_kind=in_kind, act="Arrêté 2026-12")
    with world.commune.session(world.secretary) as session, speaking(locale):
        found = session.get(FundApplication, application.id)
        agreements.draw_up_agreement(session, found, *usual_duties(found), UNTIL + timedelta(days=300))
        agreements.offer_agreement(session, found)
        agreements.sign_agreement(session, found, "applicant", name="Nadia Habitante", means="paper")
        text = pdf_words(agreement_pdf(session, agreement_of(session, found)))
    assert "pages: 1" in text
    same(f"pdf/agreement_pdf.{locale}", text)
