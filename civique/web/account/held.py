"""What is held of a person, said for people: dates as one writes them, codes in words. The file keeps the raw values."""

import re
from datetime import date, datetime
from typing import Any

from civique.core.i18n import _l, long_date

KEYS: dict[str, Any] = {
    "given_name": _l("First name"), "family_name": _l("Last name"), "birth_date": _l("Date of birth"),
    "phone": _l("Telephone"), "street": _l("Street"), "postal_code": _l("Postal code"), "city": _l("Town"),
    "locale": _l("Language"), "channel": _l("How we write"), "trust": _l("Trust"), "created_at": _l("Since"),
    "seen_at": _l("Last visit"), "emails": _l("E-mail addresses"), "subject": _l("Subject"),
    "paragraphs": _l("Text"), "state": _l("State"), "date": _l("Date"), "reference": _l("Reference"),
    "text": _l("Text"), "answer": _l("Answer"),
}  # fmt: skip
WORDS: dict[tuple[str, str], Any] = {
    ("locale", "fr"): "français", ("locale", "en"): "English",
    ("channel", "email"): _l("by e-mail"), ("channel", "letter"): _l("by letter"), ("channel", "web"): _l("on this site"),
    ("channel", "phone"): _l("by telephone"), ("channel", "none"): _l("not at all"),
    ("trust", "declared"): _l("declared"), ("trust", "confirmed"): _l("confirmed at your address"),
    ("trust", "verified"): _l("verified by the town hall"), ("state", "queued"): _l("leaving"),
    ("state", "sent"): _l("sent"), ("state", "failed"): _l("refused by your mailbox"),
    ("state", "to_print"): _l("letter to print"), ("state", "printed"): _l("posted"),
}  # fmt: skip
ISO = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


def key_label(key: str) -> str:
    """Words for a key of the export; the key itself when nobody gave any."""
    return str(KEYS.get(key, key.replace("_", " ")))


def shown(key: str, value: Any) -> str:
    """A value of the export as one reads it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(key, item) for item in value)
    if isinstance(value, str) and ISO.fullmatch(value):
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        return long_date(moment, weekday=False)
    return str(WORDS.get((key, str(value)), value))
