"""Writing, signing and checking agreements."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.agreements.models import Agreement, Duty, Signature, UpkeepCheck
from civique.core.agreements.queries import agreement_of
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


def draw_up_agreement(session: TenantSession, about: Any, duties: Duties, **facts: Any) -> Agreement:
    """Draw up the agreement of an object, or its next version when the former one is signed already.

    A draft, or one that nobody has signed, is simply rewritten.
    """
    former = agreement_of(session, about)
    if former is not None and not former.signatures:
        rewrite_agreement(session, former, duties, **facts)
        return former
    version = 1
    if former is not None:
        former.replaced_at, version = clock.now(), former.version + 1
        session.flush()
    agreement = Agreement(
        reference=next_reference(session, "CNV"),
        version=version,
        object_type=about.__tablename__,
        object_id=about.id,
        **facts,
    )
    session.add(agreement)
    _write_duties(agreement, duties)
    session.flush()
    audit.record(session, "agreement.drawn_up", agreement, version=version)
    return agreement


def rewrite_agreement(session: TenantSession, agreement: Agreement, duties: Duties, **facts: Any) -> None:
    """Change an agreement that nobody has signed.

    Raises:
        Refused: ``frozen``.
    """
    if agreement.signatures:
        raise Refused(
            _("One side has signed: the text no longer changes. Draw up another version instead."), rule="frozen"
        )
    for name, value in facts.items():
        setattr(agreement, name, value)
    flag_modified(agreement, "title")  # duties are rows of their own: the revision moves with them
    agreement.duties.clear()
    session.flush()
    _write_duties(agreement, duties)
    session.flush()
    audit.record(session, "agreement.rewritten", agreement)


def _write_duties(agreement: Agreement, duties: Duties) -> None:
    for position, (side, text, due_on) in enumerate(duties):
        agreement.duties.append(Duty(side=side, position=position, text=text, due_on=due_on))


def offer_agreement(session: TenantSession, agreement: Agreement) -> None:
    """The text is ready: both sides may sign. Offering twice changes nothing.

    Raises:
        Refused: ``no_duties``, one side undertakes nothing (FON-10); ``not_open``.
    """
    if agreement.state == "to_sign":
        return
    if agreement.state != "draft":
        raise not_open()
    if not agreement.duties_of("holder") or not agreement.duties_of("commune"):
        raise Refused(_("Write at least one thing that each side undertakes."), rule="no_duties")
    agreement.state = "to_sign"
    session.flush()
    audit.record(session, "agreement.offered", agreement)


def sign_agreement(
    session: TenantSession,
    agreement: Agreement,
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
    """One side signs; with the second signature the agreement is in force.

    The signature keeps the SHA-256 of the text that was signed: nobody can say later that it was another.

    Raises:
        Refused: ``not_open``, or ``twice`` for a side that has signed. StaleDataError: the text changed since it
            was read.
    """
    session.refresh(agreement, with_for_update={"of": Agreement})
    if revision is not None and agreement.revision != revision:
        raise StaleDataError
    session.expire(agreement, ["signatures"])
    if agreement.state != "to_sign":
        raise not_open()
    if agreement.signature_of(side) is not None:
        raise Refused(_("This side has signed already."), rule="twice")
    signature = Signature(
        side=side,
        name=name,
        function=function,
        means=means,
        person_id=person.id if person else None,
        file_id=file.id if file else None,
        text_sha256=text_digest(agreement),
        signed_on=on or clock.today(),
    )
    agreement.signatures.append(signature)
    session.flush()
    audit.record(session, "agreement.signed", agreement, side=side, means=means)
    if agreement.signature_of("holder") and agreement.signature_of("commune"):
        agreement.state = "signed"
        session.flush()
    return signature


def text_digest(agreement: Agreement) -> str:
    """SHA-256 of everything that is signed, in a fixed form."""
    names = "reference version title purpose holder_name commune_name amount_cents starts_on ends_on upkeep_until act"
    facts: dict[str, Any] = {name: str(getattr(agreement, name)) for name in names.split()}
    facts["duties"] = [[duty.side, duty.text, str(duty.due_on)] for duty in agreement.duties]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def fulfil_duty(session: TenantSession, duty: Duty, *, done: bool = True) -> None:
    """One side did what it undertook, or it was noted by mistake.

    Raises:
        Refused: ``not_open``, the agreement is not in force.
    """
    if duty.agreement.state != "signed":
        raise not_open()
    duty.done_on = clock.today() if done else None
    session.flush()
    audit.record(session, "agreement.duty_done" if done else "agreement.duty_undone", duty.agreement, duty=duty.id)


def plan_upkeep_check(session: TenantSession, agreement: Agreement, due_on: date) -> UpkeepCheck:
    """Plan a visit to see whether what was made is looked after."""
    check = UpkeepCheck(due_on=due_on)
    agreement.checks.append(check)
    session.flush()
    audit.record(session, "agreement.check_planned", agreement, due=due_on.isoformat())
    return check


def record_upkeep_check(session: TenantSession, check: UpkeepCheck, *, kept: bool, note: str = "") -> None:
    """Note what was seen."""
    check.done_on, check.kept, check.note = clock.today(), kept, note
    session.flush()
    audit.record(session, "agreement.checked", check.agreement, kept=kept)


def break_agreement(session: TenantSession, agreement: Agreement, because: str) -> None:
    """One side no longer keeps its word: the agreement ends, with the reason.

    Raises:
        Refused: ``motive`` without a reason, ``not_open`` when it is not in force.
    """
    if not because.strip():
        raise Refused(_("Write the reason: the holder will read it."), "motive", rule="motive")
    if agreement.state != "signed":
        raise not_open()
    agreement.state, agreement.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, "agreement.broken", agreement)


def withdraw_agreement(session: TenantSession, agreement: Agreement, because: str) -> None:
    """What it was about goes no further: an agreement that both sides have not signed is no longer to be signed.

    Raises:
        Refused: ``motive`` without a reason, ``not_open`` when it is in force or over.
    """
    if not because.strip():
        raise Refused(_("Write the reason: the holder will read it."), "motive", rule="motive")
    if agreement.state not in {"draft", "to_sign"}:
        raise not_open()
    agreement.state, agreement.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, "agreement.withdrawn", agreement)


def end_agreement(session: TenantSession, agreement: Agreement) -> None:
    """It was kept to the end."""
    agreement.state = "ended"
    session.flush()
    audit.record(session, "agreement.ended", agreement)
