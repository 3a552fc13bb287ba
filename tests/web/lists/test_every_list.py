"""What every list of the back office does: words, filters, orders, pages, files and what is said when nothing is found."""

import csv
import inspect
import io
import re
import unicodedata

import pytest

from civique.core.people import operations as people
from civique.web.desk_list import Asked, DeskList, Order, newest
from tests.architecture.test_matrix import routes

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def declared():
    """Addresses of the lists that are declared."""
    from tests.fixtures import wsgi

    for method, rule, _asked in routes("commune"):
        source = inspect.getsource(inspect.unwrap(wsgi().commune.view_functions[rule.endpoint]))
        # The list of one object (who is registered to a gathering) is tried with its object, in the tests of its pages.
        if method == "GET" and ".respond(" in source and rule.rule.startswith("/mairie") and not rule.arguments:
            yield rule.rule


def test_every_list_answers_to_all_that_its_head_proposes(lived_in):
    client = lived_in.client(lived_in.person("Anne", "Admin", "administrator", "secretary", "treasurer"))
    found = list(declared())
    assert len(found) >= 15, found
    for path in found:
        page = client.get(path)
        head = page.text[page.text.find('class="filters"') : page.text.find('id="rows"')]
        choices = [
            (name, code)
            for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', head, re.DOTALL)
            for code in re.findall(r'<option value="([^"]*)"', options)
        ]
        assert 'name="q"' in head, f"nothing to look for at {path}"
        assert 'hx-target="#rows"' in head, path
        for name, code in [("q", "zzzz"), ("q", "%_'\\"), ("tri", "nothing"), *choices]:
            shown = client.get(path, query={name: code})
            assert shown.status == 200, (path, name, code)
            assert "<h1" in shown.text, path
            if name != "q" and code not in {"", "tout", "nothing"}:
                assert f'<option value="{code}" selected' in shown.text, (path, name, code)
            fragment = client.get(path, query={name: code}, headers=PARTIAL)
            assert "<h1" not in fragment.text, path
            assert 'class="filters"' not in fragment.text, path
        assert "Rien ne correspond" in client.get(f"{path}?q=zzzz").words, path
        assert client.get(f"{path}?page=x").status == 404, path


def otherwise(words):
    """The same words as somebody else types them: other order, capitals, no accents, other apostrophes and spaces."""
    swapped = words.translate(str.maketrans("’'", "'’"))
    plain = "".join(c for c in unicodedata.normalize("NFD", swapped) if not unicodedata.combining(c))
    return "  ".join(reversed(plain.upper().split()))


def lines_of(client, path, **query):
    """Rows of the file of a list."""
    answer = client.get(path, query={**query, "format": "csv"})
    assert answer.status == 200, (path, query)
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))[1:]


def test_every_search_reads_words_however_they_are_typed(lived_in):
    """Accents, case, apostrophes and the order of words: a list finds what a colleague wrote otherwise."""
    client = lived_in.client(lived_in.person("Zoé", "D’Églantine", "administrator", "secretary", "treasurer"))
    tried = []
    for path in declared():
        rows = lines_of(client, path, **({"etat": "all"} if "questions" in path else {}))
        cells = {cell for row in rows for cell in row if len(cell.split()) > 1 and len(cell) <= 80}
        for words in sorted(cells, key=lambda cell: (cell.isascii(), cell)):
            found = lines_of(client, path, q=words)
            if found and not words.isascii():
                assert lines_of(client, path, q=otherwise(words)) == found, (path, words)
                tried.append(path)
                break
    assert len(tried) >= 12, tried


def test_words_that_are_signs_find_nothing_and_other_scripts_are_read(commune):
    with commune.session() as session:
        people.register_person(session, "Иван", "Łuczak")
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    assert len(lines_of(client, "/mairie/personnes", q="иван")) == 1
    assert len(lines_of(client, "/mairie/personnes", q="LUCZAK ИВАН")) == 1
    assert "Rien ne correspond" in client.get("/mairie/personnes", query={"q": "—"}).words


def test_a_list_that_is_not_narrowed_says_what_it_is_for(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator", "secretary"))
    for path in declared():
        words = client.get(path).words
        assert "Rien ne correspond" not in words, path


@pytest.fixture
def crowd(commune):
    """Forty-five people, half of them verified."""
    with commune.session() as session:
        for number in range(45):
            person = people.register_person(session, "Ida", f"Numéro {number:02}")
            if number % 2:
                people.verify_person(session, person)
    return commune.client(commune.person("Anne", "Admin", "administrator"))


def test_pages_and_files_keep_what_was_asked(crowd):
    page = crowd.get("/mairie/personnes?q=numero&trust=verified&tri=recents")
    following = next(link for link in page.links() if "page=2" in link)
    assert all(kept in following for kept in ("q=numero", "trust=verified", "tri=recents"))
    assert "Numéro 43" in page.words
    assert "Numéro 01" not in page.words
    assert "Numéro 01" in crowd.get(following).words
    second = crowd.get(following)
    files = [link for link in second.links() if "format=" in link]
    assert len(files) == 3
    assert all("q=numero" in link and "tri=recents" in link and "page=" not in link for link in files)
    lines = crowd.get(next(link for link in files if "csv" in link)).text.splitlines()
    assert len(lines) == 1 + 22
    assert "Numéro 43" in lines[1]
    assert "Numéro 42" not in "".join(lines)


def test_a_code_that_is_not_proposed_is_no_filter(crowd):
    assert "46 lignes" in crowd.get("/mairie/personnes?trust=nothing&tri=nothing").words.replace("\u00a0", " ")


def test_words_are_cut_and_stripped(crowd):
    page = crowd.get("/mairie/personnes", query={"q": f"  {'a' * 300}  "})
    assert f'value="{"a" * 100}"' in page.text


def test_tabs_are_kept_by_the_form_and_said_on_paper(commune):
    client = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    page = client.get("/mairie/courriers?etat=printed&q=x")
    assert '<input type="hidden" name="etat" value="printed">' in page.text
    assert "Aucun courrier n’a encore été imprimé" in client.get("/mairie/courriers?etat=printed").words
    assert "La pile est vide" in client.get("/mairie/courriers?etat=nothing").words, "the first tab"


def test_days_narrow_and_wrong_ones_do_not(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    everything = client.get("/mairie/journal").words
    assert "Anne Admin" in everything
    assert "Rien ne correspond" in client.get("/mairie/journal?until=2001-01-01").words
    assert "Anne Admin" in client.get("/mairie/journal?since=2001-01-01").words
    for wrong in ("yesterday", "0001-01-01", "2026-02-30", "9999-12-31"):
        page = client.get(f"/mairie/journal?since={wrong}")
        assert "Anne Admin" in page.words
        assert 'name="since" value=""' in page.text


def test_orders_end_with_the_key_of_the_rows():
    from sqlalchemy import select

    from civique.core.people.models import Person

    made = DeskList(
        name="x",
        title="x",
        select=lambda: select(Person).order_by(Person.folded),
        columns=(),
        template="",
        orders=(newest(Person.created_at), Order("nom", "Name", lambda asked: Person.folded)),
    )
    assert str(made.query(Asked("", {}, "recents"))).endswith("ORDER BY person.created_at DESC, person.id")
    assert str(made.query(Asked("", {}, "nom"))).endswith("ORDER BY person.folded, person.id")


def test_narrowed_is_what_is_asked_beyond_the_usual():
    usual = {"etat": "open"}
    assert not Asked("", {"etat": "open"}, "x", usual=usual).narrowed
    assert Asked("", {}, "x", usual=usual).narrowed
    assert Asked("", {"etat": "open", "canal": "web"}, "x", usual=usual).narrowed
    assert Asked("word", {"etat": "open"}, "x", usual=usual).narrowed
