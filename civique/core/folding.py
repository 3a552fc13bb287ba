"""Text without accents and case, for search keys, sorting and addresses of pages."""

import re
import unicodedata
from typing import Any

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


def fold(text: str) -> str:
    """Lower case, no accents, letters and digits separated by single spaces: « Brain-sur-l’Authion » → brain sur l authion."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def holds(column: Any, text: str) -> list[Any]:
    """Conditions of a search: a folded column holds every word of a text."""
    return [column.contains(word, autoescape=True) for word in fold(text).split()]


def slugify(text: str, limit: int = 80) -> str:
    """Address of a page made from its title: lower case, hyphens, ASCII, never empty."""
    return fold(text).replace(" ", "-")[:limit].strip("-") or "page"
