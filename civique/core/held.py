"""Kinds of personal data of the core besides the record, the messages and the questions (``civique.core.privacy``):
what opens the door, who acts for whom, gifts and signatures, files."""

from typing import Any

from sqlalchemy import Select, delete, func, or_, select, text, update

from civique.core import clock
from civique.core.access.models import Credential, Invitation, RoleGrant, SignInCode, WebSession
from civique.core.agreements.models import Signature
from civique.core.answers.models import AnswerDue
from civique.core.base import Base
from civique.core.committees.models import CommitteeMember, Recusal
from civique.core.contributions.models import Contribution
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.imports.models import ListImport
from civique.core.imports.operations import forget_lists_of
from civique.core.organisations.models import Organisation, Representative
from civique.core.people.models import Person, Proxy
from civique.core.tasks import Task, forget_tasks_of
from civique.core.unsent import UnsentForm
from tenants.session import TenantSession

Rows = list[dict[str, Any]]


def plain(value: Any) -> Any:
    """A value as JSON has it: dates and moments in ISO 8601."""
    return value.isoformat() if hasattr(value, "isoformat") else value


# What opens the door --------------------------------------------------------------------------------------------------


def export_access(session: TenantSession, person: Person) -> Rows:
    """Roles, ways to sign in (never their secrets), visits (their dates and what the browser said it was), works asked."""
    grants = select(RoleGrant).where(RoleGrant.person_id == person.id).order_by(RoleGrant.created_at)
    rows: Rows = [
        {
            "role": g.role,
            "scope": g.scope,
            "created_at": plain(g.created_at),
            "ended_at": plain(g.ended_at or g.ends_on),
        }
        for g in session.scalars(grants)
    ]
    keys = select(Credential).where(Credential.person_id == person.id).order_by(Credential.created_at)
    rows += [
        {"key": c.kind, "label": c.label, "created_at": plain(c.created_at), "used_at": plain(c.used_at)}
        for c in session.scalars(keys)
    ]
    visits = select(WebSession).where(WebSession.person_id == person.id).order_by(WebSession.created_at)
    rows += [
        {"visit": plain(s.created_at), "seen_at": plain(s.seen_at), "ended_at": plain(s.expires_at), "device": s.device}
        for s in session.scalars(visits)
    ]
    invitations = select(Invitation).where(Invitation.address.in_(_addresses(person))).order_by(Invitation.created_at)
    rows += [{"invitation": i.address, "created_at": plain(i.created_at)} for i in session.scalars(invitations)]
    sent = select(Invitation.created_at).where(Invitation.invited_by_id == person.id).order_by(Invitation.created_at)
    rows += [{"invitation_sent": plain(at)} for at in session.scalars(sent)]
    works = select(Task).where(Task.person_id == person.id).order_by(Task.created_at)
    rows += [{"work": t.label, "created_at": plain(t.created_at)} for t in session.scalars(works)]
    lists = select(ListImport).where(ListImport.person_id == person.id).order_by(ListImport.created_at)
    unsent = select(UnsentForm).where(UnsentForm.person_id == person.id).order_by(UnsentForm.created_at)
    rows += [
        {"unsent": u.path, "fields": [value for _name, value in u.pairs()], "created_at": plain(u.created_at)}
        for u in session.scalars(unsent)
    ]
    rows += [{"list": one.file_name, "created_at": plain(one.created_at)} for one in session.scalars(lists)]
    return rows


def erase_access(session: TenantSession, person: Person) -> None:
    """Nothing opens the door any more. Roles are ended, not deleted: that somebody held them stays true, without the name.
    The answers that the person had in charge are in nobody's charge."""
    addresses = _addresses(person)
    acting = update(WebSession).where(WebSession.acting_for_id == person.id)
    session.execute(acting.values(acting_for_id=None))
    session.execute(delete(WebSession).where(WebSession.person_id == person.id))
    session.execute(delete(UnsentForm).where(UnsentForm.person_id == person.id))
    session.execute(delete(SignInCode).where(SignInCode.address.in_(addresses)))
    theirs = or_(Invitation.address.in_(addresses), Invitation.invited_by_id == person.id)
    session.execute(delete(Invitation).where(theirs))
    session.execute(delete(Credential).where(Credential.person_id == person.id))
    live = update(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None))
    session.execute(live.values(ended_at=clock.now()))
    session.execute(update(AnswerDue).where(AnswerDue.owner_id == person.id).values(owner_id=None))
    forget_tasks_of(session, person.id)
    forget_lists_of(session, person.id)


def _addresses(person: Person) -> list[str]:
    return [address.address for address in person.emails]


# Who acts for whom ----------------------------------------------------------------------------------------------------


def export_relations(session: TenantSession, person: Person) -> Rows:
    """For whom the person acts and who acts for them, with the other's name; the organisations that they represent."""
    either = or_(Proxy.person_id == person.id, Proxy.for_person_id == person.id)
    rows: Rows = []
    for proxy in session.scalars(select(Proxy).where(either).order_by(Proxy.created_at)):
        mine = proxy.person_id == person.id
        rows.append(
            {
                "acts_for" if mine else "represented_by": proxy.name if mine else proxy.person.name,
                "kind": proxy.kind,
                "created_at": plain(proxy.created_at),
                "accepted_at": plain(proxy.accepted_at),
                "ended_at": plain(proxy.ended_at),
            }
        )
    query = (
        select(Representative, Organisation.name)
        .join(Organisation, Organisation.id == Representative.organisation_id)
        .where(Representative.person_id == person.id)
        .order_by(Representative.created_at)
    )
    for row, name in session.execute(query):
        rows.append(
            {
                "organisation": name,
                "function": row.function,
                "created_at": plain(row.created_at),
                "accepted_at": plain(row.accepted_at),
                "ended_at": plain(row.ended_at),
            }
        )
    return rows


def erase_relations(session: TenantSession, person: Person) -> None:
    """Nobody acts for them, they act for nobody."""
    session.execute(delete(Proxy).where(or_(Proxy.person_id == person.id, Proxy.for_person_id == person.id)))
    session.execute(delete(Representative).where(Representative.person_id == person.id))


# Gifts, signatures, seats ---------------------------------------------------------------------------------------------


def export_commitments(session: TenantSession, person: Person) -> Rows:
    """What the person promised or gave, the agreements that they signed, where they sit and were convened."""
    gifts = select(Contribution).where(Contribution.person_id == person.id).order_by(Contribution.created_at)
    rows: Rows = [
        {
            "gift": c.nature,
            "text": c.description,
            "quantity": str(c.quantity or ""),
            "cents": c.value_cents,
            "date": plain(c.pledged_on),
            "received_at": plain(c.received_on),
        }
        for c in session.scalars(gifts).unique()
    ]
    signed = select(Signature).where(Signature.person_id == person.id).order_by(Signature.signed_on)
    rows += [
        {"reference": s.agreement.reference, "signed_as": s.name, "means": s.means, "date": plain(s.signed_on)}
        for s in session.scalars(signed)
    ]
    return rows + _gatherings(session, person)


def _gatherings(session: TenantSession, person: Person) -> Rows:
    """Committees where the person sits, meetings to which they were convened or came, items in which they took no part."""
    seats = select(CommitteeMember).where(CommitteeMember.person_id == person.id).order_by(CommitteeMember.since)
    rows: Rows = [
        {"committee": m.committee.name, "college": m.college, "date": plain(m.since), "ended_at": plain(m.until)}
        for m in session.scalars(seats)
    ]
    called = select(Attendee, Gathering).join(Gathering).where(Attendee.person_id == person.id)
    rows += [
        {
            "gathering": g.event.title,
            "date": plain(g.event.starts_at),
            "convened": a.convened,
            "present": "" if a.present is None else a.present,
        }
        for a, g in session.execute(called.order_by(Gathering.created_at))
    ]
    recused = select(Recusal).join(CommitteeMember).where(CommitteeMember.person_id == person.id)
    rows += [
        {"recused_from": r.item.title, "date": plain(r.item.gathering.event.starts_at), "motive": r.reason}
        for r in session.scalars(recused.order_by(Recusal.id))
    ]
    return rows


def erase_commitments(session: TenantSession, person: Person) -> None:
    """What was given and signed stays in the accounts without the name; seats, convocations and recusals go."""
    gifts = update(Contribution).where(Contribution.person_id == person.id)
    session.execute(gifts.values(person_id=None, giver_name=""))
    signed = update(Signature).where(Signature.person_id == person.id)
    session.execute(signed.values(person_id=None, name=""))
    session.execute(delete(CommitteeMember).where(CommitteeMember.person_id == person.id))
    session.execute(delete(Attendee).where(Attendee.person_id == person.id))


# Files ----------------------------------------------------------------------------------------------------------------


def export_files(session: TenantSession, person: Person) -> Rows:
    """Files that the person deposited; their content is at the address of each."""
    return [
        {"file": f.name, "size": f.size, "type": f.mime, "path": f"/fichiers/{f.id}/", "date": plain(f.created_at)}
        for f in session.scalars(_files(person))
    ]


def erase_files(session: TenantSession, person: Person) -> None:
    """Files that nothing else refers to go, content too: drafts, pictures of the person. Called again once modules have
    erased their part, which may set more of them free."""
    for file in session.scalars(_files(person)).all():
        if not _used(session, file):
            drop_file(session, file)


def disown_files(session: TenantSession, person: Person) -> None:
    """What is left belongs to requests and documents that stay: without the link to the person."""
    session.execute(update(StoredFile).where(StoredFile.person_id == person.id).values(person_id=None))


def _files(person: Person) -> Select[StoredFile]:
    return select(StoredFile).where(StoredFile.person_id == person.id).order_by(StoredFile.created_at)


def _used(session: TenantSession, file: StoredFile) -> bool:
    """Whether a row of any table that this commune has, or one of its settings, refers to a file."""
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if any(k.column.table.name == "stored_file" for k in c.foreign_keys)]
        if not columns or session.execute(select(func.to_regclass(table.name))).scalar() is None:
            continue
        if session.execute(select(1).where(or_(*(c == file.id for c in columns))).limit(1)).first() is not None:
            return True
    query = text("SELECT 1 FROM setting WHERE CAST(value AS text) LIKE :id LIMIT 1")
    return session.execute(query, {"id": f"%{file.id}%"}).first() is not None
