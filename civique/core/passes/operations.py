"""Issuing passes, opening them, taking them back."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from uuid_utils.compat import uuid7

from civique.core import audit, clock, settings
from civique.core.base import Base
from civique.core.commune import Contact
from civique.core.config import config
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.passes.models import AccessPass
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession, current_tenant

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs of a reference: none is read as another. Eight at random: nobody finds one by trying, so nobody locks it either."""
PIN_TRIES = 5
TOLD = timedelta(days=60)
"""How long after its end a pass still says that it ended; then it is forgotten."""


@dataclass(frozen=True)
class Issued:
    """A pass that was just issued: ``token`` for a link, ``pin`` (six digits, or nothing), which is shown now and never again,
    and the ``reference`` that somebody types beside it."""

    row: AccessPass
    token: str
    pin: str
    reference: str


def issue(
    session: TenantSession,
    purpose: str,
    about: Any,
    *,
    until: datetime,
    person: Person | None = None,
    pin: bool = False,
) -> Issued:
    """Let whoever gets the link, or the code, do one thing with an object.

    Args:
        purpose: a word of the module, in at most 40 characters; it says what the link does, and nothing else opens it.
        about: the row, already flushed.
        until: the moment at which it ends.
        person: whose pass it is, when that is known: it goes with their data.
        pin: also make a code, for a letter.
    """
    row_id, code = uuid7(), f"{secrets.randbelow(1_000_000):06}" if pin else ""
    token = _token(config().secret_key, row_id)
    signs = "".join(secrets.choice(SIGNS) for _place in range(8))
    row = AccessPass(
        id=row_id,
        purpose=purpose,
        object_type=about.__tablename__,
        object_id=about.id,
        person_id=person.id if person else None,
        reference=f"{signs[:4]}-{signs[4:]}",
        token_hash=_token_hash(token),
        pin_hash=_pin_hash(config().secret_key, row_id, code) if pin else None,
        expires_at=until,
    )
    session.add(row)
    session.flush()
    audit.record(session, "access_pass.issued", row, purpose=purpose, about=about.id)
    return Issued(row, token, code, row.reference)


def token_of(row: AccessPass) -> str:
    """The link of a pass again: for a reminder, or after its code was typed. It is made anew from SECRET_KEY, kept nowhere."""
    secret_keys = (config().secret_key, *config().old_secret_keys)
    found = (_token(key, row.id) for key in secret_keys)
    token = next((token for token in found if _token_hash(token) == row.token_hash), None)
    if token is None:  # the key that it was made with is gone: this link replaces the one that was sent
        token = _token(config().secret_key, row.id)
        row.token_hash = _token_hash(token)
    return token


def open_pass(session: TenantSession, purpose: str | Collection[str], token: str) -> AccessPass:
    """What a link opens, if it is of this purpose (or of one of several) and of this commune.

    Raises:
        Refused: ``unknown_pass``, ``ended_pass``, ``revoked_pass``, with the sentence to show.
    """
    query = select(AccessPass).where(AccessPass.token_hash == _token_hash(token), _is_for(purpose))
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Refused(
            _("This link opens nothing: perhaps it was cut short. %(call)s", call=_call(session)), rule="unknown_pass"
        )
    return still_open(session, row)


def open_by_pin(session: TenantSession, purpose: str | Collection[str], reference: str, pin: str) -> AccessPass:
    """What a reference and its code open; case, spaces and hyphens do not count.

    The row is locked, so that parallel guesses are counted one by one; the fifth wrong code locks it for good. Whoever
    calls must keep what is counted (``Refused.keep``), as ``submit`` does.

    Raises:
        Refused: ``wrong_pin``, ``locked_pass``, ``ended_pass``, ``revoked_pass``, with the sentence to show.
    """
    typed = re.sub(r"[^0-9A-Z]", "", reference[:40].upper())
    query = select(AccessPass).where(
        AccessPass.reference == f"{typed[:4]}-{typed[4:]}",
        _is_for(purpose),
        AccessPass.pin_hash.is_not(None),
    )
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise Refused(_("This reference and this code do not go together."), "pin", rule="wrong_pin")
    if row.tries >= PIN_TRIES:
        raise _locked(session)
    if not _is_pin(row, pin):
        row.tries += 1
        session.flush()
        if row.tries >= PIN_TRIES:
            audit.record(session, "access_pass.locked", row)
            raise _locked(session)
        raise Refused(
            _(
                "This reference and this code do not go together. You can try %(left)s more times.",
                left=PIN_TRIES - row.tries,
            ),
            "pin",
            rule="wrong_pin",
            keep=True,
        )
    still_open(session, row)
    row.tries = 0
    session.flush()
    return row


def opened_row(session: TenantSession, opened: AccessPass, model: type[Base]) -> Any:
    """The object that a pass is about.

    Raises:
        Refused: ``unknown_pass``, it is gone, or of another kind.
    """
    row = session.get(model, opened.object_id) if opened.object_type == model.__tablename__ else None
    if row is None:
        raise Refused(
            _("What this link was about is no longer there. %(call)s", call=_call(session)), rule="unknown_pass"
        )
    return row


def revoke(session: TenantSession, about: Any, purpose: str = "") -> int:
    """Take back the passes of an object, or those of one purpose.

    Returns:
        How many passes no longer open.
    """
    query = select(AccessPass).where(
        AccessPass.object_type == about.__tablename__, AccessPass.object_id == about.id, AccessPass.revoked_at.is_(None)
    )
    if purpose:
        query = query.where(AccessPass.purpose == purpose)
    rows = session.scalars(query.with_for_update()).all()
    for row in rows:
        row.revoked_at = clock.now()
        audit.record(session, "access_pass.revoked", row)
    session.flush()
    return len(rows)


def forget_ended(session: TenantSession) -> int:
    """Delete passes that ended sixty days ago or more: until then they say that they ended.

    Returns:
        How many went.
    """
    ended = delete(AccessPass).where(AccessPass.expires_at < clock.now() - TOLD)
    return int(session.execute(ended).rowcount)  # type: ignore[attr-defined]


def still_open(session: TenantSession, row: AccessPass) -> AccessPass:
    """A pass that was found, or opened earlier in this visit, if it still opens.

    Raises:
        Refused: ``ended_pass``, ``revoked_pass``.
    """
    if row.revoked_at is not None:
        raise Refused(
            _("This link was taken back by the town hall. %(call)s", call=_call(session)), rule="revoked_pass"
        )
    if row.expires_at <= clock.now():
        day = long_date(clock.local(row.expires_at))
        raise Refused(_("This link ended on %(day)s. %(call)s", day=day, call=_call(session)), rule="ended_pass")
    return row


def _locked(session: TenantSession) -> Refused:
    sentence = _("Too many codes were tried: this reference is locked. %(call)s", call=_call(session))
    return Refused(sentence, "pin", rule="locked_pass", keep=True)


def _call(session: TenantSession) -> str:
    """Whom to ask."""
    phone = settings.get(session, Contact).phone_shown
    return _("Call the town hall: %(phone)s.", phone=phone) if phone else _("Ask the town hall.")


def _is_for(purpose: str | Collection[str]) -> ColumnElement[bool]:
    return AccessPass.purpose.in_([purpose] if isinstance(purpose, str) else purpose)


def _token(secret: str, row_id: UUID) -> str:
    """256 bits that nobody makes without SECRET_KEY, and that differ in each commune."""
    made = hmac.digest(secret.encode(), b"pass" + current_tenant().id.bytes + row_id.bytes, "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _pin_hash(secret: str, row_id: UUID, pin: str) -> bytes:
    """With SECRET_KEY: a million codes are soon tried on what a stolen database holds."""
    return hmac.digest(secret.encode() + row_id.bytes, pin.encode(), "sha256")


def _is_pin(row: AccessPass, typed: str) -> bool:
    """Whether this is the code of a pass, also one made with a former SECRET_KEY."""
    digits = "".join(sign for sign in typed[:40] if sign in "0123456789")
    secret_keys = (config().secret_key, *config().old_secret_keys)
    return any(hmac.compare_digest(row.pin_hash or b"", _pin_hash(key, row.id, digits)) for key in secret_keys)
