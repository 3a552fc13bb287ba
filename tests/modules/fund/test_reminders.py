"""Reminders recomputed from where applications stand: once each, however often and however late the job runs."""

from datetime import timedelta

from civique.core.messages.models import Message
from civique.modules.fund.jobs import remind


def run(world, times=2):
    """Run the job, twice as a killed worker does; gives the kinds of reminders written so far."""
    for _ in range(times):
        with world.commune.session() as session:
            remind(session)
    kinds = [message.kind for message in world.commune.all(Message) if "reminder" in message.kind]
    return sorted(kinds)


def older(world, days):
    """Some days go by."""
    world.commune.sql(f"UPDATE case_step SET at = at - interval '{days} days'")
    world.commune.sql(f"UPDATE message SET created_at = created_at - interval '{days} days'")


def test_a_report_is_reminded_before_and_after_its_day(world):
    day = world.commune.today
    world.under_way(ends_on=day - timedelta(days=50))
    assert run(world) == ["fund.reminder_report_due"]
    world.commune.sql("UPDATE fund_application SET ends_on = ends_on - 20")
    assert run(world) == ["fund.reminder_report_due", "fund.reminder_report_late"]


def test_what_is_never_completed_is_reminded_then_lapses(world, mailbox):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    older(world, 31)
    assert run(world) == ["fund.reminder_to_complete"]
    assert world.now(application).state == "to_complete"
    older(world, 30)
    assert run(world) == ["fund.reminder_to_complete"]
    assert world.now(application).state == "lapsed"
    assert len([m for m in mailbox() if "close" in m["Subject"]]) == 1


def test_a_first_run_that_comes_very_late_reminds_before_it_lapses(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    older(world, 200)
    assert run(world) == ["fund.reminder_to_complete"]
    assert world.now(application).state == "to_complete"
    older(world, 16)
    run(world)
    assert world.now(application).state == "lapsed"
