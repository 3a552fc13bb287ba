"""Reading households, their relays, what they ticked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, cast, func, select, text
from sqlalchemy.orm import joinedload

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.cases import queries as cases
from civique.core.committees.models import CommitteeMember
from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.loading import among
from civique.core.people.models import Person
from civique.modules.welcome.models import HouseholdState as S
from civique.modules.welcome.models import WelcomeHousehold as Household
from civique.modules.welcome.models import WelcomeRelay as Relay
from civique.modules.welcome.models import WelcomeTick
from tenants.session import TenantSession

KIND = "welcome"
"""Code of the welcome events among the kinds of gatherings."""
SIZE = Household.adults + Household.children
LIVE = Household.state != S.ANONYMISED
TO_GREET = and_(Household.visit, Household.greeted_on.is_(None), LIVE)
NO_RELAY = and_(TO_GREET, Household.relay_id.is_(None))
LATE = and_(TO_GREET, Household.greet_by < bindparam("today", type_=Date))
KIT_TO_HAND = Household.state == S.DECLARED
LINES = cases.lines(
    Household,
    func.coalesce(func.nullif(Household.name, ""), Household.reference),
    Household.created_at,
    SIZE.label("size"),
    Household.arrived_on,
    Household.greet_by,
    Household.greeted_on,
    Household.visit,
)
BY_ARRIVAL = (Household.arrived_on.desc(), Household.id)
SEARCHED = cases.said_in(Household, Household.name, Household.words)


def household_of(session: TenantSession, person: Person) -> Household | None:
    """The household for which somebody speaks, when it is not anonymised; the last one they declared."""
    query = select(Household).where(Household.applicant_id == person.id, LIVE).order_by(Household.created_at.desc())
    return session.scalars(query.limit(1)).unique().first()


def households_of(session: TenantSession, ids: Sequence[UUID]) -> Sequence[Household]:
    """Those of these households that are there and not anonymised, in the order of their references."""
    query = cases.whole(Household).where(Household.id.in_(ids), LIVE).order_by(Household.reference)
    return session.scalars(query).unique().all()


def kits_to_hand(session: TenantSession) -> Sequence[UUID]:
    """Households whose kit is still to be handed over, the eldest first."""
    return session.scalars(select(Household.id).where(KIT_TO_HAND).order_by(Household.created_at)).all()


def to_ask_opinion(
    session: TenantSession, since: datetime, until: datetime
) -> Sequence[tuple[Household, Registration]]:
    """Households that came to a welcome event between two moments, each with its registration."""
    query = (
        select(Household, Registration)
        .join(Registration, Registration.person_id == Household.applicant_id)
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .join(Event, Event.id == Gathering.event_id)
        .where(LIVE, Gathering.kind == KIND, Registration.came > 0, Event.starts_at.between(since, until))
    )
    rows = session.execute(query.with_for_update(of=Household, skip_locked=True)).unique()
    return [(household, registration) for household, registration in rows]


def relays(session: TenantSession) -> Sequence[Relay]:
    """Relays that greet today, those of a territory first."""
    query = select(Relay).options(joinedload(Relay.person), joinedload(Relay.territory))
    query = query.where(Relay.ended_on.is_(None)).order_by(Relay.territory_id.is_(None), Relay.kind, Relay.id)
    return session.scalars(query).all()


def relay_for(session: TenantSession, territory_id: UUID | None) -> Relay | None:
    """Who greets a household of a territory (ACC-04): a relay of that territory, otherwise one of the whole commune; among
    several, whoever has the fewest households to greet."""
    load = select(func.count()).where(Household.relay_id == Relay.id, TO_GREET).scalar_subquery()
    near = case((Relay.territory_id == territory_id, 0), else_=1)
    query = select(Relay).where(
        Relay.ended_on.is_(None), (Relay.territory_id == territory_id) | Relay.territory_id.is_(None)
    )
    return session.scalars(query.order_by(near, load, Relay.created_at, Relay.id).limit(1)).first()


def relays_of(session: TenantSession, person: Person) -> Sequence[Relay]:
    """The relays that are this person, today."""
    return session.scalars(select(Relay).where(Relay.person_id == person.id, Relay.ended_on.is_(None))).all()


def to_greet(session: TenantSession, person: Person) -> Sequence[Household]:
    """Households that a relay has still to greet, the most urgent first."""
    query = cases.whole(Household).join(Relay, Relay.id == Household.relay_id)
    query = query.where(Relay.person_id == person.id, Relay.ended_on.is_(None), TO_GREET)
    return session.scalars(query.order_by(Household.greet_by, Household.id)).unique().all()


def greeting_due(session: TenantSession, day: date) -> Sequence[Household]:
    """Households whose visit is due by a day, locked: whoever reminds holds them."""
    query = select(Household).where(TO_GREET, Household.relay_id.is_not(None), Household.greet_by <= day)
    return session.scalars(query.with_for_update(of=Household, skip_locked=True)).unique().all()


def silent_since(session: TenantSession, day: date) -> Sequence[Household]:
    """Households declared before a day that were not asked for news yet."""
    states = (S.DECLARED, S.KIT_HANDED, S.INVITED, S.CAME, S.ABSENT)
    query = select(Household).where(among(Household.state, states), Household.created_at < day)
    return session.scalars(query).unique().all()


def to_anonymise(session: TenantSession, day: date) -> Sequence[Household]:
    """Households declared before a day that did not ask to stay in touch (ACC-06)."""
    query = select(Household).where(LIVE, Household.created_at < day, Household.keep_touch.is_(False))
    return session.scalars(query).unique().all()


def invitable() -> Select[Household]:
    """Query of the households that wish to be invited and were not yet: they have a person to write to."""
    states = (S.DECLARED, S.KIT_HANDED, S.ABSENT, S.REMINDED)
    return select(Household).where(
        Household.invite, among(Household.state, states), Household.applicant_id.is_not(None)
    )


def count_invitable(session: TenantSession) -> int:
    """How many households wait for an invitation."""
    return int(session.execute(select(func.count()).select_from(invitable().subquery())).scalar_one())


def unanswered(session: TenantSession, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many invitations to each of these gatherings have no answer yet; a gathering without any is not there."""
    query = select(Registration.gathering_id, func.count()).group_by(Registration.gathering_id)
    query = query.where(Registration.gathering_id.in_(ids), Registration.state == RegistrationState.INVITED)
    return dict(session.execute(query).all())


def declared_on() -> ColumnElement[date]:
    """The day on which a household declared itself, in the commune."""
    return cast(func.timezone(clock.zone().key, Household.created_at), Date)


def a_year_after() -> ColumnElement[date]:
    """The last day of the twelve months that follow, as one counts them: the same day a year later."""
    return cast(declared_on() + text("interval '1 year'"), Date)


def household_during(session: TenantSession, person_id: UUID, day: date) -> Household | None:
    """The household of somebody, declared within the twelve months before a day: what they join then counts."""
    within = (declared_on() <= day) & (a_year_after() >= day)
    query = select(Household).where(Household.applicant_id == person_id, LIVE, within)
    return session.scalars(query.order_by(Household.created_at.desc()).limit(1)).unique().first()


def new_seats() -> Select[UUID, date]:
    """Query of the people of a household who sit on a committee since it declared itself, and since when."""
    query = select(CommitteeMember.person_id, CommitteeMember.since)
    query = query.join(Household, Household.applicant_id == CommitteeMember.person_id)
    return query.where(LIVE, CommitteeMember.since >= declared_on())


def ticked(session: TenantSession, household: Household) -> set[UUID]:
    """First steps that a household has taken."""
    return set(session.scalars(select(WelcomeTick.item_id).where(WelcomeTick.household_id == household.id)))
