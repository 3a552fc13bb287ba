"""Texts that a spreadsheet would run when it opens a list: neutralised in the files that leave, restored in those that come
back."""

import re

from civique.core.typed import INVISIBLE

# Signs that begin a formula or a command, full-width ones included, behind spaces and marks that draw nothing.
_BEGINS = rf"[\s{INVISIBLE}]*[=+\-@|%＝＋－＠]|[ {INVISIBLE}]*[\t\r\n]"
_DANGEROUS = re.compile(_BEGINS)
_PROTECTED = re.compile(rf"'+(?:{_BEGINS})")
_NUMBER = re.compile(r"-\d[\d.,\s\u00a0\u202f]*(?:%|€)?")


def neutral(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet would run it; a negative number stays a number. A text that has
    the apostrophe already has another, so that :func:`restored` gives it back."""
    runs = _DANGEROUS.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs or _PROTECTED.match(text) else text


def restored(text: str) -> str:
    """The text of a cell that :func:`neutral` made, without its apostrophe."""
    return text[1:] if _PROTECTED.match(text) else text
