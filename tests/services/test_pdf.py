import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from civique.services.pdf import DRAWN, PdfRefused, render_pdf

LETTER: dict[str, Any] = {
    "language": "fr",
    "sender": {"name": "Mairie de Saint-Véran", "lines": ["Le Châtelet", "05350 Saint-Véran"]},
    "recipient": ["Madame Ana Œuvrard", "3 rue de l’Église", "05350 Saint-Véran"],
    "place_and_date": "Saint-Véran, le 22 novembre 2026",
    "reference": "Réf. : 2026-118",
    "subject_label": "Objet :",
    "subject": "Votre inscription à l’atelier",
    "body": ["Madame,", "Votre inscription est retenue.", "Nous vous prions d’agréer nos salutations distinguées."],
    "signature": ["Le maire,", "Jean Dupont"],
    "footer": "Mairie de Saint-Véran — 04 92 00 00 00",
}


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text, without regard to where the lines were cut."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def test_a_letter_is_accessible() -> None:
    pdf = read(render_pdf("letter.typ", LETTER))
    catalog = pdf.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value
    assert catalog["/Lang"] == "fr"
    assert catalog["/StructTreeRoot"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert pdf.metadata is not None
    assert pdf.metadata.title == LETTER["subject"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data()
    assert len(pdf.pages) == 1


def test_a_letter_says_everything_it_was_given() -> None:
    text = text_of(render_pdf("letter.typ", LETTER))
    for part in [*LETTER["sender"]["lines"], *LETTER["recipient"], *LETTER["body"], *LETTER["signature"]]:
        assert part in text
    for name in ("place_and_date", "reference", "footer"):
        assert LETTER[name] in text
    assert "Objet : Votre inscription à l’atelier" in text


def test_the_address_is_in_the_window_whatever_the_sender() -> None:
    tall = {**LETTER, "sender": {"name": "Mairie", "lines": ["ligne"] * 15}}
    for letter in (LETTER, tall):
        places: list[tuple[float, float]] = []

        def visit(text: str, cm: Any, tm: Any, font: Any, size: Any, places: Any = places) -> None:
            if "Œuvrard" in text:
                places.append((tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]))

        page = read(render_pdf("letter.typ", letter)).pages[0]
        page.extract_text(visitor_text=visit)
        assert len(places) == 1
        millimetres = 25.4 / 72
        x, y = places[0][0] * millimetres, 297 - places[0][1] * millimetres
        assert 100 < x < 190
        assert 45 < y < 79


def test_markup_in_the_data_stays_inert() -> None:
    hostile = '*gras* #panic("x") $x^2$ = titre\n- liste #image("/etc/passwd") \\ <b> "guillemets" // note'
    text = text_of(render_pdf("letter.typ", {**LETTER, "body": [hostile], "subject": hostile, "footer": hostile}))
    assert '*gras* #panic("x") $x^2$ = titre' in text
    assert '#image("/etc/passwd") \\ <b>' in text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bal 🎉 du village", "Bal du village"),
        ("Madame 王小明", "Madame □□□"),
        ("Point \uf0b7 collé", "Point collé"),
        ("Sans\u200blargeur", "Sanslargeur"),
        ("Saut\x0bde ligne\x02", "Sautde ligne"),
        ("☎ 02 41", "02 41"),
        ("Ça coûte 12 € – « œuf » ½ → fin", "Ça coûte 12 € – « œuf » ½ → fin"),
    ],
)
def test_what_no_font_draws_never_keeps_a_letter_from_leaving(typed: str, printed: str) -> None:
    letter = {**LETTER, "subject": typed, "body": [typed], "recipient": [typed, "3 rue de l’Église"]}
    assert text_of(render_pdf("letter.typ", letter)).count(printed) >= 2


def test_the_blocks_that_are_drawn_are_drawn() -> None:
    """Each character kept when something else could not be drawn: none of them makes the second attempt fail."""
    every = "".join(chr(code) for first, last in DRAWN for code in range(first, last + 1))
    render_pdf("letter.typ", {**LETTER, "body": [every + "🎉"]})


def test_the_same_data_give_the_same_bytes() -> None:
    assert render_pdf("letter.typ", LETTER) == render_pdf("letter.typ", LETTER)
    assert read(render_pdf("letter.typ", LETTER)).metadata.creation_date is None  # type: ignore[union-attr]


def test_the_date_of_a_document_is_given_by_the_caller() -> None:
    created = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    pdf = render_pdf("letter.typ", LETTER, created=created)
    assert pdf == render_pdf("letter.typ", LETTER, created=created)
    assert read(pdf).metadata.creation_date == created  # type: ignore[union-attr]


def test_a_long_letter_has_numbered_pages() -> None:
    pdf = render_pdf("letter.typ", {**LETTER, "body": ["Un paragraphe assez long pour tenir une ligne."] * 40})
    assert len(read(pdf).pages) > 1
    assert "1 / 2" in text_of(pdf)


@pytest.mark.parametrize("lines", range(24, 36, 3))
def test_a_letter_a_little_longer_than_a_page_is_numbered_too(lines: int) -> None:
    pages = read(render_pdf("letter.typ", {**LETTER, "body": ["Une ligne."] * lines})).pages
    assert all(
        (f"{number} / {len(pages)}" in page.extract_text()) == (len(pages) > 1) for number, page in enumerate(pages, 1)
    )


def test_a_pile_numbers_the_sheets_of_each_letter() -> None:
    pile = {
        "title": "Pile",
        "author": "Mairie",
        "language": "fr",
        "letters": [LETTER, {**LETTER, "language": "en", "body": ["A line."] * 40}],
    }
    pages = read(render_pdf("letter.typ", pile)).pages
    assert len(pages) == 3
    assert [number for page in pages for number in ("1 / 2", "2 / 2") if number in page.extract_text()] == [
        "1 / 2",
        "2 / 2",
    ]
    assert render_pdf("letter.typ", pile) == render_pdf("letter.typ", pile)


def test_a_logo_needs_a_description(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "navy").save(tmp_path / "logo", format="WEBP")  # kept by its hash: without extension
    sender = {**LETTER["sender"], "logo": {"path": "/logo", "alt": "Blason de Saint-Véran"}}
    pdf = render_pdf("letter.typ", {**LETTER, "sender": sender}, files=tmp_path)
    assert len(list(read(pdf).pages[0].images)) == 1
    sender["logo"] = {"path": "/logo", "alt": None}
    with pytest.raises(PdfRefused, match=r"(?i)alt"):
        render_pdf("letter.typ", {**LETTER, "sender": sender}, files=tmp_path)


def test_an_image_elsewhere_is_refused(tmp_path: Path) -> None:
    sender = {**LETTER["sender"], "logo": {"path": "/../secret.png", "alt": "x"}}
    with pytest.raises(PdfRefused, match="escape"):
        render_pdf("letter.typ", {**LETTER, "sender": sender}, files=tmp_path)


def test_another_standard(tmp_path: Path) -> None:
    template = tmp_path / "plain.typ"
    template.write_text('#set document(title: "x")\n#set text(lang: "fr")\n#json(bytes(sys.inputs.data)).name')
    pdf = render_pdf(template, {"name": "Zoé"}, standard=["a-3a", "ua-1"], created=datetime(2026, 1, 1, tzinfo=UTC))
    assert text_of(pdf) == "Zoé"
    assert b"pdfaid" in read(pdf).trailer["/Root"]["/Metadata"].get_data()


def test_a_broken_template_is_refused_with_a_reason(tmp_path: Path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("#unknown")
    with pytest.raises(PdfRefused, match="unknown variable"):
        render_pdf(template, {})
