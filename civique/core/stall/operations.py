"""Receiving what was entered away from the server, once each."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from civique.core import audit
from civique.core.channels import AWAY
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stall import references
from civique.core.stall.forms import ANSWERS, Received, StallFacts, StallForm
from civique.core.stall.models import StallEntry
from civique.core.territory.models import Territory
from civique.core.typed import trimmed
from civique.services.identifiers import normal_email, parse_phone
from tenants.session import TenantSession

TAKEN = "reference_taken"
LIMITS = {"name": 120, "email": 254, "phone": 30, "street": 200, "postal_code": 5, "city": 120}


def receive_entry(
    session: TenantSession, forms: Iterable[StallForm], sent: Mapping[str, Any]
) -> tuple[StallEntry, bool]:
    """Take one entry of a tablet; the same one sent again gives the same answer.

    Args:
        sent: what the tablet kept: ``reference``, ``kind``, ``channel``, ``answer_by``, ``name``… as texts.

    Returns:
        The entry, and whether it is new.

    Raises:
        Refused: something is wrong with it; ``reference_taken``, another content was received under this reference and
            nothing is overwritten. The transaction must be rolled back.
    """
    texts = {str(name): trimmed(value) for name, value in sent.items() if isinstance(value, str)}
    try:
        reference = references.normal(texts.get("reference", ""))
    except references.NotAReference:
        raise Refused(_("This reference is not one of a tablet or a sheet."), "reference") from None
    form = next((form for form in forms if form.code == texts.get("kind")), None)
    entry, new = _claim(session, reference, texts.get("kind", "")[:60], _digest(texts))
    if not new:
        return entry, False
    if form is None:
        raise Refused(_("The town hall does not take this kind of entry any more."), "kind")
    facts = _checked(session, form, reference, texts)
    try:
        received = form.receive(session, facts)
    except Refused as refused:
        raise Refused(str(refused), f"{form.code}-{refused.field}" if refused.field else "kind") from None
    _settle(session, entry, received)
    return entry, True


def note_paper(session: TenantSession, reference: str, kind: str, received: Received) -> StallEntry:
    """Tie what an agent entered from a sheet to the reference of its line.

    Raises:
        Refused: this line was entered already.
    """
    entry, _new = _claim(session, reference, kind, "")
    _settle(session, entry, received)
    return entry


def find_entry(session: TenantSession, reference: str) -> StallEntry | None:
    """What was received under a reference."""
    return session.scalars(select(StallEntry).where(StallEntry.reference == reference)).one_or_none()


def _claim(session: TenantSession, reference: str, kind: str, digest: str) -> tuple[StallEntry, bool]:
    """Take the reference in this transaction; a sending at the same moment waits here for the first to end."""
    values = {"id": uuid7(), "reference": reference, "kind": kind, "digest": digest, "answered": "", "path": ""}
    query = insert(StallEntry).values(values).on_conflict_do_nothing().returning(StallEntry.id)
    new = session.execute(query).scalar_one_or_none() is not None
    entry = find_entry(session, reference)
    assert entry is not None, "the reference was just taken"
    if not new and (entry.digest != digest or not digest):
        sentence = (
            _("The town hall received another text under this reference. Nothing was overwritten.")
            if digest
            else _("This line was entered already: %(reference)s.", reference=entry.answered or entry.reference)
        )
        raise Refused(sentence, "sheet", rule=TAKEN)
    return entry, new


def _settle(session: TenantSession, entry: StallEntry, received: Received) -> None:
    entry.answered, entry.path = received.reference[:20], received.path[:200]
    entry.object_type, entry.object_id = type(received.row).__tablename__, received.row.id
    session.flush()
    audit.record(session, "stall.received", entry, kind=entry.kind)


def _digest(texts: Mapping[str, str]) -> str:
    """Changes with any field that says something."""
    said = {name: value for name, value in texts.items() if value}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _checked(session: TenantSession, form: StallForm, reference: str, texts: Mapping[str, str]) -> StallFacts:
    errors: dict[str, str] = {}
    for name, limit in LIMITS.items():
        if len(texts.get(name, "")) > limit:
            errors[name] = _("This is too long.")
    answer_by = texts.get("answer_by", "none")
    if texts.get("channel") not in AWAY:
        errors["channel"] = _("Say where it was told.")
    if answer_by not in ANSWERS:
        errors["answer_by"] = _("Say how to answer.")
    elif answer_by != "none" and not texts.get("name"):
        errors["name"] = _("Write the name of the person.")
    email = phone = None
    if answer_by == "email":
        email = _parsed(
            normal_email,
            texts.get("email", ""),
            errors,
            "email",
            _("This is not an e-mail address. Example: name@example.fr"),
        )
    if answer_by == "phone":
        phone = _parsed(
            parse_phone,
            texts.get("phone", ""),
            errors,
            "phone",
            _("This is not a telephone number. Example: 02 41 00 00 00"),
        )
    if answer_by == "letter" and not (texts.get("street") and texts.get("city")):
        errors["street"] = _("Write the street and the town, for the letter.")
    place = _territory(session, texts.get("territory_id", ""), errors)
    values = _values(session, form, texts, errors)
    if errors:
        raise Refused(" ".join(errors.values()), next(iter(errors)))
    posted = answer_by == "letter"
    return StallFacts(
        reference,
        texts["channel"],
        texts.get("name", ""),
        answer_by,
        email,
        phone,
        texts.get("street", "") if posted else "",
        texts.get("postal_code", "") if posted else "",
        texts.get("city", "") if posted else "",
        place,
        values,
    )


def _parsed(parse: Any, text: str, errors: dict[str, str], name: str, sentence: str) -> str | None:
    try:
        return str(parse(text))
    except ValueError:
        errors.setdefault(name, sentence)
        return None


def _territory(session: TenantSession, text: str, errors: dict[str, str]) -> UUID | None:
    try:
        place = session.get(Territory, UUID(text)) if text else None
    except ValueError:
        place = None
    if text and place is None:
        errors["territory_id"] = _("Choose the village again: this one is not in the list any more.")
    return place.id if place else None


def _values(
    session: TenantSession, form: StallForm, texts: Mapping[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    """The module's own fields, sent as ``<kind>-<name>``."""
    values: dict[str, Any] = {}
    for field in form.fields:
        name = f"{form.code}-{field.name}"
        value = values[field.name] = texts.get(name, "")
        allowed = [code for code, _label in field.choices(session)] if field.choices else None
        if field.required and not value:
            errors[name] = _("Fill in this field.")
        elif len(value) > field.limit:
            errors[name] = _("This is too long.")
        elif value and allowed is not None and value not in allowed:
            errors[name] = _("Choose one of the answers of the list.")
        elif value:
            try:
                values[field.name] = field.parse(value)
            except Refused as wrong:
                errors[name] = str(wrong)
    return values
