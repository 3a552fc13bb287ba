"""Codes by e-mail, and the link that signs in once. Who asks for many codes keeps nobody else from having theirs."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from civique.core import audit, clock, once, settings
from civique.core.access.models import SignInCode
from civique.core.commune import Contact
from civique.core.config import config
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
HAND_OVER = "hand_over"
HAND_OVER_LIFE = timedelta(minutes=10)
MOST_UNKNOWN = {timedelta(minutes=5): 3, timedelta(days=1): 10}
"""Codes sent to one address for all the browsers together that it does not know."""
MOST_KNOWN = {timedelta(hours=1): 6, timedelta(days=1): 20}
"""Codes sent to one address for one browser in which it came in before."""
MOST_LIVE = 6
"""Codes of one browser, at most, that are compared with what is typed."""


def wrong_code(left: int) -> Refused:
    """Not the code that was sent, or it is too old, or it was tried too often; the try counts."""
    sentence = (
        _("This is not the code. You can try %(left)s more times.", left=left)
        if left > 0
        else _("This code no longer works. Ask for a new one.")
    )
    return Refused(sentence, "code", rule="wrong_code", keep=True)


def make_code(
    session: TenantSession, address: str, purpose: str = "sign_in", after: UUID | None = None, browser: str = ""
) -> tuple[SignInCode, str]:
    """Prepare a six-digit code for an address, known or not: the answer must be the same.

    Codes are counted an address: those of each browser in which it came in before, and those of all others together
    (MOST_KNOWN, MOST_UNKNOWN). So whoever asks for many in somebody's name fills their mailbox with three messages in five
    minutes and ten in a day at most, and does not keep them from coming in where they usually do. Codes that were sent
    still serve, each in the browser that asked for it.

    Somebody who tries a whole day to guess has ten codes and CODE_TRIES for each, among a million: fifty chances, that is
    a probability of 5 in 100,000 a day for one address. In a browser that the address knows, twenty codes: 1 in 10,000.

    Args:
        after: the code that the same browser asked before, if it did: see :func:`check_code`.
        browser: in which this address came in before, or who is signed in; empty for any other.

    Returns:
        The row, and the code to send, which is kept nowhere.

    Raises:
        Refused: ``too_many_codes``, the same for an address that nobody has.
    """
    once.hold(session, _counter(address))  # those asked at the same moment are counted too
    for span, most in (MOST_KNOWN if browser else MOST_UNKNOWN).items():
        if _sent_since(session, address, browser, clock.now() - span) >= most:
            raise _too_many(session, span)
    code = f"{secrets.randbelow(1_000_000):06}"
    row = SignInCode(
        address=address,
        purpose=purpose,
        after_id=after,
        browser=browser,
        code_hash=b"",
        expires_at=clock.now() + CODE_LIFE,
    )
    session.add(row)
    session.flush()
    row.code_hash = _code_hash(row.id, code)
    session.flush()
    return row, code


def _counter(address: str) -> UUID:
    """What stands for an address in the table of what is held; keyed, for an address can be guessed."""
    return UUID(bytes=hmac.digest(config().secret_key.encode(), f"codes|{address}".encode(), "sha256")[:16])


def _sent_since(session: TenantSession, address: str, browser: str, moment: datetime) -> int:
    query = select(func.count()).where(
        SignInCode.address == address, SignInCode.browser == browser, SignInCode.created_at > moment
    )
    return session.execute(query).scalar_one()


def _too_many(session: TenantSession, span: timedelta) -> Refused:
    """Says what still works and whom to call; nothing of it depends on who has the address."""
    if span == timedelta(days=1):
        sentence = _(
            "No more codes leave for this address today. Come in with a password if you chose one, or from a browser in "
            "which you came in before."
        )
    else:
        sentence = _(
            "Several codes were just sent to this address. Those that were asked in this browser still work: look in your "
            "junk mail too. You can ask for another one in a few minutes."
        )
    phone = settings.get(session, Contact).phone_shown
    if session.tenant.is_platform:
        whom = _("We can help you: %(phone)s.", phone=phone) if phone else ""
    elif phone:
        whom = _("The town hall can help you: %(phone)s.", phone=phone)
    else:
        whom = _("The town hall can help you.")
    return Refused(f"{sentence} {whom}".strip(), "email", rule="too_many_codes")


def check_code(session: TenantSession, code_id: UUID, code: str, purpose: str = "sign_in") -> SignInCode:
    """Compare a typed code with the last one that a browser asked, and with those that it asked before, while they live. The
    rows are locked, so that parallel guesses are counted one by one; a guess counts for each.

    The caller commits in both cases: a wrong try must be counted.

    Returns:
        The code that was typed; the others no longer serve.

    Raises:
        Refused: ``wrong_code``: wrong, too old, burnt, or of another purpose.
    """
    live = [row for row in _asked_before(session, code_id, purpose) if _is_live(row)]
    if not live:
        raise wrong_code(0)
    digits = "".join(c for c in code if c.isdigit())
    typed = next((row for row in live if hmac.compare_digest(row.code_hash, _code_hash(row.id, digits))), None)
    for row in live:
        if typed is None:
            row.tries += 1
        elif row is typed:
            row.confirmed_at = row.confirmed_at or clock.now()
        else:
            row.used_at = clock.now()
    session.flush()
    if typed is None:
        raise wrong_code(CODE_TRIES - min(row.tries for row in live))
    return typed


def _asked_before(session: TenantSession, code_id: UUID | None, purpose: str) -> list[SignInCode]:
    """A code and those that the same browser asked before it for the same address, newest first, locked."""
    found: list[SignInCode] = []
    while code_id is not None and len(found) < MOST_LIVE:
        query = select(SignInCode).where(SignInCode.id == code_id, SignInCode.purpose == purpose).with_for_update()
        row = session.scalars(query).one_or_none()
        if row is None or (found and row.address != found[0].address):
            break
        found.append(row)
        code_id = row.after_id
    return found


def _is_live(row: SignInCode) -> bool:
    return row.used_at is None and row.expires_at >= clock.now() and row.tries < CODE_TRIES


def spend_code(session: TenantSession, code_id: UUID) -> None:
    """A code that served no longer does."""
    session.execute(update(SignInCode).where(SignInCode.id == code_id).values(used_at=clock.now()))


def confirmed_code(session: TenantSession, code_id: UUID | None) -> SignInCode | None:
    """A code that was answered and not yet used to enter: what the page « Qui êtes-vous ? » relies on. It is locked: it
    opens one session."""
    row = session.get(SignInCode, code_id, with_for_update=True) if code_id else None
    if row is None or row.confirmed_at is None or row.used_at is not None or row.expires_at < clock.now():
        return None
    return row


def reopen_code(session: TenantSession, code_id: UUID) -> SignInCode | None:
    """A code that let somebody enter counts again, until it is too old: another person at its address came in."""
    row = session.get(SignInCode, code_id)
    if row is None or row.purpose != "sign_in" or row.confirmed_at is None or row.expires_at < clock.now():
        return None
    row.used_at = None
    session.flush()
    return row


def make_hand_over(session: TenantSession, person: Person) -> str:
    """Prepare a link that signs one person in once within ten minutes: from the apex to the site that was just opened.

    Returns:
        The token of the link, kept nowhere.
    """
    row = SignInCode(address=str(person.id), purpose=HAND_OVER, code_hash=b"", expires_at=clock.now() + HAND_OVER_LIFE)
    session.add(row)
    session.flush()
    secret = secrets.token_urlsafe(24)
    row.code_hash = _code_hash(row.id, secret)
    session.flush()
    audit.record(session, "access.hand_over_made", person)
    return f"{row.id.hex}{secret}"


def open_hand_over(session: TenantSession, token: str) -> tuple[SignInCode, Person] | None:
    """Whom a link of :func:`make_hand_over` signs in, if it still works. The row is locked: two clicks enter once."""
    try:
        code_id = UUID(token[:32])
    except ValueError:
        return None
    query = select(SignInCode).where(SignInCode.id == code_id, SignInCode.purpose == HAND_OVER).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None or row.used_at or row.expires_at < clock.now():
        return None
    if not hmac.compare_digest(row.code_hash, _code_hash(row.id, token[32:])):
        return None
    person = session.get(Person, UUID(row.address))
    return (row, person) if person is not None and person.active else None


def _code_hash(code_id: UUID, code: str) -> bytes:
    """Keyed with SECRET_KEY: who reads the table cannot try the million codes."""
    return hmac.digest(config().secret_key.encode() + code_id.bytes, code.encode(), "sha256")
