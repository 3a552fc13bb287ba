"""Committees and their meetings, as any module meets them, in a village."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import clock, events
from civique.core.agenda.models import Event
from civique.core.committees import operations as committees
from civique.core.committees import queries
from civique.core.committees.events import ItemAdded, ItemSource, ItemsSought, OpinionRecorded
from civique.core.committees.models import CommitteeMember, Recusal
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.organisations.operations import add_organisation, name_representative
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from tests.refusals import refuses

PROJECT = uuid4()


@pytest.fixture
def village(make_commune):
    return make_commune("49002")


@pytest.fixture
def council(village):
    """A committee of two, and a meeting to come."""
    one, two = village.person("Une", "Membre"), village.person("Deux", "Membre")
    with village.session() as session:
        committee = committees.create_committee(session, "Conseil du Port")
        members = [committees.add_member(session, committee, get_person(session, p.id), "citizen") for p in (one, two)]
        meeting = committees.plan_meeting(session, committee, clock.now() + timedelta(days=7), "Salle du Port")
        return committee, meeting, members, (one, two)


@pytest.fixture
def hear(village, monkeypatch):
    """Listens as a module that is on would."""

    def listen(kind, function):
        monkeypatch.setitem(events._listeners, kind, [("core", function)])

    return listen


def opened(session, row):
    return session.get(type(row), row.id)


def project(**facts):
    return ItemSource("Un projet", "project", PROJECT, "/x", **facts)


def come(session, meeting, *members):
    gatherings.record_attendance(session, opened(session, meeting), [member.person_id for member in members])


def test_an_opinion_needs_somebody_who_may_give_it(village, council, hear):
    _committee, meeting, members, people = council
    hear(ItemsSought, lambda session, sought: sought.found.append(project(people=(people[0].id,))))
    with village.session() as session:
        item = committees.add_item(session, opened(session, meeting), project())
        with refuses("nobody_present"):
            committees.record_opinion(session, item, "favourable", "", item.revision)
        come(session, meeting, members[0])
        with refuses("motive"):
            committees.record_opinion(session, item, "reserved", " ", item.revision)
        with refuses("nobody_present"):  # the only one present is tied
            committees.record_opinion(session, item, "favourable", "", item.revision)
        come(session, meeting, *members)
        committees.record_opinion(session, item, "favourable", "", item.revision)
        (given,) = session.scalars(select(type(item)).where(type(item).object_id == PROJECT))
        assert (given.verdict, [r.member_id for r in given.recusals]) == ("favourable", [members[0].id])


def test_opinions_on_an_object_are_found_from_it(village, council):
    committee, meeting, members, _people = council
    with village.session() as session:
        committee = opened(session, committee)
        source = ItemSource("Le comité lui-même", "committee", committee.id)
        item = committees.add_item(session, opened(session, meeting), source)
        assert queries.waiting_item(session, committee) is item
        come(session, meeting, *members)
        committees.record_opinion(session, item, "favourable", "", item.revision)
        assert queries.waiting_item(session, committee) is None
        assert [found.verdict for found in queries.opinions_on(session, committee)] == ["favourable"]


def test_two_records_of_one_member_become_one_seat_with_what_both_took_part_in(village, council):
    committee, first, members, people = council
    with village.session() as session:
        committee, first = opened(session, committee), opened(session, first)
        kept, double = (opened(session, member) for member in members)
        double.since = kept.since - timedelta(days=300)
        second = committees.plan_meeting(session, committee, clock.now() + timedelta(days=9), "Salle du Port")
        item = committees.add_item(session, second, project())
        committees.recuse_member(session, item, double, "Voisin")
        come(session, first, kept, double)
        come(session, second, double)
        merge_people(session, *(get_person(session, one.id) for one in people))
        first_id, second_id, double_id = first.id, second.id, double.id
    with village.session() as session:
        (seat,) = opened(session, council[0]).members
        assert (seat.id, seat.person_id, seat.since) == (kept.id, people[0].id, double.since)
        came = {(a.gathering_id, a.person_id) for a in session.scalars(select(Attendee).where(Attendee.present))}
        assert came == {(first_id, seat.person_id), (second_id, seat.person_id)}
        assert [(r.member_id, r.reason) for r in session.scalars(select(Recusal))] == [(seat.id, "Voisin")]
        assert session.get(CommitteeMember, double_id) is None


def test_who_speaks_for_an_organisation_that_asks_is_recused(village, council, hear):
    _committee, meeting, members, people = council
    with village.session() as session:
        club = add_organisation(session, "association", "Les Amis")
        name_representative(session, club, get_person(session, people[1].id), "présidente")
        source = ItemSource("Leur projet", "organisation", club.id, organisations=(club.id,))
        hear(ItemsSought, lambda session, sought: sought.found.append(source))
        item = committees.add_item(session, opened(session, meeting), source)
        come(session, meeting, *members)
        committees.record_opinion(session, item, "favourable", "", item.revision)
        assert [recusal.member_id for recusal in item.recusals] == [members[1].id]


def test_two_secretaries_on_one_opinion(village, council):
    _committee, meeting, members, _people = council
    with village.session() as session:
        item = committees.add_item(session, opened(session, meeting), project())
        come(session, meeting, *members)
        read = item.revision
        committees.record_opinion(session, item, "favourable", "", read)
    with village.session() as session, pytest.raises(StaleDataError):
        committees.record_opinion(session, opened(session, item), "unfavourable", "Non.", read)


def test_two_secretaries_on_the_minutes(village, council):
    _committee, meeting, _members, _people = council
    with village.session() as session:
        gatherings.close_gathering(session, opened(session, meeting), "Tout va bien.", meeting.revision)
    with village.session() as session, pytest.raises(StaleDataError):
        gatherings.close_gathering(session, opened(session, meeting), "Rien ne va.", meeting.revision)
    assert village.one(Gathering).minutes == "Tout va bien."


def test_nothing_is_put_to_a_meeting_that_is_over(village, council):
    _committee, meeting, _members, _people = council
    with village.session() as session:
        meeting = opened(session, meeting)
        gatherings.cancel_gathering(session, meeting)
        with refuses("not_planned"):
            committees.add_item(session, meeting, project())
        with refuses("not_planned"):
            gatherings.cancel_gathering(session, meeting)
        with refuses("cancelled"):
            come(session, meeting)


def test_what_was_said_stays_on_the_order_of_the_day(village, council):
    _committee, meeting, members, _people = council
    with village.session() as session:
        meeting = opened(session, meeting)
        free, item = (committees.add_item(session, meeting, s) for s in (ItemSource("Divers"), project()))
        assert committees.add_item(session, meeting, project()) is item, "an object is there once"
        committees.remove_item(session, free)
        assert [one.id for one in queries.items_of(session, meeting)] == [item.id]
        come(session, meeting, *members)
        committees.record_opinion(session, item, "favourable", "", item.revision)
        with refuses("opinion_given"):
            committees.remove_item(session, item)
        with refuses("opinion_given"):
            committees.recuse_member(session, item, opened(session, members[0]), "Trop tard")


def test_four_clicks_seat_one_person_once(village):
    person = village.person("Nadia", "Habitante")
    with village.session() as session:
        committee = committees.create_committee(session, "Comité")

    def seat(_number):
        with village.session() as session:
            found = opened(session, committee)
            found.members  # noqa: B018 (read, as the page does)
            committees.add_member(session, found, get_person(session, person.id), "citizen")

    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(seat, n) for n in range(4)]]
    assert len(village.all(CommitteeMember)) == 1
    with village.session() as session:
        member = opened(session, committee).members[0]
        committees.end_membership(session, member)
        committees.add_member(session, member.committee, get_person(session, person.id), "citizen")
    assert len(village.all(CommitteeMember)) == 2, "a seat may be given again"


def test_a_member_who_left_sat_until_then(village, council):
    committee, _meeting, members, _people = council
    tomorrow = village.today + timedelta(days=1)
    with village.session() as session:
        committees.end_membership(session, opened(session, members[0]), until=village.today)
        assert len(queries.members_on(session, committee.id, village.today)) == 2
        assert len(queries.members_on(session, committee.id, tomorrow)) == 1


def test_who_sits_is_convened_and_who_left_is_not(village, council):
    committee, meeting, members, people = council
    third = village.person("Trois", "Membre")
    with village.session() as session:
        committees.end_membership(session, opened(session, members[0]))
        committees.add_member(session, opened(session, committee), get_person(session, third.id), "elected", "maire")
        roll = queries.roll(session, opened(session, meeting))
        said = [(attendee.person.name, attendee.convened, attendee.present, m.function) for attendee, m in roll]
        assert said == [("Deux Membre", True, None, ""), ("Trois Membre", True, None, "maire")]
        assert people[0].id not in {attendee.person_id for attendee, _member in roll}


def test_a_meeting_is_in_the_agenda_of_the_town_hall_alone(village, council):
    """AGE-01: no copy; its cancellation is the agenda's."""
    _committee, meeting, _members, _people = council
    event = village.one(Event)
    assert (event.title, event.where, event.public) == ("Conseil du Port", "Salle du Port", False)
    assert (event.origin_type, event.origin_id) == ("gathering", meeting.id)
    with village.session() as session:
        gatherings.cancel_gathering(session, opened(session, meeting))
    assert village.one(Event).state == village.one(Gathering).state == "cancelled"


def test_a_gathering_needs_no_committee(village):
    """A workshop, a ceremony: people who were not convened come too."""
    called, passing = village.person("Une", "Appelée"), village.person("Un", "Passant")
    with village.session() as session:
        workshop = gatherings.plan_gathering(
            session, "Atelier vélo", clock.now(), kind="workshop", place="Halle", convened=[called.id], public=True
        )
        gatherings.record_attendance(session, workshop, [passing.id])
        came = {attendee.person_id: (attendee.convened, attendee.present) for attendee in workshop.attendees}
        assert came == {called.id: (True, False), passing.id: (False, True)}
        assert queries.committee_of(session, workshop) is None


def test_a_module_may_refuse_what_is_put_or_said(village, council, hear):
    _committee, meeting, members, _people = council

    def refuse(session, happened):
        raise Refused("Non.", rule="FON-07")

    hear(ItemAdded, refuse)
    with village.session() as session, refuses("FON-07"):
        committees.add_item(session, opened(session, meeting), project())
    hear(ItemAdded, lambda session, added: None)
    hear(OpinionRecorded, refuse)
    with village.session() as session:
        item = committees.add_item(session, opened(session, meeting), project())
        come(session, meeting, *members)
        with refuses("FON-07"):
            committees.record_opinion(session, item, "favourable", "", item.revision)
