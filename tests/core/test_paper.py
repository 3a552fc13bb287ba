"""Paper forms: accessible, addressed to the mairie, with a reference and the address of the page."""

import io

import pytest
from pypdf import PdfReader

from civique.core.paper import Choices, Lines, PaperForm, Section, Table, Tick, Value, render_form


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture
def form():
    return PaperForm(
        title="Demander <le> #fonds",
        code="FIC-F-2026",
        path="/fonds/demander",
        introduction=("Des mots *simples*.",),
        sections=(
            Section("L’idée", [Lines("Nom", 1, "(court)"), Choices("Village", ("Andard", "Bauné"), "Bauné")], "Note."),
            Section(
                "Le reste",
                [
                    Table("Dépenses", ("Quoi", "Combien"), (3, 1), (("Terreau", "18,00 €"),), blank=2),
                    Value("Envoyée le", "12 décembre"),
                    Tick("J’accepte.", True),
                ],
            ),
        ),
    )


def test_everything_is_printed_as_it_is_written(commune, form):
    with commune.session() as session:
        pdf = render_form(session, form)
    words = text_of(pdf)
    for expected in (
        "Demander <le> #fonds",
        "Des mots *simples*.",
        "FIC-F-2026",
        "Bauné",
        "Terreau",
        "J’accepte.",
        "12 décembre",
    ):
        assert expected in words, expected
    assert "/fonds/demander" in words
    assert "Mairie de Blou" in words


def test_a_title_as_people_paste_it_prints(commune):
    with commune.session() as session:
        pdf = render_form(session, PaperForm(title="Bal 🎉\u200b du\x0b quartier", code="X-1", path="/", sections=()))
    assert "Bal du quartier" in text_of(pdf)


def test_it_is_accessible(commune, form):
    with commune.session() as session:
        reader = PdfReader(io.BytesIO(render_form(session, form)))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert str(catalogue["/Lang"]).startswith("fr")
    assert reader.metadata.title == "Demander <le> #fonds"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()


def test_the_contact_form_prints(commune):
    page = commune.client().get("/signaler")
    assert "/signaler/formulaire.pdf" in page.links()
    answer = commune.client().get("/signaler/formulaire.pdf").response
    assert answer.mimetype == "application/pdf"
    assert "QUE-F" in text_of(answer.get_data())
