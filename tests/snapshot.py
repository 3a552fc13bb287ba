"""Words that leave the building, compared with the ones that were read and agreed.

Each kind of message is made by its real operation, for one reader, at one moment, in French and in English: see the
fixtures ``scene`` and ``agreed``. A file of ``tests/snapshots`` holds all that a reader gets: the e-mail (headers, text,
what shows of its HTML) and, for somebody known, the letter. ``UPDATE_SNAPSHOTS=1`` writes them anew; read the difference
before you commit it.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.client import H, PageClient
from tests.fixtures import Commune, wsgi

FOLDER = Path(__file__).parent / "snapshots"
LOCALES = ("fr", "en")
# A Thursday, at ten in the morning in the commune.
MOMENT = datetime(2026, 3, 12, 9, tzinfo=UTC)
CHANGING = (
    (r"\b\d{3}[ \u00a0]\d{3}\b(?![ \u00a0\u202f]?€)", "123 456"),
    (r"civique\.localhost:\d+", "civique.localhost"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "IDENTIFIANT"),
    (r"(/connexion/[a-z-]+/|/rencontres/|/benevolat/heures/)[\w-]{20,}", r"\1JETON"),
    (r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b", "K7Q2-3FPR"),
    (r"(Code(?:[ \u00a0]?:| \|) )\d{6}\b", r"\g<1>123456"),
)
REASONS = {
    "fr": r"Vous recevez ce (message|courrier) parce qu(e |’)",
    "en": r"You receive this (message|letter) because ",
}


@dataclass
class Scene:
    """Loire-Authion with a town hall that can be reached, and Nadia Habitante, who reads one language."""

    commune: Commune
    reader: Any
    locale: str

    def browser(self, person: Any = None) -> PageClient:
        """A browser in this language on the commune's site, signed in as somebody or not."""
        client = self.commune.client(person)
        client.client.set_cookie("langue", self.locale, domain=client.host.split(":")[0])
        return client


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)


@pytest.fixture
def at_the_moment() -> Iterator[None]:
    """The clock of the programs stopped at ``MOMENT``."""
    with time_machine.travel(MOMENT, tick=False):
        yield


@pytest.fixture
def scene(loire_authion: Commune, locale: str, at_the_moment: None) -> Scene:
    """The scene, in each language."""
    from civique.core import settings
    from civique.core.commune import Contact
    from civique.core.people.queries import get_person

    commune = loire_authion
    reader = commune.person("Nadia", "Habitante")
    with commune.session() as session:
        settings.put(
            session,
            Contact(
                phone="+33241000000",
                email="mairie@loire-authion.exemple.fr",
                street="1 place de la Mairie",
                postal_code="49250",
                city="Loire-Authion",
                hours="Du lundi au vendredi, de 9\u00a0h à 12\u00a0h",
            ),
        )
        reader = get_person(session, reader.id)
        reader.street, reader.postal_code, reader.city, reader.locale = "3 rue du Port", "49250", "Brion", locale
        assert reader.emails
    return Scene(commune, reader, locale)


@pytest.fixture
def agreed(locale: str, at_the_moment: None) -> Callable[..., None]:
    """Compares the newest message of a kind with the words that were agreed.

    ``agreed(session, kind)``, with ``variant`` when a kind has several texts and ``to`` when several people are told.
    """

    def compare(
        opened: AbstractContextManager[Any], kind: str, *, variant: str = "", to: str = "", language: str = locale
    ) -> None:
        with opened as session:
            text = whole(session, newest(session, kind, to), language)
            session.rollback()
        same(f"{kind}{'--' if variant else ''}{variant}.{locale}", text)

    return compare


def newest(session: Any, kind: str, to: str = "") -> Any:
    """The last message of a kind (to an address), as if it were written at ``MOMENT``."""
    from sqlalchemy import select

    from civique.core.messages.models import Message

    query = select(Message).where(Message.kind == kind).order_by(Message.created_at.desc(), Message.id.desc())
    message = session.scalars(query.where(Message.address == to) if to else query).unique().first()
    assert message is not None, f"{kind} was not written"
    message.created_at = MOMENT
    return message


def whole(session: Any, message: Any, language: str) -> str:
    """All that a reader gets, after what is true of every message was checked."""
    from civique.core.i18n import long_date, speaking
    from civique.core.messages.rendering import as_email, as_letters

    assert message.locale == language, "the reader's language"
    assert re.match(REASONS[language], message.content["reason"]), message.content["reason"]
    parts = [_email(as_email(session, message))]
    for address in re.findall(r"http://[^\s\]>]+", parts[0]):
        _leads_somewhere(address)
    if message.person_id and not message.secret:
        parts.append(f"==== LETTER ====\n{pdf_words(as_letters(session, [message]))}")
    text = "\n".join(parts)
    assert "%(" not in text
    # What the database dates by itself has the day of its own clock.
    with speaking(language):
        return text.replace(long_date(session.scalar(select(func.clock_timestamp()))), long_date(MOMENT))


def same(name: str, text: str) -> None:
    """Refuse words that are not the ones agreed under a name."""
    text = re.sub(r"[ \t]+\n", "\n", text).strip() + "\n"
    for pattern, replacement in CHANGING:
        text = re.sub(pattern, replacement, text)
    path = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"{path.name} was never agreed: UPDATE_SNAPSHOTS=1 writes it"
    assert text == path.read_text(), f"{path.name} changed"


def pdf_words(pdf: bytes) -> str:
    """What a PDF says, page by page, below what makes it accessible: its title, its language, its claim to PDF/UA."""
    document = PdfReader(io.BytesIO(pdf))
    catalogue: Any = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"].value
    assert catalogue["/StructTreeRoot"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data()
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"].value
    title = document.metadata.title if document.metadata else ""
    assert title
    head = f"« {title} », {catalogue['/Lang']}, PDF/UA-1, pages: {len(document.pages)}"
    pages = [f"---- page {number} ----\n{page.extract_text()}" for number, page in enumerate(document.pages, 1)]
    return "\n".join([head, *pages])


def _email(message: EmailMessage) -> str:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    headers = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject") if message[name])
    shown = "\n".join(_lines(html5lib.parse(html.get_content())))
    return f"==== E-MAIL ====\n{headers}\n\n{plain.get_content()}\n==== HTML ====\n{shown}\n"


def _lines(tree: Element) -> Iterator[str]:
    """What shows of an HTML message, a line a paragraph or a row, links with their address."""
    for block in tree.iter():
        if block.tag in {f"{H}p", f"{H}h1", f"{H}tr"}:
            yield " ".join(_shown(block).split(" "))


def _shown(element: Element) -> str:
    inside = (element.text or "") + "".join(_shown(child) + (child.tail or "") for child in element)
    if element.tag == f"{H}a":
        return f"[{inside}] <{element.get('href')}>"
    return f"{inside} | " if element.tag == f"{H}th" else "\n" if element.tag == f"{H}br" else inside


def _leads_somewhere(address: str) -> None:
    """Refuse a link to a page that no application has."""
    parts = urlsplit(address)
    app = wsgi().apex if (parts.hostname or "").startswith("civique.") else wsgi().commune
    app.url_map.bind("").match(parts.path or "/")
