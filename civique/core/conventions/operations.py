"""Writing, signing and checking conventions."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.conventions.models import Convention, Duty, Signature, UpkeepCheck
from civique.core.conventions.queries import convention_of
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.references import next_reference
from civique.core.refused import Refused
from tenants.session import TenantSession

Duties = Iterable[tuple[str, str, date | None]]
"""Side, text, day by which it is to be done."""


def not_open() -> Refused:
    """Refusal of what an agreement in this state does not allow."""
    sentence = _("This agreement cannot be signed now. Offer it to be signed first, or read what a colleague did.")
    return Refused(sentence, rule="not_open")


def draw_up(session: TenantSession, about: Any, duties: Duties, **facts: Any) -> Convention:
    """Draw up the convention of an object, or its next version when the former one is signed already.

    A draft, or one that nobody has signed, is simply rewritten.
    """
    former = convention_of(session, about)
    if former is not None and not former.signatures:
        rewrite(session, former, duties, **facts)
        return former
    version = 1
    if former is not None:
        former.replaced_at, version = clock.now(), former.version + 1
        session.flush()
    convention = Convention(
        reference=next_reference(session, "CNV"),
        version=version,
        object_type=about.__tablename__,
        object_id=about.id,
        **facts,
    )
    session.add(convention)
    _write_duties(convention, duties)
    session.flush()
    audit.record(session, "convention.drawn_up", convention, version=version)
    return convention


def rewrite(session: TenantSession, convention: Convention, duties: Duties, **facts: Any) -> None:
    """Change a convention that nobody has signed.

    Raises:
        Refused: ``frozen``.
    """
    if convention.signatures:
        raise Refused(
            _("One side has signed: the text no longer changes. Draw up another version instead."), rule="frozen"
        )
    for name, value in facts.items():
        setattr(convention, name, value)
    flag_modified(convention, "title")  # duties are rows of their own: the revision moves with them
    convention.duties.clear()
    session.flush()
    _write_duties(convention, duties)
    session.flush()
    audit.record(session, "convention.rewritten", convention)


def _write_duties(convention: Convention, duties: Duties) -> None:
    for position, (side, text, due_on) in enumerate(duties):
        convention.duties.append(Duty(side=side, position=position, text=text, due_on=due_on))


def offer_to_sign(session: TenantSession, convention: Convention) -> None:
    """The text is ready: both sides may sign. Offering twice changes nothing.

    Raises:
        Refused: ``no_duties``, one side undertakes nothing (FON-10); ``not_open``.
    """
    if convention.state == "to_sign":
        return
    if convention.state != "draft":
        raise not_open()
    if not convention.duties_of("holder") or not convention.duties_of("commune"):
        raise Refused(_("Write at least one thing that each side undertakes."), rule="no_duties")
    convention.state = "to_sign"
    session.flush()
    audit.record(session, "convention.offered", convention)


def sign(
    session: TenantSession,
    convention: Convention,
    side: str,
    *,
    name: str,
    means: str,
    revision: int | None = None,
    function: str = "",
    person: Person | None = None,
    file: StoredFile | None = None,
    on: date | None = None,
) -> Signature:
    """One side signs; with the second signature the convention is in force.

    The signature keeps the SHA-256 of the text that was signed: nobody can say later that it was another.

    Raises:
        Refused: ``not_open``, or ``twice`` for a side that has signed. StaleDataError: the text changed since it
            was read.
    """
    session.refresh(convention, with_for_update={"of": Convention})
    if revision is not None and convention.revision != revision:
        raise StaleDataError
    session.expire(convention, ["signatures"])
    if convention.state != "to_sign":
        raise not_open()
    if convention.signature_of(side) is not None:
        raise Refused(_("This side has signed already."), rule="twice")
    signature = Signature(
        side=side,
        name=name,
        function=function,
        means=means,
        person_id=person.id if person else None,
        file_id=file.id if file else None,
        text_sha256=text_digest(convention),
        signed_on=on or clock.today(),
    )
    convention.signatures.append(signature)
    session.flush()
    audit.record(session, "convention.signed", convention, side=side, means=means)
    if convention.signature_of("holder") and convention.signature_of("commune"):
        convention.state = "signed"
        session.flush()
    return signature


def text_digest(convention: Convention) -> str:
    """SHA-256 of everything that is signed, in a fixed form."""
    names = "reference version title purpose holder_name commune_name amount_cents starts_on ends_on upkeep_until act"
    facts: dict[str, Any] = {name: str(getattr(convention, name)) for name in names.split()}
    facts["duties"] = [[duty.side, duty.text, str(duty.due_on)] for duty in convention.duties]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def fulfil(session: TenantSession, duty: Duty, *, done: bool = True) -> None:
    """One side did what it undertook, or it was noted by mistake.

    Raises:
        Refused: ``not_open``, the convention is not in force.
    """
    if duty.convention.state != "signed":
        raise not_open()
    duty.done_on = clock.today() if done else None
    session.flush()
    audit.record(session, "convention.duty_done" if done else "convention.duty_undone", duty.convention, duty=duty.id)


def plan_check(session: TenantSession, convention: Convention, due_on: date) -> UpkeepCheck:
    """Plan a visit to see whether what was made is looked after."""
    check = UpkeepCheck(due_on=due_on)
    convention.checks.append(check)
    session.flush()
    audit.record(session, "convention.check_planned", convention, due=due_on.isoformat())
    return check


def note_check(session: TenantSession, check: UpkeepCheck, *, kept: bool, note: str = "") -> None:
    """Note what was seen."""
    check.done_on, check.kept, check.note = clock.today(), kept, note
    session.flush()
    audit.record(session, "convention.checked", check.convention, kept=kept)


def break_off(session: TenantSession, convention: Convention, because: str) -> None:
    """One side no longer keeps its word: the convention ends, with the reason.

    Raises:
        Refused: ``motive`` without a reason, ``not_open`` when it is not in force.
    """
    if not because.strip():
        raise Refused(_("Write the reason: the holder will read it."), "motive", rule="motive")
    if convention.state != "signed":
        raise not_open()
    convention.state, convention.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, "convention.broken", convention)


def withdraw(session: TenantSession, convention: Convention, because: str) -> None:
    """What it was about goes no further: a convention that both sides have not signed is no longer to be signed.

    Raises:
        Refused: ``motive`` without a reason, ``not_open`` when it is in force or over.
    """
    if not because.strip():
        raise Refused(_("Write the reason: the holder will read it."), "motive", rule="motive")
    if convention.state not in {"draft", "to_sign"}:
        raise not_open()
    convention.state, convention.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, "convention.withdrawn", convention)


def end(session: TenantSession, convention: Convention) -> None:
    """It was kept to the end."""
    convention.state = "ended"
    session.flush()
    audit.record(session, "convention.ended", convention)
