"""The last day to ask stands in the agenda: that of the open fund, or of each of its calls."""

from datetime import timedelta

import icalendar


def closes(world, days):
    day = world.commune.today + timedelta(days=days)
    world.commune.sql("UPDATE fund SET closes_on = :day", day=day)
    return day


def test_the_last_day_of_the_open_fund(world, statements):
    day = closes(world, 20)
    visitor = world.commune.client()
    statements.clear()
    page = visitor.get("/agenda")
    assert len(statements) <= 10
    assert "Dernier jour pour demander" in page.words
    assert "Fonds d’initiative citoyenne" in page.words
    (event,) = icalendar.Calendar.from_ical(visitor.get("/agenda.ics").response.data).walk("VEVENT")
    assert event.decoded("DTSTART") == day
    assert event["SUMMARY"] == "Dernier jour pour demander (Fonds d’initiative citoyenne)"
    world.commune.sql("UPDATE fund SET state = 'closed'")
    assert "Dernier jour" not in world.commune.client().get("/agenda").words


def test_the_last_day_of_each_call(world):
    closes(world, 300)
    today = world.commune.today
    world.commune.sql("UPDATE fund SET rhythm = 'calls'")
    for name, start in (("Printemps", -90), ("Automne", 10), ("Hiver", 60)):
        world.commune.sql(
            "INSERT INTO fund_call (id, fund_id, name, opens_on, closes_on) VALUES (gen_random_uuid(), :fund, :name, :a, :b)",
            fund=world.fund.id,
            name=name,
            a=today + timedelta(days=start),
            b=today + timedelta(days=start + 30),
        )
    words = world.commune.client().get("/agenda").words
    assert "Dernier jour pour demander : Automne" in words
    assert "Dernier jour pour demander : Hiver" in words
    assert "Printemps" not in words
    assert words.count("Dernier jour") == 2


def test_a_fund_that_is_off_says_nothing(world):
    from civique.core.switching import switch_off

    closes(world, 20)
    world.commune.tenant = switch_off(world.commune.tenant, "fund")
    assert "Dernier jour" not in world.commune.client().get("/agenda").words
