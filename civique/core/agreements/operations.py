"""Writing, offering, signing, keeping and ending agreements."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, settings
from civique.core.agreements import messages
from civique.core.agreements.declarations import AgreementSubject
from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.agreements.models import Agreement, Duty, Signature, UpkeepCheck
from civique.core.agreements.queries import agreement_of
from civique.core.agreements.subjects import subject_of
from civique.core.commune import Identity, sender_name
from civique.core.documents.models import StoredFile
from civique.core.events import tell
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.references import next_reference
from civique.core.refused import Refused
from tenants.session import TenantSession

Duties = Iterable[tuple[str, str, date | None]]
"""Side, text, day by which it is to be done."""
LONGEST_UPKEEP = timedelta(days=3653)
"""Ten years [D]: a longer one is a slip of the pen, and a visit is planned every six months."""
BETWEEN_CHECKS = timedelta(days=182)


def not_open() -> Refused:
    """Refusal of what an agreement in this state does not allow."""
    sentence = _("This agreement cannot be signed now. Offer it to be signed first, or read what a colleague did.")
    return Refused(sentence, rule="not_open")


def need_state(agreement: Agreement, *states: str) -> None:
    """Refuse what an agreement elsewhere in its course, or replaced by another version, does not allow."""
    if agreement.state not in states or agreement.replaced_at is not None:
        raise not_open()


# Writing -------------------------------------------------------------------------------------------------------------


def draw_up_agreement(
    session: TenantSession,
    about: Any,
    applicant_duties: Sequence[str],
    commune_duties: Sequence[str],
    upkeep_until: date | None = None,
    act: str = "",
    *,
    revision: int | None = None,
) -> Agreement:
    """Write the agreement of an object, or its next version when the former one is signed already.

    A draft, or one that nobody has signed, is simply written again. Title, sides, amount and dates come from the object.

    Args:
        revision: that of the agreement that was read, 0 when there was none; None writes over any.

    Raises:
        StaleDataError: a colleague wrote it since it was read.
        Refused: ``switched_off``; ``upkeep_day``, a day that is over or years away; from the module.
    """
    subject = subject_of(session, about.__tablename__)
    subject.lock(session, about)
    former = agreement_of(session, about)
    if revision is not None and revision != (former.revision if former else 0):
        raise StaleDataError
    subject.check(session, about, "draw_up")
    if upkeep_until is not None and not clock.today() < upkeep_until <= clock.today() + LONGEST_UPKEEP:
        raise Refused(
            _("Write a day to come, within %(years)s years.", years=LONGEST_UPKEEP.days // 365),
            "upkeep_until",
            rule="upkeep_day",
        )
    duties = [("applicant", text.strip(), None) for text in applicant_duties if text.strip()]
    duties += [("commune", text.strip(), None) for text in commune_duties if text.strip()]
    facts = {**_facts(session, subject, about), "upkeep_until": upkeep_until}
    facts["act"] = act if facts["act"] is None else facts["act"]
    if former is not None and former.state in {"draft", "to_sign"} and not former.signatures:
        agreement = former
        rewrite_agreement(session, agreement, duties, **facts)
    else:
        agreement = _add_version(session, about, former, duties, facts)
    tell(session, AgreementDrawnUp(agreement, about))
    return agreement


def follow_act(agreement: Agreement | None, act: str) -> None:
    """The module wrote or corrected the number of the act: a text that nobody has signed follows, a signed one stays."""
    if agreement is not None and not agreement.signatures:
        agreement.act = act


def _facts(session: TenantSession, subject: AgreementSubject, about: Any) -> dict[str, Any]:
    described = subject.describe(session, about)
    return {
        "title": described.title,
        "purpose": described.purpose,
        "applicant_name": described.applicant_name,
        "commune_name": sender_name(session.tenant, settings.get(session, Identity)),
        "amount_cents": described.amount_cents,
        "starts_on": described.starts_on,
        "ends_on": described.ends_on,
        "act": described.act,
    }


def _add_version(
    session: TenantSession, about: Any, former: Agreement | None, duties: Duties, facts: dict[str, Any]
) -> Agreement:
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
    agreement.folded = folded(agreement)
    for position, (side, text, due_on) in enumerate(duties):
        agreement.duties.append(Duty(side=side, position=position, text=text, due_on=due_on))


def folded(agreement: Agreement) -> str:
    """What an agreement is found by."""
    return fold(f"{agreement.reference} {agreement.title} {agreement.applicant_name}")[:400]


# Signing -------------------------------------------------------------------------------------------------------------


def take_agreement(
    session: TenantSession, agreement: Agreement, revision: int | None = None
) -> tuple[AgreementSubject, Any]:
    """Take an agreement, and first the object that it is about, until the end of the transaction.

    Raises:
        Refused: ``switched_off``. StaleDataError: it is no longer the one that was read.
    """
    subject = subject_of(session, agreement.object_type)
    row = session.get(subject.model, agreement.object_id)
    if row is None:
        raise not_open()
    subject.lock(session, row)
    session.refresh(agreement, with_for_update={"of": Agreement})
    if revision is not None and agreement.revision != revision:
        raise StaleDataError
    return subject, row


def offer_agreement(session: TenantSession, agreement: Agreement, revision: int | None = None) -> None:
    """The text is ready: the applicant is asked to sign, by code or on paper. Offering twice changes nothing.

    Raises:
        StaleDataError. Refused: ``no_duties``, one side undertakes nothing (FON-10); ``not_open``; from the module.
    """
    subject, about = take_agreement(session, agreement, revision)
    if agreement.state == "to_sign" and agreement.replaced_at is None:
        return
    need_state(agreement, "draft")
    subject.check(session, about, "offer")
    if not agreement.duties_of("applicant") or not agreement.duties_of("commune"):
        raise Refused(_("Write at least one thing that each side undertakes."), rule="no_duties")
    # What is granted may have been corrected since this was written.
    agreement.amount_cents = subject.describe(session, about).amount_cents
    agreement.state, agreement.offered_at = "to_sign", clock.now()
    session.flush()
    audit.record(session, "agreement.offered", agreement)
    tell(session, AgreementOffered(agreement, about))
    messages.to_sign(session, agreement, subject, about)


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
    """One side signs; with the second signature the agreement is in force, and the visits of upkeep are planned.

    The signature keeps the SHA-256 of the text that was signed: nobody can say later that it was another.

    Raises:
        Refused: ``not_open``; ``twice`` for a side that has signed; ``day_to_come``; from the module.
        StaleDataError: the text changed since it was read.
    """
    if on is not None and on > clock.today():
        raise Refused(_("This day is still to come."), "on", rule="day_to_come")
    subject, about = take_agreement(session, agreement, revision)
    session.expire(agreement, ["signatures"])
    need_state(agreement, "to_sign")
    subject.check(session, about, "sign_applicant" if side == "applicant" else "sign_commune")
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
    if agreement.signature_of("applicant") and agreement.signature_of("commune"):
        _come_into_force(session, agreement, subject, about)
    return signature


def _come_into_force(session: TenantSession, agreement: Agreement, subject: AgreementSubject, about: Any) -> None:
    agreement.state = "signed"
    session.flush()
    signed = AgreementSigned(agreement, about)
    tell(session, signed)
    if agreement.upkeep_until is not None:
        day = clock.today() + BETWEEN_CHECKS
        while day < agreement.upkeep_until:
            plan_upkeep_check(session, agreement, day)
            day += BETWEEN_CHECKS
        plan_upkeep_check(session, agreement, agreement.upkeep_until)
    messages.signed(session, signed, subject)


def text_digest(agreement: Agreement) -> str:
    """SHA-256 of everything that is signed, in a fixed form."""
    names = (
        "reference version title purpose applicant_name commune_name amount_cents starts_on ends_on upkeep_until act"
    )
    facts: dict[str, Any] = {name: str(getattr(agreement, name)) for name in names.split()}
    facts["duties"] = [[duty.side, duty.text, str(duty.due_on)] for duty in agreement.duties]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# Keeping one's word --------------------------------------------------------------------------------------------------


def fulfil_duty(session: TenantSession, duty: Duty, *, done: bool = True) -> None:
    """One side did what it undertook, or it was noted by mistake.

    Raises:
        Refused: ``not_open``, the agreement is not in force.
    """
    session.refresh(duty.agreement, with_for_update={"of": Agreement})
    need_state(duty.agreement, "signed")
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
    """Note what was seen at a visit.

    Raises:
        Refused: ``noted`` by a colleague already; ``no_note``, what is not looked after is told.
    """
    session.refresh(check, with_for_update={"of": UpkeepCheck})
    if check.done_on is not None:
        raise Refused(_("A colleague noted this visit already: read what they saw."), rule="noted")
    if not kept and not note.strip():
        raise Refused(_("Say what you saw: the applicant can ask."), "note", rule="no_note")
    check.done_on, check.kept, check.note = clock.today(), kept, note
    session.flush()
    audit.record(session, "agreement.checked", check.agreement, kept=kept)


# Ending --------------------------------------------------------------------------------------------------------------


def break_agreement(
    session: TenantSession,
    agreement: Agreement,
    because: str,
    repay_cents: int | None = None,
    *,
    revision: int | None = None,
) -> None:
    """One side no longer keeps its word (LO-1: rupture): the agreement ends, and the applicant is told why.

    Args:
        repay_cents: what is asked back; None for all that was paid. The module that pays acts on it.

    Raises:
        StaleDataError. Refused: ``motive`` without a reason, ``not_open`` when it is not in force; from the module.
    """
    need_reason(because)
    subject, about = take_agreement(session, agreement, revision)
    need_state(agreement, "signed")
    subject.check(session, about, "break")
    agreement.state, agreement.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, "agreement.broken", agreement)
    broken = AgreementBroken(agreement, about, because, repay_cents)
    tell(session, broken)
    messages.broken(session, broken, subject)


def withdraw_agreement(session: TenantSession, agreement: Agreement, because: str) -> None:
    """What it was about goes no further, and its module tells the applicant: nothing is to be signed or kept any more.

    Raises:
        Refused: ``motive`` without a reason, ``not_open`` when it is over.
    """
    need_reason(because)
    need_state(agreement, "draft", "to_sign", "signed")
    action = "agreement.broken" if agreement.state == "signed" else "agreement.withdrawn"
    agreement.state, agreement.broken_because = "broken", because[:1000]
    session.flush()
    audit.record(session, action, agreement)


def need_reason(because: str) -> None:
    """Whoever ends an agreement says why."""
    if not because.strip():
        raise Refused(_("Write the reason: the applicant will read it."), "motive", rule="motive")


def end_agreement(session: TenantSession, agreement: Agreement, revision: int | None = None) -> None:
    """It was kept to the end.

    Raises:
        StaleDataError. Refused: ``not_open`` when it is not in force; from the module.
    """
    subject, about = take_agreement(session, agreement, revision)
    need_state(agreement, "signed")
    subject.check(session, about, "end")
    agreement.state = "ended"
    session.flush()
    audit.record(session, "agreement.ended", agreement)
