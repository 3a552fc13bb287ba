"""Words that leave the building, compared with the ones that were read and agreed.

``UPDATE_SNAPSHOTS=1 make test`` writes them anew; read the difference before you commit it.
"""

import os
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"
CHANGING = (
    (r"\b\d{3}[ \u00a0]\d{3}\b(?! ?€)", "123 456"),
    (r"http://([a-z0-9-]+\.)?civique\.localhost:\d+", r"http://\1civique.localhost"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "IDENTIFIANT"),
    (r"(/connexion/[a-z-]+/)[\w-]{20,}", r"\1JETON"),
    (r"(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) (1er|\d{1,2}) \w+ \d{4}", "LE JOUR"),
    (r"\b(1er|\d{1,2}) (janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) \d{4}", "LA DATE"),
    (r"\d{1,2}\u00a0h(\u00a0\d{2})?", "L’HEURE"),
    (r"(FIC|CON)-\d{4}-\d{4}", r"\1-2026-0001"),
)  # fmt: skip


def settled(text: str) -> str:
    """Text without what changes from one run to the next."""
    for pattern, replacement in CHANGING:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.fixture
def snapshot() -> Callable[[str, EmailMessage | str], None]:
    """Compares a message (subject, text and HTML) or a text with the one that was agreed under a name."""

    def compare(name: str, found: EmailMessage | str) -> None:
        text = settled(found if isinstance(found, str) else _message(found))
        path = FOLDER / f"{name}.txt"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"{path.name} was never agreed: UPDATE_SNAPSHOTS=1 writes it"
        assert text == path.read_text(), f"{path.name} changed"

    return compare


def _message(message: EmailMessage) -> str:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    headers = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject") if message[name])
    return f"{headers}\n\n{plain.get_content()}\n---- HTML ----\n{html.get_content()}"
