"""Rules ACC-01 to ACC-06, each by its number, in operations and in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from time import sleep
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from civique.core import clock, settings
from civique.core.audit import AuditEntry
from civique.core.cases.operations import move
from civique.core.indicators.periods import Period
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.territory.operations import add_territory
from civique.modules.welcome import indicators, jobs
from civique.modules.welcome.models import (
    WelcomeHistory,
    WelcomeHousehold,
    WelcomeInterest,
    WelcomeOffer,
    WelcomeVoucher,
)
from civique.modules.welcome.operations import relays, vouchers
from civique.modules.welcome.operations.households import change_household, declare_household
from civique.modules.welcome.queries.vouchers import undoable, uses, vouchers_of, yearly
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW
from tests.modules.welcome.conftest import declared, offered
from tests.refusals import refuses


def handed(town, **facts):
    """Number of a voucher that a household has in its hands."""
    with town.session() as session:
        offered(session, town, **facts)
        household = declared(session, town)
        move(session, WORKFLOW, household, "hand")
        return vouchers_of(session, household)[0].number


def at_once(town, number, times, threads=20):
    """Redeem a voucher many times at the same moment; gives the rule of each refusal, "" for what succeeded."""

    def redeem(_rank):
        try:
            with town.session() as session:
                vouchers.redeem_voucher(session, number, how="phone")
        except Refused as refused:
            return refused.rule
        return ""

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(redeem, range(times)))


def test_acc_01_of_two_hundred_at_once_exactly_one_redeems(town):
    number = handed(town)
    outcomes = at_once(town, number, 200)
    assert outcomes.count("") == 1
    assert set(outcomes) == {"", "used"}
    assert town.one(WelcomeVoucher, number=number).state == "used"


def test_acc_01_a_voucher_is_used_once_whoever_brings_it_back(town):
    number = handed(town)
    with town.session() as session:
        vouchers.redeem_voucher(session, f"{number[:4].lower()} - {number[4:]}", how="call")
        with refuses("used"):
            vouchers.redeem_voucher(session, number, how="phone")
        batch = vouchers.redeem_batch(session, [number, number], how="coupons")
    assert (batch.used, len(batch.refused)) == ([], 2)


@pytest.mark.parametrize("number", ["ZZZZ-ZZZZ", "", "' OR 1=1 --", "K7Q2"])
def test_acc_01_a_forged_number_opens_nothing(town, number):
    handed(town)
    with town.session() as session, refuses("unknown"):
        vouchers.redeem_voucher(session, number, how="phone")


def test_acc_01_the_voucher_of_another_partner_is_unknown(town):
    number = handed(town)
    with town.session() as session:
        other = offered(session, town, partner="Café de la Loire").organisation_id
        with refuses("unknown"):
            vouchers.redeem_voucher(session, number, how="phone", organisation_id=other)


def test_acc_01_what_was_not_handed_over_or_is_over_opens_nothing(town):
    number = handed(town)
    with town.session() as session:
        second = declared(session, town, "Paul")
        kept = vouchers.assign_set(session, second)[0]
        with refuses("not_handed"):
            vouchers.redeem_voucher(session, kept.number, how="phone")
        with refuses("not_handed"):
            vouchers.redeem_voucher(session, number, how="coupons", day=town.today - timedelta(days=1))
        with refuses("day"):
            vouchers.redeem_voucher(session, number, how="coupons", day=town.today + timedelta(days=1))
        offer = kept.offer
        offer.valid_from, offer.valid_until = town.today - timedelta(days=9), town.today - timedelta(days=1)
        with refuses("expired"):
            vouchers.redeem_voucher(session, number, how="phone")


def test_acc_01_a_coupon_brought_back_after_the_last_day_counts_for_the_day_it_was_used(town):
    number = handed(town)
    yesterday = town.today - timedelta(days=1)
    town.sql("UPDATE welcome_voucher SET handed_on = :day WHERE number = :number", day=yesterday, number=number)
    town.sql("UPDATE welcome_offer SET valid_until = :day", day=yesterday)
    with town.session() as session:
        jobs.expire_vouchers(session)
        assert session.query(WelcomeVoucher).filter_by(number=number).one().state == "expired"
        with refuses("expired"):
            vouchers.redeem_voucher(session, number, how="phone", day=yesterday)
        assert vouchers.redeem_voucher(session, number, how="coupons", day=yesterday).state == "used"


def test_acc_01_the_database_refuses_two_vouchers_of_an_offer_to_a_household(town):
    with town.session() as session:
        offered(session, town)
        household = declared(session, town)
        vouchers.assign_set(session, household)
    with pytest.raises(IntegrityError, match="one_a_household"):
        town.sql(
            "UPDATE welcome_voucher SET state = 'assigned', household_id = :household "
            "WHERE id = (SELECT id FROM welcome_voucher WHERE state = 'available' LIMIT 1)",
            household=household.id,
        )


def test_acc_02_of_households_at_once_none_gets_more_than_the_partner_gives(town):
    with town.session() as session:
        offered(session, town, quantity=1)
        ids = [declared(session, town, f"Foyer{rank}").id for rank in range(6)]

    def hand(household_id):
        with town.session() as session:
            move(session, WORKFLOW, session.get(WelcomeHousehold, household_id), "hand")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hand, ids))
    assert [voucher.state for voucher in town.all(WelcomeVoucher)] == ["handed"], "the last one has one household"
    assert {household.state for household in town.all(WelcomeHousehold)} == {"kit_handed"}, "all have their kit"


def test_acc_02_a_set_is_handed_once(town):
    with town.session() as session:
        offered(session, town)
        offered(session, town, title="Un croissant")
        household = declared(session, town)
        first = {voucher.number for voucher in vouchers.assign_set(session, household)}
        move(session, WORKFLOW, household, "hand")
        assert {voucher.number for voucher in vouchers.assign_set(session, household)} == first
        assert len(first) == 2
        with refuses("elsewhere"):
            move(session, WORKFLOW, household, "hand")


def test_acc_02_the_quantity_follows_the_partner_and_never_goes_under_what_was_handed(town):
    with town.session() as session:
        offer = offered(session, town, quantity=3)
        facts = {"title": "Deux baguettes", "conditions": ""}
        for name in ("Nadia", "Paul"):
            vouchers.hand_set(session, declared(session, town, name))
        with refuses("quantity"):
            vouchers.change_offer(session, offer, quantity=1, **facts)
        vouchers.change_offer(session, offer, quantity=2, **facts)
        assert vouchers.assign_set(session, declared(session, town, "Zoé")) == []
        vouchers.change_offer(session, offer, quantity=7, **facts)
        assert session.query(WelcomeVoucher).count() == 7


def test_acc_02_the_quantity_waits_for_whoever_takes_a_voucher(town):
    """A household that is taking one at that moment is counted: the offer never has fewer than households have."""
    with town.session() as session:
        offer_id = offered(session, town, quantity=3).id
        households = [declared(session, town, name).id for name in ("Nadia", "Paul")]

    def lower():
        with town.session() as session:
            offer = session.get(WelcomeOffer, offer_id)
            try:
                vouchers.change_offer(session, offer, quantity=1)
            except Refused as refused:
                session.rollback()
                return refused.rule
        return ""

    with ThreadPoolExecutor(1) as pool, town.session() as session:
        for household in households:
            vouchers.assign_set(session, session.get(WelcomeHousehold, household))
        lowered = pool.submit(lower)
        sleep(0.5)  # long enough to come to the lock; come earlier, it only proves less
        session.commit()
        assert lowered.result(30) == "quantity"
    assert town.one(WelcomeOffer).quantity == 3
    assert len(town.all(WelcomeVoucher)) == 3


def test_acc_02_a_later_last_day_gives_back_what_was_over(town):
    number = handed(town)
    with town.session() as session:
        vouchers.assign_set(session, declared(session, town, "Paul"))
        offer = session.query(WelcomeOffer).one()
        days = {"valid_from": town.today - timedelta(days=9), "quantity": 5}
        vouchers.change_offer(session, offer, valid_until=town.today - timedelta(days=1), **days)
        assert vouchers.expire_vouchers(session) == 2
        vouchers.change_offer(session, offer, valid_until=town.today, **days)
        assert {v.state for v in session.query(WelcomeVoucher)} == {"handed", "assigned", "available"}
        assert vouchers.redeem_voucher(session, number, how="phone").state == "used"


def test_acc_02_a_lost_voucher_is_replaced_and_the_quantity_stays(town):
    with town.session() as session:
        offered(session, town, quantity=2)
        household = declared(session, town)
        (lost,) = vouchers.hand_set(session, household)
        vouchers.cancel_voucher(session, lost)
        with refuses("cancelled"):
            vouchers.redeem_voucher(session, lost.number, how="phone")
        with refuses("not_held"):
            vouchers.cancel_voucher(session, lost)
        assert [v.state for v in vouchers.hand_set(session, household)] == ["handed"]
    live = [voucher for voucher in town.all(WelcomeVoucher) if voucher.state != "cancelled"]
    assert len(live) == 2


def test_acc_03_the_rate_is_used_out_of_handed_with_the_years_before(town):
    number = handed(town)
    year = town.today.year
    with town.session() as session:
        vouchers.hand_set(session, declared(session, town, "Paul"))
        vouchers.redeem_voucher(session, number, how="phone")
        past = {"partner": "Boulangerie du Port", "folded_partner": "boulangerie du port"}
        for rank, (handed_, used) in enumerate(((40, 31), (0, 0), (None, 12))):
            gift = {"gift": f"Lot {rank}", "folded_gift": f"lot {rank}"}
            session.add(WelcomeHistory(year=year - 1 - rank, handed=handed_, used=used, **past, **gift))
        session.flush()
        rates = {line.year: line.rate.value for line in uses(session)}
        assert [float(rates[y]) if rates[y] is not None else None for y in sorted(rates, reverse=True)] == [
            50.0,
            77.5,
            None,
            None,
        ]
        assert {line.year: line.rate.value for line in yearly(uses(session))} == rates
        (figure,) = indicators.use_rate(session, Period.containing("civil", clock.today()))
        assert (float(figure.figure.value), figure.base) == (50.0, 2)


def test_acc_03_the_rate_of_a_year_without_voucher_is_unknown(town):
    with town.session() as session:
        (figure,) = indicators.use_rate(session, Period.containing("civil", clock.today()))
    assert not figure.figure.known


def test_acc_04_the_relay_of_the_territory_greets_then_that_of_the_commune(town, mailbox):
    with town.session() as session:
        quarter = add_territory(session, "quarter", "Le Port")
        far = add_territory(session, "quarter", "Le Bourg")
        neighbour = town.person("Louis", "Voisin")
        whole = relays.add_relay(session, "mairie", name="La mairie")
        near = relays.add_relay(session, "peer", person_id=neighbour.id, territory_id=quarter.id)
        assert declared(session, town, "Nadia", visit=True, territory_id=quarter.id).relay == near
        assert declared(session, town, "Paul", visit=True, territory_id=far.id).relay == whole
        assert declared(session, town, "Zoé", visit=False, territory_id=quarter.id).relay is None
    told = [mail for mail in mailbox() if "louis.voisin@exemple.fr" in mail["To"]]
    assert len(told) == 1
    assert "Nadia" not in told[0].as_string(), "the name is behind the sign-in"


def test_acc_04_the_reminder_leaves_once_and_the_visit_is_noted_without_details(town):
    with town.session() as session:
        relays.add_relay(session, "volunteer", person_id=town.person("Louis", "Voisin").id)
        settings.put(session, WelcomeSettings(greet_days=3))
        household = declared(session, town, visit=True)
        for _twice in range(2):
            jobs.remind_relays(session)
        reminders = session.query(Message).filter_by(kind="welcome.greet_reminder").count()
        assert reminders == 1
        with refuses("day"):
            relays.note_greeted(session, household, town.today + timedelta(days=1))
        relays.note_greeted(session, household, town.today)
        with refuses("greeted"):
            relays.note_greeted(session, household, town.today)
        jobs.remind_relays(session)
        assert session.query(Message).filter_by(kind="welcome.greet_reminder").count() == 1


def test_acc_04_when_a_relay_ends_its_households_go_to_another(town):
    with town.session() as session:
        household = declared(session, town, visit=True)
        assert household.relay is None
        first = relays.add_relay(session, "council", name="Conseil du Port")
        assert household.relay == first, "a household that nobody greeted is entrusted"
        second = relays.add_relay(session, "mairie", name="La mairie")
        relays.end_relay(session, first)
        session.refresh(household)
        assert household.relay == second


def aged(session, household, days):
    household.created_at -= timedelta(days=days)
    for step in household.steps:
        step.at -= timedelta(days=days)
    session.flush()


def test_acc_06_after_twelve_months_nothing_names_the_household_unless_it_stays_in_touch(town):
    with town.session() as session:
        offered(session, town)
        gone = declared(
            session, town, "Nadia", words="Je cherche un club", interests=["volunteering"], needs=["school"]
        )
        stays = declared(session, town, "Paul", keep_touch=True)
        young = declared(session, town, "Zoé")
        vouchers.hand_set(session, gone)
        for household, days in ((gone, 370), (stays, 370), (young, 360)):
            aged(session, household, days)
        for _twice in range(2):
            jobs.forget_households(session)
        session.refresh(gone)
        assert (gone.state, gone.applicant_id, gone.name, gone.words, gone.size) == ("anonymised", None, "", "", 0)
        assert gone.needs == []
        assert session.query(WelcomeInterest).count() == 1, "what interested it stays for the figures"
        assert (stays.state, young.state) == ("declared", "declared")
        assert session.query(WelcomeVoucher).filter_by(state="handed").count() == 1
        with refuses("anonymised"):
            change_household(session, gone, words="Encore")


def test_acc_06_news_are_asked_once_after_six_months(town):
    with town.session() as session:
        household = declared(session, town)
        aged(session, household, 190)
        for _twice in range(2):
            jobs.follow_households(session)
        session.refresh(household)
        assert household.state == "reminded"
        assert session.query(Message).filter_by(kind="welcome.news").count() == 1


def test_a_household_declares_itself_once(town):
    with town.session() as session:
        declared(session, town)
        person = get_person(session, session.query(WelcomeHousehold).one().applicant_id)
        with refuses("declared_already"):
            declare_household(session, person, name="Encore", arrived_on=town.today, adults=1)
    with town.session() as session, refuses("arrived_on"):
        declared(session, town, "Paul", arrived_on=town.today - timedelta(days=900))


def test_the_quantity_of_an_offer_has_bounds(town):
    with town.session() as session:
        offered(session, town)
    with pytest.raises(IntegrityError, match="quantity"):
        town.sql("UPDATE welcome_offer SET quantity = 0")


def test_acc_01_a_use_noted_by_mistake_is_taken_back_for_a_quarter_of_an_hour(town):
    number = handed(town)
    with town.session() as session:
        voucher = vouchers.redeem_voucher(session, number, how="phone")
        first = voucher.used_at
        vouchers.undo_redemption(session, voucher, first)
        assert (voucher.state, voucher.used_on, voucher.how) == ("handed", None, "")
        with refuses("undone"):
            vouchers.undo_redemption(session, voucher, first)
        assert vouchers.redeem_voucher(session, number, how="call").how == "call"
        with refuses("undone"):
            vouchers.undo_redemption(session, voucher, first)
        assert voucher.state == "used", "a press of before never gives back the next use"
    town.sql("UPDATE welcome_voucher SET used_at = used_at - interval '14 minutes 50 seconds' WHERE state = 'used'")
    with town.session() as session:
        voucher = session.query(WelcomeVoucher).filter_by(number=number).one()
        assert undoable(voucher)
        vouchers.undo_redemption(session, voucher, voucher.used_at)
        vouchers.redeem_voucher(session, number, how="phone")
    town.sql("UPDATE welcome_voucher SET used_at = used_at - interval '15 minutes' WHERE state = 'used'")
    with town.session() as session:
        voucher = session.query(WelcomeVoucher).filter_by(number=number).one()
        assert not undoable(voucher)
        with refuses("late"):
            vouchers.undo_redemption(session, voucher, voucher.used_at)
    assert [entry.action for entry in town.all(AuditEntry, object_id=voucher.id)] == [
        *("welcome.voucher_used", "welcome.voucher_undone") * 2,
        "welcome.voucher_used",
    ]


def test_acc_01_a_partner_takes_back_what_it_noted_itself_and_nothing_else(town):
    number = handed(town)
    with town.session() as session:
        own = offered(session, town).organisation_id
        other = offered(session, town, partner="Café de la Loire").organisation_id
        voucher = vouchers.redeem_voucher(session, number, how="phone", organisation_id=own)
        with refuses("unknown"):
            vouchers.undo_redemption(session, voucher, voucher.used_at, organisation_id=other)
        vouchers.undo_redemption(session, voucher, voucher.used_at, organisation_id=own)
        vouchers.redeem_voucher(session, number, how="coupons")
        with refuses("theirs"):
            vouchers.undo_redemption(session, voucher, voucher.used_at, organisation_id=own)
        assert voucher.state == "used"


def test_acc_01_a_voucher_is_used_once_whatever_is_taken_back_at_the_same_moment(town):
    number = handed(town, quantity=1)

    def press(rank):
        """One of three redeems; the others take back the use that they see."""
        with town.session() as session:
            voucher = session.query(WelcomeVoucher).filter_by(number=number).one()
            try:
                if rank % 3 == 0 or voucher.used_at is None:
                    vouchers.redeem_voucher(session, number, how="phone")
                    return "redeemed"
                vouchers.undo_redemption(session, voucher, voucher.used_at)
                return "taken back"
            except Refused as refused:
                return refused.rule

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(press, range(240)))
    (voucher,) = town.all(WelcomeVoucher)
    told = [entry.action.rpartition("_")[2] for entry in by_time(town.all(AuditEntry, object_id=voucher.id))]
    assert outcomes.count("taken back") > 5, "uses and their undoing met"
    assert (told.count("used"), told.count("undone")) == (outcomes.count("redeemed"), outcomes.count("taken back"))
    assert told == ["used", "undone"] * (len(told) // 2) + ["used"] * (len(told) % 2), "never twice without an undoing"
    assert voucher.state == ("used" if len(told) % 2 else "handed")


def by_time(entries):
    return sorted(entries, key=lambda entry: entry.at)


@pytest.mark.parametrize(("last_day", "hours"), [("2026-11-05", 24), ("2027-03-28", 23), ("2026-10-25", 25)])
def test_acc_01_a_voucher_is_good_until_midnight_of_its_last_day_in_the_commune(town, last_day, hours):
    """Also on the days when the hour changes, which last 23 and 25 hours."""
    last = date.fromisoformat(last_day)
    begins = datetime.combine(last, time.min, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    numbers = [handed(town), *(handed_again(town, name) for name in ("Paul", "Zoé"))]
    town.sql("UPDATE welcome_offer SET valid_from = :day, valid_until = :day", day=last)
    town.sql("UPDATE welcome_voucher SET handed_on = :day WHERE state = 'handed'", day=last - timedelta(days=1))
    for number, seconds, rule in zip(numbers, (-1, 0, hours * 3600 - 1), ("expired", "", ""), strict=True):
        assert redeemed_at(town, begins + timedelta(seconds=seconds), number) == rule
    assert redeemed_at(town, begins + timedelta(hours=hours), numbers[0]) == "expired"


def handed_again(town, name):
    """Number of a voucher of another household."""
    with town.session() as session:
        return vouchers.hand_set(session, declared(session, town, name))[0].number


def redeemed_at(town, moment, number):
    """Redeem a voucher at a moment; gives the rule of the refusal, or nothing."""
    with time_machine.travel(moment, tick=False), town.session() as session:
        try:
            vouchers.redeem_voucher(session, number, how="phone")
        except Refused as refused:
            return refused.rule
    return ""
