"""Passkeys as a second factor. The challenge is kept in the row of the signed-in browser and serves once."""

import base64
import json
from typing import Any

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.access.models import Credential, WebSession
from civique.core.people.models import Person
from tenants.session import TenantSession

MOST_KEYS = 10


class PasskeyRefused(ValueError):
    """Technical: what was wrong is kept from whoever tries, the page says the same of all. The answer of the device does not prove what was asked: wrong challenge, host, signature or counter."""


def passkeys(session: TenantSession, person: Person, host: str) -> list[Credential]:
    """Passkeys of a person that this host can ask for; a passkey belongs to the host where it was made."""
    query = select(Credential).where(Credential.person_id == person.id, Credential.kind == "passkey")
    return [key for key in session.scalars(query.order_by(Credential.created_at)) if key.details.get("host") == host]


def start_registration(session: TenantSession, web_session: WebSession, host: str, site: str) -> str:
    """What the browser needs to make a passkey, as JSON."""
    import webauthn
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement

    person = web_session.person
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=site,
        user_name=person.email.address if person.email else person.name,
        user_display_name=person.name,
        user_id=person.id.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.DISCOURAGED),
        exclude_credentials=_descriptors(passkeys(session, person, host)),
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
            credential=answer, expected_challenge=challenge, expected_rp_id=host, expected_origin=origin
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
        details={"id": identifier, "host": host, "count": made.sign_count},
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
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _take(session, web_session)
    known = {key.details["id"]: key for key in passkeys(session, web_session.person, host)}
    key = known.get(str(answer.get("id", "")))
    if key is None:
        raise PasskeyRefused("not a key of this person")
    session.refresh(key, with_for_update=True)
    try:
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=_bytes(key.secret),
            credential_current_sign_count=int(key.details["count"]),
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(str(error)) from error
    key.details = {**key.details, "count": checked.new_sign_count}
    key.used_at = clock.now()
    session.flush()
    return key


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
