"""Passkeys: the device holds a key of this person for this host, and shows that it was unlocked by its owner.

As a second check, of somebody who is signed in: the challenge is kept in the row of the browser and serves once. To sign in:
nobody is known yet, so the browser holds the challenge, and the commune notes that it was answered.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core import audit, clock, once
from civique.core.access.models import Credential, WebSession
from civique.core.people.models import Person
from tenants.session import TenantSession

MOST_KEYS = 10
CHALLENGE_LIFE = timedelta(minutes=5)


class PasskeyRefused(ValueError):
    """Technical: what was wrong is kept from whoever tries, the page says the same of all. The answer of the device does not prove what was asked: wrong challenge, host, signature or counter."""


@dataclass(frozen=True)
class Challenge:
    """What a browser in which nobody is signed in must have signed, and until when."""

    value: bytes
    until: datetime


def signs_in(key: Credential, host: str) -> bool:
    """Whether a passkey opens the door of this host by itself: made here, kept by its device under the identifier of the
    person who has it. One that came from a record that was merged still serves as a second check."""
    return key.details.get("host") == host and key.details.get("handle") == key.person_id.hex


def passkeys(session: TenantSession, person: Person, host: str) -> list[Credential]:
    """Passkeys of a person that this host can ask for; a passkey belongs to the host where it was made."""
    query = select(Credential).where(Credential.person_id == person.id, Credential.kind == "passkey")
    return [key for key in session.scalars(query.order_by(Credential.created_at)) if key.details.get("host") == host]


def start_registration(session: TenantSession, web_session: WebSession, host: str, site: str) -> str:
    """What the browser needs to make a passkey that signs in, as JSON. The device keeps the identifier of the person, and
    may replace its key that could only be a second check."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    person = web_session.person
    known = [key for key in passkeys(session, person, host) if signs_in(key, host)]
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=site,
        user_name=person.email.address if person.email else person.name,
        user_display_name=person.name,
        user_id=person.id.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    _remember(session, web_session, options.challenge)
    return str(webauthn.options_to_json(options))


def finish_registration(
    session: TenantSession, web_session: WebSession, answer: dict[str, Any], *, host: str, origin: str, label: str
) -> Credential:
    """Keep the passkey that the device made.

    Raises:
        PasskeyRefused: not an answer to our challenge, made for another host, known already, or too many.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    person = web_session.person
    challenge = _take(session, web_session)
    known = passkeys(session, person, host)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(str(error)) from error
    identifier = _text(made.credential_id)
    if len(known) >= MOST_KEYS or identifier in {key.details["id"] for key in known}:
        raise PasskeyRefused("known already, or too many")
    credential = Credential(
        person_id=person.id,
        kind="passkey",
        label=label[:80],
        secret=_text(made.credential_public_key),
        details={"id": identifier, "host": host, "count": made.sign_count, "handle": person.id.hex},
        confirmed_at=clock.now(),
    )
    session.add(credential)
    session.flush()
    audit.record(session, "access.passkey_added", credential)
    return credential


def start_authentication(session: TenantSession, web_session: WebSession, host: str) -> str:
    """What the browser needs to ask for one of the person's passkeys, as JSON."""
    import webauthn

    keys = passkeys(session, web_session.person, host)
    options = webauthn.generate_authentication_options(rp_id=host, allow_credentials=_descriptors(keys))
    _remember(session, web_session, options.challenge)
    return str(webauthn.options_to_json(options))


def check_passkey(
    session: TenantSession, web_session: WebSession, answer: dict[str, Any], *, host: str, origin: str
) -> Credential:
    """Accept the signature of one of the person's passkeys over the challenge of this browser.

    Raises:
        PasskeyRefused: not a key of this person here, wrong or replayed answer, or a counter that went back.
    """
    challenge = _take(session, web_session)
    known = {key.details["id"]: key for key in passkeys(session, web_session.person, host)}
    key = known.get(str(answer.get("id", "")))
    if key is None:
        raise PasskeyRefused("not a key of this person")
    _verify(session, key, answer, challenge, host=host, origin=origin)
    return key


def start_sign_in(host: str) -> tuple[Challenge, str]:
    """Ask for a passkey of anybody.

    Returns:
        The challenge, for this browser to keep, and what it needs as JSON.
    """
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=host, challenge=secrets.token_bytes(32), user_verification=UserVerificationRequirement.REQUIRED
    )
    return Challenge(options.challenge, clock.now() + CHALLENGE_LIFE), str(webauthn.options_to_json(options))


def sign_in(
    session: TenantSession, challenge: Challenge | None, answer: dict[str, Any], *, host: str, origin: str
) -> Person:
    """Whom a passkey lets in: the device says which identifier it keeps, and its key signed the challenge of this browser.

    The caller commits in both cases: a challenge is answered once, be it wrongly.

    Raises:
        PasskeyRefused: not asked in this browser, too long ago, or answered already; nobody's key here; of somebody whose
            record was merged or erased; a device that did not ask who holds it; a wrong signature, site or counter.
    """
    if challenge is None or challenge.until < clock.now():
        raise PasskeyRefused("nothing was asked here, or too long ago")
    if once.claim(session, UUID(bytes=hashlib.sha256(challenge.value).digest()[:16])):
        raise PasskeyRefused("answered already")
    person = session.get(Person, _handle(answer))
    if person is None or not person.active:
        raise PasskeyRefused("nobody has this identifier")
    keys = {key.details["id"]: key for key in passkeys(session, person, host) if signs_in(key, host)}
    key = keys.get(str(answer.get("id", "")))
    if key is None:
        raise PasskeyRefused("not a key that signs this person in")
    _verify(session, key, answer, challenge.value, host=host, origin=origin, unlocked=True)
    session.info["actor_id"] = person.id
    audit.record(session, "access.passkey_opened", key)
    return person


def _handle(answer: dict[str, Any]) -> UUID:
    """The identifier that the device keeps with its key."""
    try:
        return UUID(bytes=_bytes(answer["response"]["userHandle"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PasskeyRefused("no identifier of ours") from error


def _verify(
    session: TenantSession,
    key: Credential,
    answer: dict[str, Any],
    challenge: bytes,
    *,
    host: str,
    origin: str,
    unlocked: bool = False,
) -> None:
    """Check the signature of a key and keep its counter.

    Args:
        unlocked: the device must say that it recognised its owner (finger, face, code), not only that it was touched.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    session.refresh(key, with_for_update=True)
    try:
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=_bytes(key.secret),
            credential_current_sign_count=int(key.details["count"]),
            require_user_verification=unlocked,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(str(error)) from error
    key.details = {**key.details, "count": checked.new_sign_count}
    key.used_at = clock.now()
    session.flush()


def parse_answer(body: bytes) -> dict[str, Any]:
    """The JSON that a browser sent.

    Raises:
        PasskeyRefused: not a JSON object.
    """
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise PasskeyRefused("not JSON") from error
    if not isinstance(answer, dict):
        raise PasskeyRefused("not an object")
    return answer


def _remember(session: TenantSession, web_session: WebSession, challenge: bytes) -> None:
    web_session.challenge = challenge
    session.flush()


def _take(session: TenantSession, web_session: WebSession) -> bytes:
    """The challenge of this browser, which serves once. The row is locked: of two answers at once, one finds it."""
    session.refresh(web_session, ["challenge"], with_for_update=True)
    challenge, web_session.challenge = web_session.challenge, None
    session.flush()
    if challenge is None:
        raise PasskeyRefused("no challenge was asked, or it was used")
    return challenge


def _descriptors(keys: list[Credential]) -> list[Any]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=_bytes(key.details["id"])) for key in keys]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
