"""Text without accents and case, for search keys, sorting and addresses of pages."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_

OPENED = {"œ": "oe", "æ": "ae", "ß": "ss"}
LETTERS = str.maketrans({**OPENED, "Œ": "oe", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d"})
MOST_WORDS = 8


def fold(text: str) -> str:
    """Lower case, no accents, letters and digits separated by single spaces: « Brain-sur-l’Authion » → brain sur l authion."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS)).casefold()
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def each_word(text: str, says: Callable[[str], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Conditions of a search: one for each word, wherever it stands. A text of signs alone finds nothing, no text finds all.

    Args:
        says: condition that a row holds a word, which is folded: letters and digits only, nothing that LIKE reads otherwise.
    """
    words = fold(text).split()[:MOST_WORDS]
    return [says(word) for word in words] or ([false()] if text.strip() else [])


def holds(text: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Conditions of a search: each word of a text is in one of the columns, whatever its accents, case and apostrophes."""
    return each_word(text, lambda word: or_(*(folded(column).contains(word) for column in columns)))


def folded(column: Any) -> Any:
    """A column as ``fold`` reads it, but for its signs, which no word holds; one that is kept folded as it is."""
    if getattr(column, "key", None) == "folded":
        return column
    lower = func.lower(column)
    for letter, letters in OPENED.items():
        lower = func.replace(lower, letter, letters)
    return func.translate(lower, *_accents())


@cache
def _accents() -> tuple[str, str]:
    """Small Latin letters with an accent, those of French first, and the same without."""
    others = (chr(code) for code in range(0xE0, 0x180) if chr(code) not in OPENED)
    pairs = {letter: fold(letter) for letter in ("é", "è", "ê", "à", "ç", *others)}
    kept = {
        letter: plain for letter, plain in pairs.items() if len(plain) == 1 and plain != letter and letter.islower()
    }
    return "".join(kept), "".join(kept.values())


def slugify(text: str, limit: int = 80) -> str:
    """Address of a page made from its title: lower case, hyphens, ASCII, never empty."""
    return "-".join(re.findall("[a-z0-9]+", fold(text)))[:limit].strip("-") or "page"
