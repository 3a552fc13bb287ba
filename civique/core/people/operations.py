"""Writing people: register, correct, merge, erase."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from civique.core import audit, clock
from civique.core.base import Base
from civique.core.events import tell
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.people.models import EmailAddress, Person, Proxy
from civique.core.people.queries import folded_name
from civique.core.refused import Refused
from tenants.session import TenantSession

CORRECTABLE = frozenset(
    [
        "given_name",
        "family_name",
        "birth_date",
        "phone",
        "street",
        "postal_code",
        "city",
        "territory_id",
        "locale",
        "channel",
    ]
)


def register_person(
    session: TenantSession, given_name: str, family_name: str, *, email: str | None = None, **facts: Any
) -> Person:
    """Add a person; with an e-mail address, it is confirmed apart (by a code). Without, messages become letters."""
    person = Person(given_name=given_name.strip(), family_name=family_name.strip(), folded="", **facts)
    person.folded = folded_name(person.given_name, person.family_name)
    if email is None and "channel" not in facts:
        person.channel = "letter"
    session.add(person)
    session.flush()
    if email is not None:
        add_address(session, person, email)
    audit.record(session, "person.registered", person)
    return person


def add_address(
    session: TenantSession, person: Person, address: str, confirmed_at: datetime | None = None
) -> EmailAddress:
    """Give a person an e-mail address, or confirm the one they have."""
    query = select(EmailAddress).where(EmailAddress.person_id == person.id, EmailAddress.address == address)
    email = session.scalars(query).one_or_none()
    if email is None:
        email = EmailAddress(person_id=person.id, address=address)
        session.add(email)
    if confirmed_at is not None:
        email.confirmed_at = email.confirmed_at or confirmed_at
        email.bounced_at = None
        if person.trust == "declared":
            person.trust = "confirmed"
    session.flush()
    session.refresh(person, ["emails"])
    return email


def replace_address(session: TenantSession, person: Person, address: str) -> None:
    """Change somebody's e-mail, once the new one answered a code; the others of the person are dropped."""
    kept = add_address(session, person, address, confirmed_at=clock.now())
    for other in list(person.emails):
        if other.id != kept.id:
            session.delete(other)
    session.flush()
    session.refresh(person, ["emails"])
    audit.record(session, "person.address_changed", person)


def correct_person(session: TenantSession, person: Person, **facts: Any) -> None:
    """Change what is known of a person; the audit says which fields, not what they held.

    Raises:
        TypeError: a field that nobody corrects by hand.
    """
    unknown = set(facts) - CORRECTABLE
    if unknown:
        raise TypeError(f"not correctable: {sorted(unknown)}")
    changed = [name for name, value in facts.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, facts[name])
    person.folded = folded_name(person.given_name, person.family_name)
    session.flush()
    if changed:
        audit.record(session, "person.corrected", person, fields=" ".join(sorted(changed)))


def verify_person(session: TenantSession, person: Person) -> None:
    """The mairie has seen who it is: highest level of trust."""
    person.trust = "verified"
    session.flush()
    audit.record(session, "person.verified", person)


def merge_people(session: TenantSession, kept: Person, double: Person) -> None:
    """Make two records of one person one: every row that pointed to the double points to the kept one.

    The double stays, empty, and leads to the kept record; the audit holds both ids, so the trace survives.

    Raises:
        Refused: same record, or one that is merged or erased already.
    """
    if kept.id == double.id or not kept.active or not double.active:
        raise Refused(_("These two records are one already."), rule="one_already")
    own = {address.address for address in kept.emails}
    for address in list(double.emails):
        if address.address in own:
            session.delete(address)
    session.flush()
    tell(session, PeopleMerged(kept.id, double.id))
    _repoint(session, kept.id, double.id)
    for name in ("birth_date", "phone", "street", "postal_code", "city", "territory_id"):
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(double, name))
            setattr(double, name, None)
    double.merged_into_id = kept.id
    session.flush()
    session.expire(kept, ["emails"])
    session.expire(double, ["emails"])
    audit.record(session, "person.merged", kept, double=double.id)


def _repoint(session: TenantSession, kept: UUID, double: UUID) -> None:
    """Move every foreign key from one person to the other, whatever module the table belongs to.

    A row that would then be there twice (both represent the same association) is dropped for the double.
    """
    for table in Base.metadata.sorted_tables:
        own = [c for c in table.columns if any(k.column.table.name == "person" for k in c.foreign_keys)]
        if table.name == "person" or not own or not _exists(session, table.name):
            continue
        key = list(table.primary_key.columns)
        for column in own:
            for row in session.execute(select(*key).where(column == double)).all():
                here = and_(*(c == value for c, value in zip(key, row, strict=True)))
                try:
                    with session.begin_nested():
                        session.execute(update(table).where(here).values({column.name: kept}))
                except IntegrityError:
                    session.execute(delete(table).where(here))


def count_rows(session: TenantSession, person: Person) -> dict[str, int]:
    """How many rows of each table point to a person: what a merge would move. Tables without any are left out."""
    found: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        own = [c for c in table.columns if any(k.column.table.name == "person" for k in c.foreign_keys)]
        if table.name == "person" or not own or not _exists(session, table.name):
            continue
        number = session.execute(select(func.count()).select_from(table).where(or_(*(c == person.id for c in own))))
        if count := number.scalar_one():
            found[table.name] = count
    return found


def _exists(session: TenantSession, table: str) -> bool:
    """Whether this commune has a table: a module that was never switched on has none."""
    return session.execute(select(func.to_regclass(table))).scalar() is not None


def ask_proxy(session: TenantSession, person: Person, given_name: str, family_name: str, kind: str) -> Proxy:
    """Ask to act for a relative, by the names that were typed; asking again changes what was asked, until the mairie
    answers.

    Raises:
        Refused: the relative has the name of who asks.
    """
    folded = folded_name(given_name, family_name)
    if folded == person.folded:
        raise Refused(_("This is you. Write the name of the relative."), "given_name", rule="oneself")
    live = session.scalars(select(Proxy).where(Proxy.person_id == person.id, Proxy.ended_at.is_(None)))
    proxy = next((one for one in live if folded_name(one.given_name, one.family_name) == folded), None)
    if proxy is None:
        proxy = Proxy(person_id=person.id, given_name=given_name, family_name=family_name, kind=kind)
        session.add(proxy)
    if proxy.accepted_at is None:
        proxy.kind = kind
    session.flush()
    audit.record(session, "proxy.asked", proxy)
    return proxy


def accept_proxy(session: TenantSession, proxy: Proxy, relative: Person | None) -> None:
    """The mairie has seen the link between the two people.

    Args:
        relative: whose record it is; None makes one.

    Raises:
        Refused: they may act for this person already.
    """
    same = select(Proxy.id).where(
        Proxy.person_id == proxy.person_id,
        Proxy.for_person_id == (relative.id if relative else None),
        Proxy.ended_at.is_(None),
        Proxy.id != proxy.id,
    )
    if session.scalars(same).first() is not None:
        raise Refused(_("%(name)s may act for this person already.", name=proxy.person.name), rule="accepted_already")
    proxy.for_person = relative or register_person(session, proxy.given_name, proxy.family_name)
    proxy.accepted_at = proxy.accepted_at or clock.now()
    session.flush()
    audit.record(session, "proxy.accepted", proxy)


def end_proxy(session: TenantSession, proxy: Proxy) -> None:
    """Nobody acts for the other any more."""
    proxy.ended_at = clock.now()
    session.flush()
    audit.record(session, "proxy.ended", proxy)


def erase_person(session: TenantSession, person: Person) -> None:
    """Empty a person's record. What modules hold is erased first, by :func:`civique.core.privacy.erase`."""
    for address in list(person.emails):
        session.delete(address)
    for name in ("birth_date", "phone", "street", "postal_code", "city", "territory_id"):
        setattr(person, name, None)
    person.given_name, person.family_name, person.folded = "", "", ""
    person.channel, person.trust, person.erased_at = "none", "declared", clock.now()
    session.flush()
    audit.record(session, "person.erased", person)
