"""Committees and agreements of the core, as any module meets them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core import clock
from civique.core.agreements import operations as agreements
from civique.core.agreements.models import Agreement, Signature
from civique.core.committees import operations as committees
from civique.core.committees import queries as committee_queries
from civique.core.committees.models import Attendance, CommitteeMember, Recusal
from civique.core.organisations.operations import add_organisation, name_representative
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from civique.core.refused import Refused

DUTIES = [("holder", "Planter", None), ("commune", "Fournir les plants", None)]


@pytest.fixture
def council(commune):
    """A committee of two, and a meeting to come."""
    one, two = commune.person("Une", "Membre"), commune.person("Deux", "Membre")
    with commune.session() as session:
        committee = committees.found_committee(session, "Conseil du Port")
        members = [committees.seat(session, committee, get_person(session, p.id), "citizen") for p in (one, two)]
        meeting = committees.convene(session, committee, clock.now() + timedelta(days=7), "Salle du Port")
        return committee, meeting, members, (one, two)


def opened(session, row):
    return session.get(type(row), row.id)


def refused(operation, *arguments, **named):
    with pytest.raises(Refused) as error:
        operation(*arguments, **named)
    return error.value.rule


def test_an_opinion_needs_somebody_who_may_give_it(commune, council):
    committee, meeting, members, people = council
    with commune.session() as session:
        meeting = opened(session, meeting)
        matter = committees.put_to(session, meeting, opened(session, committee), "Un projet", "/x")
        assert refused(committees.give_opinion, session, matter, "favourable", "", matter.revision) == "nobody_present"
        committees.note_attendance(session, meeting, [opened(session, members[0])])
        assert refused(committees.give_opinion, session, matter, "reserved", " ", matter.revision) == "motive"
        tied = [people[0].id]
        reason = refused(committees.give_opinion, session, matter, "favourable", "", matter.revision, people=tied)
        assert reason == "nobody_present", "the only one present is tied"
        committees.note_attendance(session, meeting, [opened(session, m) for m in members])
        committees.give_opinion(session, matter, "favourable", "", matter.revision, people=tied)
        assert [m.verdict for m in committee_queries.opinions_on(session, opened(session, committee))] == ["favourable"]


def test_two_records_of_one_member_become_one_seat_with_what_both_took_part_in(commune, council):
    committee, first, members, people = council
    with commune.session() as session:
        committee, first = opened(session, committee), opened(session, first)
        kept, double = (opened(session, member) for member in members)
        double.since = kept.since - timedelta(days=300)
        second = committees.convene(session, committee, clock.now() + timedelta(days=9), "Salle du Port")
        matter = committees.put_to(session, second, committee, "Un projet", "/x")
        committees.recuse(session, matter, double, "Voisin")
        committees.note_attendance(session, first, [kept, double])
        committees.note_attendance(session, second, [double])
        merge_people(session, *(get_person(session, one.id) for one in people))
        first_id, second_id, double_id = first.id, second.id, double.id
    with commune.session() as session:
        (seat,) = opened(session, council[0]).members
        assert (seat.id, seat.person_id, seat.since) == (kept.id, people[0].id, double.since)
        came = {(a.meeting_id, a.member_id) for a in session.scalars(select(Attendance))}
        assert came == {(first_id, seat.id), (second_id, seat.id)}
        assert [(r.member_id, r.reason) for r in session.scalars(select(Recusal))] == [(seat.id, "Voisin")]
        assert session.get(CommitteeMember, double_id) is None


def test_who_speaks_for_an_organisation_that_asks_is_recused(commune, council):
    _committee, meeting, members, people = council
    with commune.session() as session:
        club = add_organisation(session, "association", "Les Amis")
        name_representative(session, club, get_person(session, people[1].id), "présidente")
        meeting = opened(session, meeting)
        matter = committees.put_to(session, meeting, club, "Leur projet", "/x")
        committees.note_attendance(session, meeting, [opened(session, m) for m in members])
        committees.give_opinion(session, matter, "favourable", "", matter.revision, organisations=[club.id])
        assert [recusal.member_id for recusal in matter.recusals] == [members[1].id]


def test_two_secretaries_on_one_opinion(commune, council):
    committee, meeting, members, _people = council
    with commune.session() as session:
        matter = committees.put_to(session, opened(session, meeting), opened(session, committee), "Un projet", "/x")
        committees.note_attendance(session, opened(session, meeting), [opened(session, m) for m in members])
        read = matter.revision
        committees.give_opinion(session, matter, "favourable", "", read)
    with commune.session() as session, pytest.raises(StaleDataError):
        committees.give_opinion(session, opened(session, matter), "unfavourable", "Non.", read)


def test_nothing_is_put_to_a_meeting_that_is_over(commune, council):
    committee, meeting, _members, _people = council
    with commune.session() as session:
        meeting = opened(session, meeting)
        committees.call_off(session, meeting)
        assert refused(committees.put_to, session, meeting, opened(session, committee), "Tard", "/x") == "not_planned"


def test_a_member_who_left_sat_until_then(commune, council):
    committee, _meeting, members, _people = council
    tomorrow = commune.today + timedelta(days=1)
    with commune.session() as session:
        committees.unseat(session, opened(session, members[0]), until=commune.today)
        committee = opened(session, committee)
        assert len(committee_queries.members_on(session, committee, commune.today)) == 2
        assert len(committee_queries.members_on(session, committee, tomorrow)) == 1


@pytest.fixture
def agreed(commune, council):
    """A agreement that both sides may sign."""
    with commune.session() as session:
        made = agreements.draw_up_agreement(session, opened(session, council[0]), DUTIES, title="Le port fleuri")
        agreements.offer_agreement(session, made)
        return made


def test_an_agreement_is_in_force_once_both_have_signed(commune, agreed):
    with commune.session() as session:
        agreement = opened(session, agreed)
        agreements.sign_agreement(session, agreement, "holder", name="Nadia", means="paper")
        assert agreement.state == "to_sign"
        assert refused(agreements.sign_agreement, session, agreement, "holder", name="Nadia", means="paper") == "twice"
        agreements.sign_agreement(session, agreement, "commune", name="La maire", means="code")
        assert agreement.state == "signed"
        assert {s.text_sha256 for s in agreement.signatures} == {agreements.text_digest(agreement)}


def test_what_was_read_is_what_is_signed(commune, agreed):
    with commune.session() as session:
        agreement = opened(session, agreed)
        read = agreement.revision
        agreements.rewrite_agreement(session, agreement, DUTIES, purpose="Autre chose")
    with commune.session() as session, pytest.raises(StaleDataError):
        agreements.sign_agreement(session, opened(session, agreed), "holder", name="Nadia", means="code", revision=read)
    assert commune.all(Signature) == []


def test_a_side_that_undertakes_nothing_cannot_be_offered(commune, council):
    with commune.session() as session:
        made = agreements.draw_up_agreement(session, opened(session, council[0]), DUTIES[:1], title="Seul")
        assert refused(agreements.offer_agreement, session, made) == "no_duties"


def test_one_agreement_in_force_for_an_object(commune, agreed):
    with pytest.raises(IntegrityError), commune.session() as session:
        session.add(
            Agreement(
                reference="CNV-X",
                object_type=agreed.object_type,
                object_id=agreed.object_id,
                title="Doublon",
                version=9,
            )
        )


def test_a_breach_says_why(commune, agreed):
    with commune.session() as session:
        agreement = opened(session, agreed)
        assert refused(agreements.break_agreement, session, agreement, "Plus rien.") == "not_open"
        for side in ("holder", "commune"):
            agreements.sign_agreement(session, agreement, side, name="Nadia", means="paper")
        assert refused(agreements.break_agreement, session, agreement, "  ") == "motive"
        agreements.break_agreement(session, agreement, "Plus rien n’est entretenu.")
        assert agreement.state == "broken"
