"""Reading people."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from civique.core.folding import fold, holds
from civique.core.people.models import EmailAddress, Person, Proxy
from tenants.session import TenantSession


def get_person(session: TenantSession, person_id: UUID | None) -> Person | None:
    """An active person; a merged record leads to the one that stays, an erased one to nobody."""
    person = session.get(Person, person_id) if person_id else None
    while person is not None and person.merged_into_id is not None:
        person = session.get(Person, person.merged_into_id)
    return person if person is not None and person.erased_at is None else None


def people_at(session: TenantSession, address: str, *, proven: bool = False) -> Sequence[Person]:
    """Active people who share a confirmed e-mail address, eldest record first.

    Args:
        proven: the visitor has just answered a code sent there: addresses that the mairie wrote count too.
    """
    query = active_people().join(EmailAddress).where(EmailAddress.address == address).order_by(Person.id)
    if not proven:
        query = query.where(EmailAddress.confirmed_at.is_not(None))
    return session.scalars(query).unique().all()


def active_people() -> Select[Person]:
    """Query of the people who are neither merged nor erased."""
    return select(Person).where(Person.merged_into_id.is_(None), Person.erased_at.is_(None))


def named(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search: the names hold every word, or the e-mail address begins so."""
    if "@" not in text:
        return holds(text, Person.folded)
    address = text.strip().casefold()
    matching = select(EmailAddress.person_id).where(EmailAddress.address.startswith(address, autoescape=True))
    return [Person.id.in_(matching)]


def find_people(text: str = "") -> Select[Person]:
    """Query of the people whose names or e-mail hold every word, by family name."""
    query = active_people().options(selectinload(Person.emails)).order_by(Person.folded, Person.id)
    return query.where(*named(text))


def suggested(session: TenantSession, text: str, most: int = 8) -> Sequence[Person]:
    """The first people whose names or e-mail hold every word, from two letters on."""
    return session.scalars(find_people(text).limit(most)).unique().all() if len(text) >= 2 else ()


def names_of(session: TenantSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of people by identifier, for the lines of a history; an erased one has no name."""
    rows = session.scalars(select(Person).where(Person.id.in_(ids))).all() if ids else []
    return {person.id: person.name for person in rows}


def represented_by(session: TenantSession, person: Person) -> Sequence[Proxy]:
    """Relatives for whom somebody may act today."""
    query = select(Proxy).where(Proxy.person_id == person.id, Proxy.accepted_at.is_not(None), Proxy.ended_at.is_(None))
    return session.scalars(query).all()


def is_guardian(session: TenantSession, person: Person, of: Person) -> bool:
    """Whether the mairie accepted that a person acts for another as legal guardian."""
    return any(proxy.for_person_id == of.id and proxy.kind == "guardian" for proxy in represented_by(session, person))


def proxies_around(session: TenantSession, person: Person) -> Sequence[Proxy]:
    """Who acts for this person and for whom this person acts, asked or accepted, not ended."""
    either = or_(Proxy.person_id == person.id, Proxy.for_person_id == person.id)
    return session.scalars(select(Proxy).where(either, Proxy.ended_at.is_(None)).order_by(Proxy.created_at)).all()


def waiting_proxies(session: TenantSession) -> Sequence[Proxy]:
    """Requests to act for a relative that the mairie has not answered, oldest first; none of them has a record yet."""
    query = select(Proxy).where(Proxy.accepted_at.is_(None), Proxy.ended_at.is_(None)).order_by(Proxy.created_at)
    return session.scalars(query.options(joinedload(Proxy.person))).all()


def records_named(session: TenantSession, proxy: Proxy) -> Sequence[Person]:
    """Records that may be those of the relative for whom somebody asks to act: the same names, accents and case aside."""
    query = active_people().where(Person.folded == fold(f"{proxy.family_name} {proxy.given_name}"))
    return session.scalars(query.where(Person.id != proxy.person_id).order_by(Person.id)).all()


def folded_name(given_name: str, family_name: str) -> str:
    """A name as it is compared: accents, case, hyphens and apostrophes aside."""
    return fold(f"{family_name} {given_name}")


def people_named(session: TenantSession, given_name: str, family_name: str) -> Sequence[Person]:
    """Active people with a name, accents and case aside."""
    query = active_people().where(Person.folded == folded_name(given_name, family_name))
    return session.scalars(query.order_by(Person.id)).all()


def namesakes(session: TenantSession, person: Person) -> Sequence[Person]:
    """Other active people with the same folded name: perhaps two records of one person."""
    query = active_people().where(Person.folded == person.folded, Person.id != person.id)
    return session.scalars(query).all()
