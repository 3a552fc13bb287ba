"""Registering to a gathering: seats, the waiting list, the door, in a village."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from civique.core import clock, events
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.door import add_at_door, check_in
from civique.core.gatherings.events import GatheringJoined
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.queries import Headcount, SeriesCount, headcount, series_count
from civique.core.gatherings.registrations import (
    answer_invitation,
    cancel_registration,
    change_registration,
    close_registration,
    open_registration,
    register,
)
from civique.core.messages.models import Message
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from tests.refusals import refuses


@pytest.fixture
def village(make_commune):
    return make_commune("49002")


@pytest.fixture
def training(village):
    """A training in a week, open to two people, one companion each."""
    with village.session() as session:
        found = gatherings.plan_gathering(
            session, "Gestes qui sauvent", clock.now() + timedelta(days=7), kind="event", series="Secours"
        )
        open_registration(session, found, seats=2, companions=1, children=True, needs=("diet",))
        return found


def opened(session, row):
    return session.get(type(row), row.id)


def come(session, training, name="Anne Petit", **facts):
    facts = {"key": uuid4(), "email": f"{name.split()[0].lower()}@exemple.fr", **facts}
    return register(session, opened(session, training), name=name, **facts)


def states(village):
    return {row.name: row.state for row in village.all(Registration)}


def kinds(session):
    return session.scalars(select(Message.kind).order_by(Message.created_at, Message.id)).all()


def test_twenty_for_the_last_seat(village, training):
    """One takes it, nineteen wait."""
    with village.session() as session:
        come(session, training)

    def one(number):
        with village.session() as session:
            return come(session, training, f"Personne {number}").state

    with ThreadPoolExecutor(20) as threads:
        found = sorted(threads.map(one, range(20)))
    assert found == ["registered", *["waiting"] * 19]


def test_a_form_that_is_sent_twice_at_once_registers_once(village, training):
    key = uuid4()

    def one(_number):
        with village.session() as session:
            return come(session, training, key=key).id

    with ThreadPoolExecutor(5) as threads:
        assert len(set(threads.map(one, range(5)))) == 1
    assert len(village.all(Registration)) == 1


def test_a_seat_that_becomes_free_goes_to_the_first_who_fits(village, training):
    with village.session() as session:
        first = come(session, training, "Anne Petit")
        come(session, training, "Bruno Grand")
        assert come(session, training, "Chloé Deux", adults=2).state == "waiting"
        assert come(session, training, "Denis Un").state == "waiting"
        cancel_registration(session, first)
        cancel_registration(session, first)
    assert states(village) == {
        "Anne Petit": "cancelled",
        "Bruno Grand": "registered",
        "Chloé Deux": "waiting",
        "Denis Un": "registered",
    }
    with village.session() as session:
        assert kinds(session) == [
            "gathering.registered",
            "gathering.registered",
            "gathering.waiting",
            "gathering.waiting",
            "gathering.moved_up",
        ]
        told = session.scalars(select(Message).where(Message.kind == "gathering.moved_up")).one()
        assert told.address == "denis@exemple.fr"


def test_more_seats_go_to_those_who_wait(village, training):
    with village.session() as session:
        come(session, training, "Anne Petit", adults=1, children=1)
        come(session, training, "Bruno Grand")
        found = opened(session, training)
        with refuses("seats_taken"):
            open_registration(session, found, seats=1)
        open_registration(session, found, seats=3, companions=1, children=True)
    assert set(states(village).values()) == {"registered"}


def test_what_a_party_may_be(village, training):
    with village.session() as session:
        for rule, party in (
            ("companions", {"adults": 2, "children": 1}),
            ("people", {"adults": 0}),
            ("people", {"adults": -1, "children": 2}),
            ("need", {"needs": {"diet": "x" * 301}}),
        ):
            with refuses(rule):
                come(session, training, **party)
        kept = come(session, training, needs={"diet": " sans noix ", "access": "fauteuil"})
        assert kept.needs == {"diet": "sans noix"}
        open_registration(session, opened(session, training), companions=1)
        with refuses("children"):
            come(session, training, children=1)


def test_nobody_registers_once_it_is_closed(village, training):
    with village.session() as session:
        row, found = come(session, training), opened(session, training)
        with refuses("closes_late"):
            open_registration(session, found, closes_at=clock.now() + timedelta(days=8))
        close_registration(session, found)
        with refuses("closed"):
            come(session, training, "Bruno Grand")
        with refuses("closed"):
            change_registration(session, row, adults=2)
        open_registration(session, found, closes_at=clock.now() - timedelta(minutes=1))
        with refuses("closed"):
            come(session, training, "Bruno Grand")
        cancel_registration(session, row)
        assert row.state == "cancelled"


def test_a_gathering_that_is_cancelled_tells_those_who_would_come(village, training):
    with village.session() as session:
        come(session, training, "Anne Petit", adults=2)
        come(session, training, "Bruno Grand")
        cancel_registration(session, come(session, training, "Chloé Deux"))
        gatherings.cancel_gathering(session, opened(session, training))
        told = session.scalars(select(Message.address).where(Message.kind == "gathering.cancelled"))
        assert sorted(told) == ["anne@exemple.fr", "bruno@exemple.fr"]
        with refuses("closed"):
            come(session, training, "Denis Un")


def test_a_change_that_does_not_fit_changes_nothing(village, training):
    with village.session() as session:
        one, _two = come(session, training, "Anne Petit"), come(session, training, "Bruno Grand")
        with refuses("full"):
            change_registration(session, one, adults=2)
        assert one.party == 1
        cancel_registration(session, one)
        with refuses("not_registered"):
            change_registration(session, one, adults=1)


def test_one_registration_a_person(village, training):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        person = get_person(session, rose.id)
        row = come(session, training, "Rose Martin", person=person, email="")
        with refuses("already"):
            come(session, training, "Rose Martin", person=person, email="")
        cancel_registration(session, row)
        again = come(session, training, "Rose Martin", person=person, email="")
        assert (again.id, again.state) == (row.id, "registered")


def test_those_who_are_not_invited_do_not_register_on_the_site(village, training):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        open_registration(session, opened(session, training), audience="invited")
        person = get_person(session, rose.id)
        with refuses("by_invitation"):
            come(session, training, "Rose Martin", person=person)
        assert come(session, training, "Rose Martin", person=person, channel="phone").state == "registered"


def test_two_records_of_one_person_hold_one_registration(village, training):
    kept, double = village.person("Rose", "Martin"), village.person("Rose", "Martain")
    with village.session() as session:
        for person in (kept, double):
            come(session, training, person.name, person=get_person(session, person.id), email="")
        merge_people(session, get_person(session, kept.id), get_person(session, double.id))
    rows = village.all(Registration)
    assert sorted((row.person_id == kept.id, row.state) for row in rows) == [
        (False, "cancelled"),
        (True, "registered"),
    ]


# The door -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(monkeypatch):
    told = []
    monkeypatch.setitem(events._listeners, GatheringJoined, [("core", lambda session, event: told.append(event))])
    return told


def test_two_telephones_check_one_guest_in_once(village, training, heard):
    with village.session() as session:
        row = come(session, training, adults=2)
    keys = [uuid4(), uuid4()]

    def one(key):
        with village.session() as session:
            return check_in(session, opened(session, row), came=2, key=key, at=clock.now()).came_key

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(one, [*keys, *keys]))
    assert len(found) == 1
    assert found <= set(keys)
    assert [event.came for event in heard] == [2]


def test_a_check_in_is_corrected_by_whoever_saw_it(village, training, heard):
    first, second, third = uuid4(), uuid4(), uuid4()
    with village.session() as session:
        row = come(session, training, adults=2)
        check_in(session, row, came=2, key=first, at=clock.now())
        check_in(session, row, came=1, key=second, at=clock.now(), instead_of=uuid4())
        assert row.came == 2
        check_in(session, row, came=1, key=second, at=clock.now(), instead_of=first)
        assert row.came == 1
        check_in(session, row, came=0, key=third, at=clock.now(), instead_of=second)
        assert row.came is None
        check_in(session, row, came=2, key=first, at=clock.now())  # a sending that was late
        assert row.came is None
        with refuses("came"):
            check_in(session, row, came=0, key=uuid4(), at=clock.now())
    assert [event.came for event in heard] == [2, 1, 0]


def test_who_was_not_registered_is_added_at_the_door(village, training, heard):
    key = uuid4()
    with village.session() as session:
        found = opened(session, training)
        for _time in range(2):
            add_at_door(session, found, name="Un Passant", came=3, key=key, at=clock.now() + timedelta(days=1))
        (row,) = session.scalars(select(Registration))
        assert (row.came, row.channel, row.came_at <= clock.now()) == (3, "meeting", True)
        with refuses("name"):
            add_at_door(session, found, name=" ", came=1, key=uuid4(), at=clock.now())
        gatherings.cancel_gathering(session, found)
        with refuses("cancelled"):
            add_at_door(session, found, name="Un Autre", came=1, key=uuid4(), at=clock.now())
    assert [event.person_id for event in heard] == [None]


def test_attendance_tells_who_came_and_who_did_not_after_all(village, training, heard):
    rose, jean = village.person("Rose", "Martin"), village.person("Jean", "Petit")
    with village.session() as session:
        found = opened(session, training)
        gatherings.record_attendance(session, found, [rose.id])
        gatherings.record_attendance(session, found, [rose.id])
        gatherings.record_attendance(session, found, [jean.id])
    assert {(event.person_id, event.came) for event in heard} == {(rose.id, 1), (rose.id, 0), (jean.id, 1)}
    assert len(heard) == 3


def test_presences_are_no_people(village, training):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        person = get_person(session, rose.id)
        again = gatherings.plan_gathering(
            session, "Gestes qui sauvent", clock.now() + timedelta(days=14), kind="event", series="Secours"
        )
        dropped = gatherings.plan_gathering(session, "X", clock.now() + timedelta(days=9), series="Secours")
        gatherings.cancel_gathering(session, dropped)
        open_registration(session, again, companions=3, children=True)
        for one in (training, again):
            row = come(session, one, "Rose Martin", person=person, email="")
            check_in(session, row, came=2, key=uuid4(), at=clock.now())
        gatherings.record_attendance(session, again, [rose.id])
        come(session, again, "Une Autre", adults=2, children=1)
        assert headcount(session, again) == Headcount(registered=4, waiting=0, came=2, adults=3, children=1)
        assert series_count(session, "Secours") == SeriesCount(offered=2, presences=4, people=1)


def test_an_invitation_that_is_declined_takes_no_seat(village, training):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        row = Registration(
            gathering_id=training.id, person_id=rose.id, name=rose.name, state="invited", channel="letter", key=uuid4()
        )
        session.add(row)
        session.flush()
        come(session, training, "Anne Petit", adults=2)
        answer_invitation(session, row, coming=True)
        assert row.state == "waiting"
        answer_invitation(session, row, coming=False)
        assert (row.state, row.waiting_since) == ("declined", None)
        assert session.execute(select(func.count()).select_from(Gathering)).scalar_one() == 1
