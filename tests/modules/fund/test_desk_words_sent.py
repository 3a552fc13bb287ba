"""Reminders and papers of the mairie's side, in both languages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from civique.core.conventions.queries import convention_of
from civique.core.i18n import speaking
from civique.modules.fund.documents.convention import convention_pdf
from civique.modules.fund.jobs import remind
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import conventions
from civique.modules.fund.words.desk import usual_duties
from tests.modules.fund.test_words_sent import world
from tests.snapshot import pdf_words, same

__all__ = ["world"]
UNTIL = date(2026, 3, 20)


def offered(world, until=None):
    demand = world.granted()
    world.act(demand, conventions.draw_up_convention, ["Semer."], ["Verser."], until)
    world.act(demand, conventions.offer_convention)
    return demand


def checked(world):
    demand = offered(world, UNTIL)
    for side in ("holder", "commune"):
        world.act(demand, conventions.sign_convention, side, name="Nadia Habitante", means="paper")


# Kind of reminder → what makes it due, and how many days go by.
CASES = {
    "fund.reminder_to_sign": (offered, 16),
    "fund.reminder_report_due": (lambda world: world.under_way(ends_on=date(2026, 1, 20)), 0),
    "fund.reminder_report_late": (lambda world: world.under_way(ends_on=date(2026, 1, 2)), 0),
    "fund.reminder_upkeep": (checked, 0),
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
    with world.commune.session() as session:
        remind(session)
    agreed(world.commune.session(), kind)


def test_the_agreement_to_print(world, locale):
    ask = ("material", "graines", Decimal(40), "sachets")
    demand = world.admissible(ends_on=UNTIL, asks=[ask])
    in_kind = {world.now(demand).asks[0].id: (Decimal(40), "Services techniques")}
    world.decide(demand, 30_000, in_kind=in_kind, act="Arrêté 2026-12")
    with world.commune.session(world.secretary) as session, speaking(locale):
        found = session.get(FundRequest, demand.id)
        conventions.draw_up_convention(session, found, *usual_duties(found), UNTIL + timedelta(days=300))
        conventions.offer_convention(session, found)
        conventions.sign_convention(session, found, "holder", name="Nadia Habitante", means="paper")
        text = pdf_words(convention_pdf(session, found, convention_of(session, found)))
    assert "pages: 1" in text
    same(f"pdf/convention_pdf.{locale}", text)
