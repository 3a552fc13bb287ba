"""The contracts: texts in versions, as pages and as accessible PDF."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from civique.core import i18n
from civique.core.config import ROOT
from civique.core.i18n import gettext as _
from civique.services.pdf import render_pdf

FOLDER = Path(__file__).parent / "contracts"
TEMPLATE = ROOT / "templates" / "platform" / "contract.typ"
FILE = re.compile(r"(?P<kind>terms|data)-(?P<version>\d{4}-\d{2})\.(?P<locale>fr|en)\.md")


@dataclass(frozen=True)
class Contract:
    """One version of one text, in one language. ``body`` is Markdown without its title."""

    kind: str
    version: str
    locale: str
    title: str
    body: str


@cache
def contracts() -> dict[tuple[str, str, str], Contract]:
    """Every text, by kind, version and language; a published version never changes, a new one is a new file."""
    found = {}
    for path in sorted(FOLDER.glob("*.md")):
        match = FILE.fullmatch(path.name)
        assert match is not None, path.name
        title, _sep, body = path.read_text().partition("\n")
        contract = Contract(**match.groupdict(), title=title.removeprefix("# ").strip(), body=body.strip())
        found[contract.kind, contract.version, contract.locale] = contract
    return found


def versions(kind: str) -> list[str]:
    """Versions of a text, newest first."""
    return sorted({version for found, version, _locale in contracts() if found == kind}, reverse=True)


def contract(kind: str, version: str | None = None) -> Contract | None:
    """A text in the language of the page, the version in force unless another is asked for."""
    wanted = version or versions(kind)[0]
    return contracts().get((kind, wanted, i18n.get_locale()))


def contract_pdf(text: Contract) -> bytes:
    """A contract to print and sign; the same version gives the same bytes."""
    data = {
        "lang": text.locale,
        "title": text.title,
        "version": _("Version %(version)s", version=text.version),
        "model": _("Model text, to be read by a lawyer before it is signed."),
        "blocks": blocks(text.body),
        "signatures": [_("For the commune"), _("For Civique")],
        "signature_hint": _("Name, function, date, signature"),
    }
    return render_pdf(TEMPLATE, data)


def blocks(markdown: str) -> list[dict[str, Any]]:
    """Headings, paragraphs and lists of a Markdown text, as data that Typst cannot take for markup."""
    from markdown_it import MarkdownIt

    found: list[dict[str, Any]] = []
    kind, level = "p", 0
    items: list[Any] | None = None
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        if token.type == "heading_open":
            kind, level = "h", int(token.tag[1]) - 1
        elif token.type == "bullet_list_open":
            items = []
            found.append({"kind": "list", "items": items})
        elif token.type == "bullet_list_close":
            items = None
        elif token.type == "inline":
            runs = _runs(token.children or [])
            if items is not None:
                items.append(runs)
            else:
                found.append({"kind": kind, "level": level, "runs": runs})
            kind = "p"
    return found


def _runs(tokens: list[Any]) -> list[dict[str, Any]]:
    """Pieces of text with their weight."""
    runs: list[dict[str, Any]] = []
    strong = False
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            strong = token.type == "strong_open"
        elif token.type in {"softbreak", "hardbreak"}:
            runs.append({"text": " ", "strong": False})
        elif token.content:
            runs.append({"text": token.content, "strong": strong})
    return runs
