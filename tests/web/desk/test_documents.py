"""Documents: what is accepted, what is refused, who reads, versions, deletion, the public page."""

import io
import zipfile

import pytest

from civique.core.documents.models import Document, StoredFile
from tests.defences import configured, defence, replaced, unchecked
from tests.web.desk.conftest import a_pdf, picture

BASE = "/mairie/documents"
FACTS = {"title": "Compte rendu de novembre", "kind": "minutes", "number": "2026-11", "dated": "2026-11-09"}


def file(client, content, name="document.pdf", **data):
    upload = (io.BytesIO(content), name)
    return client.submit(f"{BASE}/ajouter", {**FACTS, "visibility": "staff", "file": upload, **data})


def office(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def script_pdf():
    """A PDF that runs a program when it is opened."""
    return a_pdf().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>")


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (a_pdf(), "cr.pdf", "application/pdf"),
        (picture(), "plan.png", "image/webp"),
        (picture("HEIF"), "photo.heic", "image/webp"),
        (
            office("word/document.xml"),
            "lettre.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"nom;prix\nA;2\n", "tarifs.csv", "text/csv"),
    ],
)
def test_usual_files_are_accepted(commune, secretary, content, name, mime):
    page = file(secretary, content, name)
    assert page.status == 303
    assert "est classé" in secretary.follow(page).text.replace("\u00a0", " ")
    assert commune.one(StoredFile).mime == mime


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 200, "cr.pdf"),
        (b"\x7fELF" + b"\x00" * 200, "photo.jpg"),
        (b"<html><script>alert(1)</script></html>", "page.txt"),
        (script_pdf(), "cr.pdf"),
        (picture()[:60], "photo.png"),
        (b"", "vide.pdf"),
    ],
)
def test_what_is_dangerous_or_broken_is_refused_and_the_rest_stays(commune, secretary, content, name):
    page = file(secretary, content, name)
    assert page.status == 422
    form = page.form(f"{BASE}/ajouter")
    assert {key: form[key] for key in FACTS} == FACTS
    assert form["visibility"] == "staff"
    assert 'role="alert"' in page.text
    assert commune.all(Document) == []
    assert commune.all(StoredFile) == []


@defence("files are looked at before they are kept", replaced("civique.web.uploads.analyse", lambda *_: (False, [])))
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (office("word/document.xml", "word/vbaProject.bin"), "lettre.docx", "contient des macros"),
        (b"PK\x03\x04" + office("xl/workbook.xml")[4:90], "tableau.xlsx", "contient des macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "lettre.doc", "(.doc, .xls, .rtf"),
        (b"{\\rtf1 {\\object}}", "lettre.docx", "(.doc, .xls, .rtf"),
        (b"<svg onload=alert(1)>", "plan.png", "dessins en SVG"),
        (b"Bonjour <script>alert(1)</script>", "note.txt", "Les pages web"),
        (script_pdf(), "cr.pdf", "un formulaire qui s’envoie"),
    ],
    ids=["macros", "cut", "OLE2", "RTF", "SVG", "HTML", "PDF"],
)
def test_what_may_hold_a_program_is_refused_with_what_to_do_instead(commune, secretary, content, name, sentence):
    page = file(secretary, content, name)
    assert page.status == 422
    assert sentence in page.words
    assert "en PDF" in page.words
    assert commune.all(StoredFile) == []


@defence("a request is bounded", configured("MAX_CONTENT_LENGTH", None))
def test_sixteen_megabytes_are_too_much(commune, secretary):
    page = file(secretary, a_pdf() + b"\n%" + b"x" * 16_000_000)
    assert page.status == 422
    assert "title" in page.form(f"{BASE}/ajouter")
    assert commune.all(StoredFile) == []
    huge = file(secretary, b"%PDF-" + b"x" * 33_000_000)
    assert huge.status == 413


def test_without_a_file_or_a_choice_it_is_said(secretary):
    page = secretary.submit(f"{BASE}/ajouter", FACTS)
    assert page.status == 422
    assert "Choisissez un fichier." in page.words
    assert "Choisissez qui peut le lire." in page.words


@defence("a form that is sent twice acts once", replaced("civique.core.once.claim", lambda *_: None))
def test_sent_twice_files_once(commune, secretary):
    form = secretary.get(f"{BASE}/ajouter").form()
    answers = [
        secretary.post(
            f"{BASE}/ajouter", {**form, **FACTS, "visibility": "staff", "file": (io.BytesIO(a_pdf()), "a.pdf")}
        )
        for _ in range(2)
    ]
    assert answers[0].location == answers[1].location
    assert len(commune.all(Document)) == 1


@defence("a file of the town hall is read by it alone", replaced("civique.web.shell_views._theirs", lambda _row: True))
def test_what_is_for_the_town_hall_is_read_by_it_alone(commune, secretary):
    card = secretary.follow(file(secretary, a_pdf()))
    link = next(x for x in card.links() if x.startswith("/fichiers/"))
    assert secretary.get(link).status == 200
    assert commune.client().get(link).status == 404
    assert commune.client(commune.person()).get(link).status == 404
    assert FACTS["title"] not in commune.client().get("/documents").words


def test_a_public_document_is_on_the_page_and_in_the_search_until_it_is_taken_back(commune, secretary):
    page = file(secretary, a_pdf())
    path, visitor = page.location, commune.client()
    secretary.submit(f"{path}/montrer", on=path)
    shown = visitor.get("/documents")
    assert "Compte rendu de novembre" in shown.words
    link = next(x for x in shown.links() if x.startswith("/fichiers/"))
    assert visitor.get(link).status == 200
    assert FACTS["title"] in visitor.get("/documents?q=compte+novembre").words
    assert FACTS["title"] not in visitor.get("/documents?q=absent").words
    assert "Compte rendu de novembre" in visitor.get("/recherche?q=novembre").words
    secretary.submit(f"{path}/reprendre", on=path)
    assert visitor.get(link).status == 404
    assert FACTS["title"] not in visitor.get("/documents").words
    assert "Compte rendu de" not in visitor.get("/recherche?q=novembre").words


def test_versions_stay_and_the_newest_is_read(commune, secretary):
    path = file(secretary, a_pdf("un"), visibility="public").location
    second = {"file": (io.BytesIO(a_pdf("deux")), "corrige.pdf"), "note": "Faute corrigée"}
    page = secretary.follow(secretary.submit(f"{path}/version", second, on=path))
    assert "Version 2" in page.words
    assert "Version 1" in page.words
    assert "Faute corrigée" in page.words
    link = next(x for x in commune.client().get("/documents").links() if x.startswith("/fichiers/"))
    assert link.endswith("/corrige.pdf")
    refused = secretary.submit(f"{path}/version", {"file": (io.BytesIO(b"MZ" * 90), "x.pdf")}, on=path)
    assert refused.status == 422


def test_facts_are_corrected(commune, secretary):
    path = file(secretary, a_pdf()).location
    secretary.submit(path, {"title": "Compte rendu corrigé", "kind": "report"})
    document = commune.one(Document)
    assert (document.title, document.folded, document.kind) == (
        "Compte rendu corrigé",
        "compte rendu corrige",
        "report",
    )
    assert secretary.submit(path, {"title": ""}).status == 422


def test_deleting_asks_first_and_takes_the_files(commune, secretary):
    path = file(secretary, a_pdf()).location
    page = secretary.get(f"{path}/supprimer")
    assert "On ne peut pas revenir en arrière" in page.words
    assert commune.one(Document)
    secretary.submit(f"{path}/supprimer")
    assert commune.all(Document) == []
    assert commune.all(StoredFile) == []


def test_filters_and_files(secretary):
    file(secretary, a_pdf(), title="=SOMME(A1)", kind="order")
    assert "=SOMME" in secretary.get(f"{BASE}?genre=order&lecture=staff").words
    assert "=SOMME" not in secretary.get(f"{BASE}?genre=charter").words
    assert "'=SOMME(A1)" in secretary.get(f"{BASE}?format=csv").text


def test_documents_of_the_neighbour_do_not_exist_here(neighbour, secretary):
    client = neighbour.client(neighbour.person("Luc", "Petit", "secretary"))
    page = file(client, a_pdf(), visibility="public")
    identifier = page.location.rsplit("/", 1)[1]
    assert secretary.get(f"{BASE}/{identifier}").status == 404
    token = {"csrf_token": secretary.get(f"{BASE}/ajouter").form()["csrf_token"]}
    for verb in ("montrer", "reprendre", "supprimer", "version"):
        assert secretary.post(f"{BASE}/{identifier}/{verb}", token).status == 404
    link = next(x for x in client.follow(page).links() if x.startswith("/fichiers/"))
    assert secretary.get(link).status == 404


@defence("a page asks for its permission", unchecked("enforce"))
def test_the_counter_does_not_file_documents(commune):
    assert commune.client(commune.person("Luc", "Petit", "counter")).get(BASE).status == 403
