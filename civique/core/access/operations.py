"""Sessions, second factors, roles, invitations. The codes that come by e-mail are in :mod:`civique.core.access.codes`."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from civique.core import audit, clock
from civique.core.access import queries
from civique.core.access.models import Credential, Invitation, RoleGrant, SignInCode, WebSession
from civique.core.access.secret import seal, unseal
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import folded_name
from civique.core.refused import Refused
from tenants.session import TenantSession

SESSION_LIFE = timedelta(days=30)
STAFF_SESSION_LIFE = timedelta(hours=12)
STRONG_LIFE = STAFF_SESSION_LIFE
INVITATION_LIFE = timedelta(days=14)


def open_session(
    session: TenantSession, person: Person, *, device: str = "", code: SignInCode | None = None, strong: bool = False
) -> str:
    """Sign a person in.

    Returns:
        The token for the cookie; the database keeps its hash.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    life = STAFF_SESSION_LIFE if session.scalars(queries.live_grants(person.id)).first() else SESSION_LIFE
    session.add(
        WebSession(
            token_hash=token_hash(token),
            person_id=person.id,
            seen_at=now,
            expires_at=now + life,
            device=device[:120],
            strong_at=now if strong else None,
        )
    )
    if code is not None:
        code.used_at = now
    person.seen_at = now
    session.info.setdefault("actor_id", person.id)
    session.flush()
    audit.record(session, "access.signed_in", person)
    return token


def find_session(session: TenantSession, token: str) -> tuple[WebSession, tuple[queries.Grant, ...]] | None:
    """The signed-in browser of a cookie and the roles of its person today, in one query; None when it ended.

    Notes the visit at most every ten minutes.
    """
    found = queries.session_and_grants(session, token_hash(token))
    now = clock.now()
    if found is None or found[0].expires_at < now or not found[0].person.active:
        return None
    row = found[0]
    if now - row.seen_at > timedelta(minutes=10):
        session.execute(update(WebSession).where(WebSession.token_hash == row.token_hash).values(seen_at=now))
    return found


def close_session(session: TenantSession, token: str) -> None:
    """Sign a browser out."""
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))


def close_all_sessions(session: TenantSession, person: Person, keep: str | None = None) -> None:
    """Sign a person out everywhere, but here when the token of this browser is given."""
    query = delete(WebSession).where(WebSession.person_id == person.id)
    session.execute(query.where(WebSession.token_hash != token_hash(keep)) if keep else query)
    audit.record(session, "access.signed_out_everywhere", person)


def close_one_session(session: TenantSession, person: Person, hashed: bytes) -> None:
    """Sign one browser of a person out, named by the hash of its token."""
    session.execute(delete(WebSession).where(WebSession.person_id == person.id, WebSession.token_hash == hashed))
    audit.record(session, "access.signed_out_elsewhere", person)


def act_for(session: TenantSession, web_session: WebSession, relative: Person | None) -> None:
    """Act for a relative in this browser, or for oneself again. The caller checked the proxy."""
    web_session.acting_for_id = relative.id if relative else None
    session.flush()
    audit.record(session, "access.acting_for", web_session.person, relative=relative and relative.id)


def token_hash(token: str) -> bytes:
    """What the database keeps of a random token."""
    return hashlib.sha256(token.encode()).digest()


# Second factors --------------------------------------------------------------------------------------------------


def start_totp(session: TenantSession, person: Person) -> tuple[Credential, str]:
    """Prepare an authenticator; it counts once a first code was typed.

    Returns:
        The credential and its base32 secret, to show as a QR code.
    """
    import pyotp

    waiting = delete(Credential).where(
        Credential.person_id == person.id, Credential.kind == "totp", Credential.confirmed_at.is_(None)
    )
    session.execute(waiting)
    secret = pyotp.random_base32()
    credential = Credential(person_id=person.id, kind="totp", secret=seal(secret))
    session.add(credential)
    session.flush()
    return credential, secret


def totp_secret(credential: Credential) -> str:
    """Base32 key of an authenticator that is being set up, to show it again after a wrong code."""
    return unseal(credential.secret)


def totp_address(secret: str, label: str, issuer: str) -> str:
    """``otpauth://`` address for the QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=issuer)


def check_totp(session: TenantSession, credential: Credential, code: str) -> bool:
    """Whether a six-digit code is right now, one step of 30 s around allowed. A code works once."""
    import pyotp

    session.refresh(credential, with_for_update=True)
    totp = pyotp.TOTP(unseal(credential.secret))
    digits = "".join(c for c in code if c.isdigit())
    now = clock.now()
    step = next((s for s in (-1, 0, 1) if totp.verify(digits, for_time=now + timedelta(seconds=30 * s))), None)
    if step is None:
        return False
    counter = int(now.timestamp()) // 30 + step
    if counter <= credential.details.get("counter", 0):
        return False
    credential.details = {**credential.details, "counter": counter}
    credential.confirmed_at = credential.confirmed_at or now
    credential.used_at = now
    session.flush()
    return True


def new_recovery_codes(session: TenantSession, person: Person) -> list[str]:
    """Ten codes to print, which replace the former ones; each opens once."""
    session.execute(delete(Credential).where(Credential.person_id == person.id, Credential.kind == "recovery"))
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(10)]
    for code in codes:
        hashed = hashlib.sha256(code.encode()).hexdigest()
        session.add(Credential(person_id=person.id, kind="recovery", secret=hashed, confirmed_at=clock.now()))
    session.flush()
    audit.record(session, "access.recovery_codes_made", person)
    return codes


def use_recovery_code(session: TenantSession, person: Person, code: str) -> bool:
    """Spend a recovery code, typed with or without its hyphen, spaces and capitals."""
    typed = "".join(c for c in code.lower() if c in "0123456789abcdef")
    hashed = hashlib.sha256(f"{typed[:6]}-{typed[6:]}".encode()).hexdigest()
    query = (
        select(Credential)
        .where(Credential.person_id == person.id, Credential.kind == "recovery", Credential.secret == hashed)
        .with_for_update()
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        return False
    session.delete(found)
    session.flush()
    audit.record(session, "access.recovery_code_used", person)
    return True


def strengthen(session: TenantSession, web_session: WebSession) -> None:
    """Note that the second factor was given in this browser."""
    web_session.strong_at = clock.now()
    session.flush()
    audit.record(session, "access.second_factor_given", web_session.person)


def is_strong(web_session: WebSession | None, at: datetime | None = None) -> bool:
    """Whether the second factor was given lately enough for something sensitive."""
    if web_session is None or web_session.strong_at is None:
        return False
    return (at or clock.now()) - web_session.strong_at < STRONG_LIFE


def drop_factor(session: TenantSession, credential: Credential) -> None:
    """Remove an authenticator, a passkey or a password."""
    session.delete(credential)
    session.flush()
    audit.record(session, "access.factor_dropped", credential, kind=credential.kind)


def reset_factors(session: TenantSession, person: Person, proof: str) -> None:
    """Recovery by an operator when everything is lost: factors and sessions go, the proof seen is in the audit."""
    session.execute(delete(Credential).where(Credential.person_id == person.id))
    close_all_sessions(session, person)
    audit.record(session, "access.factors_reset", person, proof=proof)


def set_password(session: TenantSession, person: Person, password: str) -> None:
    """Choose a password, instead of a code by e-mail at each visit. argon2id, 19 MiB (OWASP's first choice)."""
    session.execute(delete(Credential).where(Credential.person_id == person.id, Credential.kind == "password"))
    session.add(
        Credential(person_id=person.id, kind="password", secret=_hasher().hash(password), confirmed_at=clock.now())
    )
    session.flush()
    audit.record(session, "access.password_set", person)


def check_password(session: TenantSession, people: list[Person], password: str) -> Person | None:
    """Which of the people at an address has this password. An unknown address costs as much time as a known one."""
    from argon2.exceptions import VerificationError

    hasher = _hasher()
    secrets_: list[tuple[Person | None, str]] = [
        (p, c.secret) for p in people for c in queries.factors(session, p, "password")
    ]
    for person, stored in secrets_ or [(None, _DUMMY)]:
        try:
            hasher.verify(stored, password)
        except VerificationError:
            continue
        return person
    return None


def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


_DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$Y2l2aXF1ZWNpdmlxdWU$bVR2C3S8w7k1m0Zr4yW2c0g6E7H0m2l9o3qv8l4cQ2E"


# Roles and invitations -------------------------------------------------------------------------------------------


def grant_role(
    session: TenantSession,
    person: Person,
    role: str,
    *,
    scope: str = "commune",
    scope_id: str = "",
    ends_on: date | None = None,
) -> RoleGrant:
    """Give a role, until a day or without end; giving it twice changes nothing."""
    same = (RoleGrant.role == role, RoleGrant.scope == scope, RoleGrant.scope_id == scope_id)
    grant: RoleGrant | None = session.scalars(queries.live_grants(person.id).where(*same)).first()
    if grant is None:
        over = update(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None), *same)
        session.execute(over.values(ended_at=clock.now()))
        grant = RoleGrant(person_id=person.id, role=role, scope=scope, scope_id=scope_id, ends_on=ends_on)
        session.add(grant)
        session.flush()
        audit.record(session, "access.role_granted", grant, role=role, scope=scope, scope_id=scope_id)
    return grant


def end_role(session: TenantSession, grant: RoleGrant) -> None:
    """Take a role back.

    Raises:
        Refused: nobody would be left to give roles.
    """
    session.execute(select(RoleGrant.id).where(RoleGrant.role == "administrator").with_for_update())
    if grant.role == "administrator" and grant.scope == "commune" and queries.count_administrators(session) <= 1:
        raise Refused(
            _("This is the only administrator: first give this role to a colleague, then take it back here."),
            rule="last_administrator",
        )
    grant.ended_at = clock.now()
    session.flush()
    audit.record(session, "access.role_ended", grant, role=grant.role)
    drop_invitations(session, grant.person, grant.role)


def invite(
    session: TenantSession, address: str, given_name: str, family_name: str, roles: list[str]
) -> tuple[Invitation, str]:
    """Invite a colleague; an earlier invitation of the same person at this address is withdrawn.

    Returns:
        The invitation and the token of its link, kept nowhere.
    """
    waiting = select(Invitation).where(
        Invitation.address == address, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    for earlier in session.scalars(waiting):
        if folded_name(earlier.given_name, earlier.family_name) == folded_name(given_name, family_name):
            withdraw_invitation(session, earlier)
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        address=address,
        given_name=given_name,
        family_name=family_name,
        roles=roles,
        token_hash=token_hash(token),
        expires_at=clock.now() + INVITATION_LIFE,
        invited_by_id=session.actor_id,
    )
    session.add(invitation)
    session.flush()
    audit.record(session, "access.invited", invitation, roles=" ".join(roles))
    return invitation, token


def withdraw_invitation(session: TenantSession, invitation: Invitation) -> None:
    """The link of an invitation stops working."""
    invitation.withdrawn_at = invitation.withdrawn_at or clock.now()
    session.flush()
    audit.record(session, "access.invitation_withdrawn", invitation)


def drop_invitations(session: TenantSession, person: Person, role: str | None = None) -> None:
    """Withdraw what would let a person come back once they left, or with a role that was taken back: the invitations to
    their addresses; those that they sent, when they may no longer give roles.

    Args:
        role: that was taken back; without it, the person leaves.
    """
    addresses = [address.address for address in person.emails]
    may_invite = queries.gives_roles(session, person.id)
    for invitation in queries.pending_invitations(session):
        to_them = invitation.address in addresses and (role is None or role in invitation.roles)
        if to_them or (invitation.invited_by_id == person.id and not may_invite):
            withdraw_invitation(session, invitation)


def open_invitation(session: TenantSession, token: str) -> Invitation | None:
    """The invitation of a link, if it still works: who sent it may still give roles today."""
    query = select(Invitation).where(
        Invitation.token_hash == token_hash(token),
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > func.clock_timestamp(),
    )
    found = session.scalars(query).one_or_none()
    if found is not None and found.invited_by_id and not queries.gives_roles(session, found.invited_by_id):
        return None
    return found


def accept_invitation(session: TenantSession, invitation: Invitation, person: Person) -> None:
    """Give the roles of an invitation to the person who followed its link."""
    session.refresh(invitation, with_for_update=True)
    if invitation.accepted_at is not None:
        return
    invitation.accepted_at = clock.now()
    for role in invitation.roles:
        grant_role(session, person, role)
    session.flush()
    audit.record(session, "access.invitation_accepted", invitation, person=person.id)
