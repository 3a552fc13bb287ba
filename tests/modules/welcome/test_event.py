"""ACC-05: the welcome event by invitation, who came and who did not, the opinion of those who came; what is joined after."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, update

from civique.core import clock, events
from civique.core.cases.models import CaseStep
from civique.core.committees.models import COLLEGES
from civique.core.committees.operations import add_member, create_committee
from civique.core.events import Listener, connect
from civique.core.gatherings.door import check_in
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.operations import plan_gathering
from civique.core.gatherings.registrations import open_registration, register
from civique.core.indicators.periods import Period
from civique.core.interests import InterestTold
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.modules.welcome import indicators, jobs
from civique.modules.welcome.models import WelcomeHousehold, WelcomeJoined
from civique.modules.welcome.operations.gatherings import invite_households
from civique.modules.welcome.operations.households import change_household, note_joined
from tests.modules.welcome.conftest import declared
from tests.refusals import refuses


def an_event(session, **facts):
    """A welcome event in ten days, open to those who are invited."""
    gathering = plan_gathering(
        session, "Accueil", clock.now() + timedelta(days=10), kind="welcome", place="Salle", **facts
    )
    open_registration(session, gathering, companions=5, children=True, needs=("diet",), audience="invited")
    return gathering


def after(town, days):
    """The event was some days ago."""
    town.sql("UPDATE event SET starts_at = clock_timestamp() - make_interval(days => :days)", days=days)


def states(town):
    return {row.name: row.state for row in town.all(WelcomeHousehold)}


def test_acc_05_those_who_wish_it_are_invited_then_came_or_did_not(town):
    with town.session() as session:
        for name, wishes in (("Nadia", True), ("Paul", True), ("Zoé", False)):
            declared(session, town, name, invite=wishes)
        gathering = an_event(session)
        assert invite_households(session, gathering) == 2
        with refuses("nobody"):
            invite_households(session, gathering)
    assert sorted(states(town).values()) == ["declared", "invited", "invited"]
    with town.session() as session:
        registration = session.scalars(select(Registration).order_by(Registration.name)).first()
        check_in(session, registration, came=3, key=uuid4(), at=clock.now())
    after(town, 8)
    with town.session() as session:
        for _twice in range(2):
            jobs.follow_households(session)
        (figure,) = indicators.came(session, Period.containing("civil", clock.today()))
        assert (float(figure.figure.value), figure.base) == (50.0, 2)
    assert states(town) == {"Famille de Nadia": "came", "Famille de Paul": "absent", "Famille de Zoé": "declared"}


def test_acc_05_a_check_in_that_was_a_mistake_is_taken_back(town):
    with town.session() as session:
        declared(session, town, invite=True)
        invite_households(session, an_event(session))
        registration = session.scalars(select(Registration)).one()
        first = uuid4()
        check_in(session, registration, came=2, key=first, at=clock.now())
        check_in(session, registration, came=0, key=uuid4(), at=clock.now(), instead_of=first)
    assert states(town) == {"Famille de Nadia": "invited"}


def test_acc_05_who_came_is_asked_an_opinion_once(town, mailbox):
    with town.session() as session:
        declared(session, town, invite=True)
        invite_households(session, an_event(session))
        check_in(session, session.scalars(select(Registration)).one(), came=2, key=uuid4(), at=clock.now())
    after(town, 2)
    with town.session() as session:
        for _twice in range(2):
            jobs.follow_households(session)
        asked = session.scalars(select(Message).where(Message.kind == "welcome.opinion")).one()
        path = asked.content["action"][1]
    gathering = town.one(Gathering)
    answered = town.client().submit(path, {"useful": "5", "met": "4", "again": "5", "words": "Plus de chaises"})
    assert answered.status == 303
    desk = town.client(town.person("Sylvie", "Secrétaire", "secretary"))
    assert "Plus de chaises" in desk.get(f"/mairie/avis/welcome_event/{gathering.id}").words


def test_the_event_is_invited_to_from_its_page(town):
    desk = town.client(town.person("Sylvie", "Secrétaire", "secretary"))
    with town.session() as session:
        declared(session, town, invite=True)
        gathering = an_event(session)
    page = "/mairie/bienvenue/fete"
    assert "Un foyer attend une invitation" in desk.get(page).words
    assert f"/mairie/avis/welcome_event/{gathering.id}" in desk.get(page).links()
    desk.submit(f"{page}/{gathering.id}/inviter", on=page)
    assert "attend une invitation" not in desk.get(page).words
    assert states(town) == {"Famille de Nadia": "invited"}
    assert "Personne n’est inscrit" in desk.get(page).words
    assert "Une invitation n’a pas encore de réponse" in desk.get(page).words
    new = next(link for link in desk.get(page).links() if link.startswith("/mairie/reunions/nouvelle"))
    assert desk.get(new).form("/mairie/reunions/nouvelle")["kind"] == "welcome", "one does not choose it again"


def test_what_a_household_joins_within_a_year_counts_once_and_names_nobody(town):
    with town.session() as session:
        household = declared(session, town)
        declared(session, town, "Paul")
        other = plan_gathering(session, "Atelier", clock.now() + timedelta(days=2), kind="training")
        open_registration(session, other)
        person = get_person(session, household.applicant_id)
        row = register(session, other, name=person.name, person=person, key=uuid4())
        check_in(session, row, came=1, key=uuid4(), at=clock.now())
        committee = create_committee(session, "Commission")
        add_member(session, committee, person, next(iter(COLLEGES)), since=town.today)
        for _twice in range(2):
            jobs.follow_households(session)
        (figure,) = indicators.joined(session, Period.containing("civil", clock.today()))
        assert (float(figure.figure.value), figure.base) == (50.0, 2)
    assert {row.what for row in town.all(WelcomeJoined)} == {"training", "committee"}


def test_interests_are_told_once_with_their_origin(town, monkeypatch):
    heard = []
    monkeypatch.setattr(events, "_listeners", {**events._listeners, InterestTold: []})
    connect("core", [Listener(InterestTold, lambda session, told: heard.append(told))])
    with town.session() as session:
        household = declared(session, town, interests=["volunteering"])
        change_household(session, household, interests=["volunteering", "bodies"])
    assert [(told.kind, told.origin) for told in heard] == [("volunteering", "welcome"), ("bodies", "welcome")]
    assert heard[0].person_id == household.applicant_id


def test_twelve_months_are_counted_by_the_days_of_the_commune(town):
    """Half an hour after midnight, at the change of the hour, is the day before in Greenwich."""
    with town.session() as session:
        household = declared(session, town)
        household.created_at = datetime(2025, 10, 25, 22, 30, tzinfo=UTC)
        person_id = household.applicant_id
        for day, counted in (("2025-10-25", 0), ("2025-10-26", 1), ("2026-10-26", 1), ("2026-10-27", 0)):
            session.query(WelcomeJoined).delete()
            note_joined(session, person_id, "training", date.fromisoformat(day))
            assert session.query(WelcomeJoined).count() == counted, day
        for day, percent in (("2026-10-26", 100.0), ("2026-10-27", 0.0)):
            session.query(WelcomeJoined).delete()
            session.add(WelcomeJoined(household_id=household.id, what="x", joined_on=date.fromisoformat(day)))
            session.flush()
            (figure,) = indicators.joined(session, Period.containing("civil", date(2025, 11, 1)))
            assert float(figure.figure.value) == percent, day


def test_acc_05_who_came_counts_for_the_year_of_the_invitation_and_a_mistake_does_not(town):
    """Invited in December, they came in January; another arrival was noted by mistake."""
    with town.session() as session:
        for name in ("Nadia", "Paul", "Zoé"):
            declared(session, town, name, invite=True)
        invite_households(session, an_event(session))
        for registration in session.scalars(select(Registration).order_by(Registration.name)).all()[:2]:
            first = uuid4()
            check_in(session, registration, came=2, key=first, at=clock.now())
            if "Paul" in registration.name:
                check_in(session, registration, came=0, key=uuid4(), at=clock.now(), instead_of=first)
        arrivals = select(func.min(CaseStep.at)).where(CaseStep.state == "came").scalar_subquery()
        session.execute(update(CaseStep).where(CaseStep.at < arrivals).values(at=CaseStep.at - timedelta(days=366)))
        (figure,) = indicators.came(session, Period.containing("civil", town.today - timedelta(days=366)))
        assert (float(figure.figure.value), figure.base) == (33.3, 3)
        (figure,) = indicators.came(session, Period.containing("civil", town.today))
        assert figure.base == 0, "a mistake that is taken back is no invitation"
