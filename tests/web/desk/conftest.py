"""A secretary at work, and small shortcuts to put things in the commune."""

import io
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def secretary(commune: Any) -> Any:
    """A client signed in as the town hall's secretary."""
    return commune.client(commune.person("Sylvie", "Moreau", "secretary"))


@pytest.fixture
def on_paper(commune: Any) -> Callable[..., Any]:
    """Registers somebody who has no e-mail, with a postal address."""
    from civique.core.people.operations import register_person

    def register(given: str = "Jeanne", family: str = "Lebrun", **facts: Any) -> Any:
        facts = {"street": "3 rue du Port", "postal_code": "49630", "city": "Corné", **facts}
        with commune.session() as session:
            return register_person(session, given, family, **facts)

    return register


@pytest.fixture
def ask(commune: Any) -> Callable[..., Any]:
    """Puts a question in the commune, as the public form or the counter do."""
    from civique.core.questions.operations import receive_question

    def receive(text: str = "Quand le lampadaire sera-t-il réparé ?", name: str = "Karim Benali", **facts: Any) -> Any:
        if not facts.get("applicant_id"):
            facts.setdefault("email", "karim@exemple.fr")
        with commune.session() as session:
            return receive_question(session, text=text, name=name, **facts)

    return receive


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small picture of this format."""
    from PIL import Image

    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", size, "#2c6e49").save(buffer, kind)
    return buffer.getvalue()


def a_pdf(text: str = "bonjour") -> bytes:
    """A true PDF with one page."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
