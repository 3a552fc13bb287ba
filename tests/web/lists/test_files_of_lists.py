"""Every list of the back office as CSV, XLSX and PDF, with the same rows; the long ones by a task."""

import errno
import inspect
import io

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from civique.core.people import operations as people
from civique.core.people.queries import get_person
from civique.core.tasks import Task, result_path
from civique.web import list_jobs, tables
from tests.architecture.test_matrix import routes
from tests.architecture.test_matrix_places import filled, ids_of
from tests.client import E164

KINDS = ("csv", "xlsx", "pdf")


def listings():
    """Routes of the back office whose view shows a list by pages, or gives one as a file."""
    from tests.fixtures import wsgi

    for method, rule, _asked in routes("commune"):
        source = inspect.getsource(inspect.unwrap(wsgi().commune.view_functions[rule.endpoint]))
        gives = any(call in source for call in (".respond(", "paginate(", "list_file("))
        if method == "GET" and rule.rule.startswith("/mairie") and gives:
            yield rule


def content(page):
    """The file that a page is."""
    assert page.status == 200, page.location
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Disposition"].startswith("attachment")
    return page.response.get_data()


def csv_rows(data):
    import csv

    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def flat(text):
    return "".join(str(text).replace("\u200b", "").replace("-", "").split())


def paper(data):
    """Text of a PDF without spaces nor hyphens (a line may be cut anywhere)."""
    return flat("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages))


def test_every_list_of_the_mairie_is_three_files_with_the_same_rows(lived_in, monkeypatch):
    monkeypatch.setattr(tables, "LONG", dict.fromkeys(KINDS, 50_000))
    client = lived_in.client(lived_in.person("Anne", "Admin", "administrator", "secretary", "treasurer"))
    ids, seen = ids_of(lived_in), {}
    for rule in listings():
        address = next(iter(filled(rule, ids)), None) if rule.arguments else rule.rule
        assert address, f"nothing to show at {rule.rule}"
        with_rows = client.get(address)
        links = [link for link in with_rows.links() if "format=" in link]
        assert links or 'class="rows"' not in with_rows.text, f"no link to a file at {rule.rule}"
        files = {kind: content(client.get(f"{address}?format={kind}")) for kind in KINDS}
        table, book, text = csv_rows(files["csv"]), xlsx_rows(files["xlsx"]), paper(files["pdf"])
        assert len(table) == len(book) or (len(table) == 1 and len(book) <= 1), rule.rule
        assert table[0] == [str(cell) for cell in book[0]], rule.rule
        assert not E164.search(str(table)), rule.rule
        for line in table[1:]:
            first = next(cell for cell in line if cell)
            assert flat(first.removeprefix("'")) in text, (rule.rule, first)
        seen[rule.rule] = len(table) - 1
        if links:
            assert {link.rpartition("format=")[2] for link in links} == set(KINDS), rule.rule
    assert len(seen) >= 20
    assert sum(1 for rows in seen.values() if rows) >= 15, seen


def test_the_paper_is_accessible_and_says_what_was_looked_for(commune):
    client = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    with commune.session() as session:
        people.register_person(session, "Jean", "=cmd|' /C calc'!A0")
    data = content(client.get("/mairie/personnes?trust=declared&q=cmd&format=pdf"))
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.metadata.title == "Personnes"
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert b"pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height, "nine columns: the sheet lies"
    words = " ".join(reader.pages[0].extract_text().split())
    assert "Identité : Déclarée" in words
    assert "Mots cherchés : cmd" in words
    assert "Une ligne, " in words
    assert "1 / 1" in words
    assert "'=cmd" in content(client.get("/mairie/personnes?format=csv")).decode("utf-8-sig")


@pytest.fixture
def many(commune, monkeypatch):
    """Fourteen people where more than ten is long."""
    monkeypatch.setattr(tables, "LONG", dict.fromkeys(KINDS, 10))
    with commune.session() as session:
        for number in range(14):
            people.register_person(session, "Ida", f"Numéro {number:02}")
    return commune


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_list_is_a_task_that_its_person_alone_fetches(many, run_jobs, kind):
    anne = many.person("Anne", "Admin", "administrator")
    client = many.client(anne)
    page = client.get(f"/mairie/personnes?q=numero&format={kind}")
    task = many.one(Task)
    assert page.location == f"/mairie/taches/{task.id}"
    assert client.get(f"/mairie/personnes?q=numero&format={kind}").location == page.location, "one work a list"
    assert "every 2s" in client.follow(page).text
    run_jobs()
    link = next(link for link in client.follow(page).links() if link.endswith("/fichier"))
    answer = client.get(link)
    data = answer.response.get_data()
    assert task.label == "Liste\N{NO-BREAK SPACE}: Personnes"
    assert f".{kind}" in answer.headers["Content-Disposition"]
    text = paper(data) if kind == "pdf" else str(csv_rows(data) if kind == "csv" else xlsx_rows(data))
    assert all(flat(f"Numéro {n:02}") in flat(text) for n in range(14))
    assert "Admin" not in text, "the filters are those of the page"
    other = many.client(many.person("Zoé", "Seconde", "administrator"))
    assert other.get(page.location).status == other.get(link).status == 404


def test_rights_lost_meanwhile_are_lost(many, run_jobs):
    from civique.core.access.models import RoleGrant
    from civique.core.access.operations import end_role

    def without(person):
        with many.session() as session:
            for grant in session.query(RoleGrant).filter_by(person_id=person.id, role="secretary"):
                end_role(session, grant)

    before = many.person("Ève", "Avant", "secretary", "elected")
    page = many.client(before).get("/mairie/personnes?format=csv")
    without(before)
    run_jobs()
    shown = many.client(before).get(page.location)
    assert "Vous ne pouvez plus ouvrir cette liste" in shown.words
    after = many.person("Éva", "Après", "secretary", "elected")
    client = many.client(after)
    page = client.get("/mairie/personnes?format=csv")
    run_jobs()
    link = f"{page.location}/fichier"
    assert client.get(link).status == 200
    without(after)
    assert client.get(link).status == 403


def test_a_full_disk_and_a_killed_worker_leave_nothing_half(many, run_jobs, monkeypatch):
    client = many.client(many.person("Anne", "Admin", "administrator"))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_bytes", full)
        page = client.get("/mairie/personnes?format=csv")
        run_jobs()
    assert "plus de place" in client.get(page.location).words
    task = many.one(Task)
    assert list(result_path(many.tenant, task.id).parent.iterdir()) == []

    def killed(*_):
        raise KeyboardInterrupt

    page = client.get("/mairie/personnes?format=csv")
    with monkeypatch.context() as patch:
        patch.setattr(list_jobs, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            run_jobs()
    task = many.one(Task, state="running")
    run_jobs_again(many)
    assert many.one(Task, id=task.id).state == "done"
    assert [file.name for file in result_path(many.tenant, task.id).parent.iterdir()] == [task.id.hex]


def run_jobs_again(commune):
    """The next attempt of what waits in the outbox."""
    from sqlalchemy import text

    from civique.core.process import engines
    from civique.worker import perform

    with engines().platform.connect() as connection:
        for row in connection.execute(text("SELECT id FROM platform.outbox WHERE done_at IS NULL")).all():
            perform(str(row[0]))


def test_what_is_too_long_for_paper_is_said(many, monkeypatch):
    monkeypatch.setattr(tables, "MOST", {"csv": 50, "xlsx": 50, "pdf": 12})
    client = many.client(many.person("Anne", "Admin", "administrator"))
    page = client.get("/mairie/personnes?q=numero&format=pdf")
    assert page.location == "/mairie/personnes?q=numero"
    words = client.follow(page).text
    assert "trop longue pour le papier" in words
    assert "12 au plus" in words.replace("\u00a0", " ")
    assert many.all(Task) == []


def test_an_erased_person_gets_no_list(many, run_jobs):
    person = many.person("Anne", "Admin", "administrator")
    many.person("Zoé", "Seconde", "administrator")
    many.client(person).get("/mairie/personnes?format=csv")
    with many.session() as session:
        from civique.core import privacy
        from civique.core.registry import modules

        privacy.erase(session, get_person(session, person.id), modules())
    run_jobs()
    assert many.all(Task) == []
