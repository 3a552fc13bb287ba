"""Whatever a browser, a tablet or a machine sends is read in the one form that is kept; every form and route is tried."""

from io import BytesIO

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB

from civique.core.questions.models import Question
from civique.core.registry import modules
from tests.architecture.test_matrix import applications, enough, no_tokens, routes
from tests.architecture.test_matrix_places import filled, ids_of
from tests.client import H, _values

__all__ = ["no_tokens"]
NASTY = "Un\u200b mot\r\n\r\nde\u202e l’oﬃce\x00 a\u0300\ufeff"
# What PostgreSQL finds of a text that was not read so.
LEFT = "[\r\u200b\u202e\ufb03\u0300\ufeff]"
SINGLE = ["text", "search", "email", "tel", "url"]
# What ends the visit or the account.
ENDS = ("quitter", "effacer", "pas-moi")


def typed(form, values):
    """What a form sends once each of its texts is filled in so."""
    for element in form.iter():
        name, kind = element.get("name"), element.get("type", "text")
        if element.tag == f"{H}textarea" or (element.tag == f"{H}input" and kind in SINGLE):
            values[name] = NASTY
        elif element.tag == f"{H}select" and not values.get(name):
            codes = [option.get("value") for option in element.iter(f"{H}option") if option.get("value")]
            values[name] = codes[0] if codes else ""
        elif element.tag == f"{H}input" and kind == "radio" and not values.get(name):
            values[name] = element.get("value")
        elif element.tag == f"{H}input" and kind == "date":
            values[name] = "2026-12-12"
    return values


def pages_with_forms(commune):
    """Addresses of the pages that show a form: with something that is there when they ask for it."""
    ids = ids_of(commune)
    for method, rule, _asked in routes("commune"):
        if method == "GET" and not any(end in rule.rule for end in ("<path:", "/langue/", ".")):
            yield from list(filled(rule, ids))[:1] or ([] if "<" in rule.rule else [rule.rule])


def forms_of(page):
    return (
        [form for form in page.tree.iter(f"{H}form") if form.get("method") == "post"] if page.tree is not None else []
    )


def sent_everywhere(commune):
    """Fill in and send every form that an agent with every role sees; gives what went wrong and how many were sent."""
    client = commune.client(commune.person("Odile", "Admin", "administrator", "secretary", "treasurer", "moderator"))
    wrong, sent = [], set()
    for path in pages_with_forms(commune):
        for form in forms_of(client.get(path)):
            action = form.get("action") or path
            if action in sent or any(word in action for word in ENDS):
                continue
            sent.add(action)
            answer = client.client.post(action, base_url=f"http://{client.host}", data=typed(form, dict(_values(form))))
            if answer.status_code >= 500:
                wrong.append((action, answer.status_code))
    return wrong, sent


def left_in(commune):
    """Columns of the commune that hold what should have gone; JSON writes a line end as two characters."""
    tables = [table for manifest in modules().of(commune.tenant) for table in modules().plan.tables[manifest.name]]
    columns = [(t.name, c.name) for t in tables for c in t.columns if isinstance(c.type, (String, JSONB))]
    assert len(columns) > 100
    return [
        f"{table}.{column}"
        for table, column in columns
        if commune.sql(
            f"SELECT 1 FROM {table} WHERE CAST({column} AS text) ~ :left OR CAST({column} AS text) LIKE :line LIMIT 1",
            left=LEFT,
            line="%\\\\r%",
        )
    ]


def test_every_form_reads_texts_as_they_are_kept(lived_in, no_tokens):
    wrong, sent = sent_everywhere(lived_in)
    assert wrong == []
    assert enough(len(sent), 80), len(sent)
    assert left_in(lived_in) == []
    assert lived_in.sql("SELECT 1 FROM question WHERE answer LIKE :kept", kept="Un mot\n\nde l’office à%")


def test_a_zero_in_an_address_is_no_address(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    for name in applications():
        for method, rule, _asked in routes(name):
            if method == "GET":
                texts = [
                    n for n, c in rule._converters.items() if type(c).__name__ in {"UnicodeConverter", "PathConverter"}
                ]
                plain = "<" not in rule.rule
                if name == "commune" and plain:
                    assert client.get(f"{rule.rule}?q=a%00b").status == 400, rule.rule
                if name == "commune" and texts:
                    path = rule.rule.replace("<path:", "<")
                    for argument in rule._converters:
                        path = path.replace(f"<{argument}>", "a%00b")
                    assert client.get(path).status == 404, rule.rule


def test_a_zero_in_a_field_or_in_a_file_name_breaks_nothing(commune, no_tokens):
    client = commune.client(commune.person("Anne", "Admin", "administrator", "secretary"))
    for method, rule, _asked in routes("commune"):
        if method == "POST" and "<" not in rule.rule and not any(word in rule.rule for word in ENDS):
            assert client.post(rule.rule, {"suite": "/\0", "title": "a\0", "once": "\0", "id": "\0"}).status < 500, (
                rule.rule
            )
    sent = client.post("/mairie/documents/ajouter", {"title": "Budget", "file": (BytesIO(b"%PDF-1.4"), "a\0.pdf")})
    assert sent.status == 400


def test_a_name_of_spaces_and_marks_is_refused_in_words(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    for nothing in (" \u00a0 ", "\u200b\u200d", "\u0301 \u0308", "\u3164\u2800"):
        page = client.submit("/mairie/personnes/nouvelle", {"given_name": nothing, "family_name": "Martin"})
        assert page.status == 422, repr(nothing)
        assert "Indiquez" in page.words or "Écrivez" in page.words or "Remplissez" in page.words


def test_lines_are_counted_as_the_browser_counts_them(commune):
    client = commune.client()
    page = client.get("/signaler")
    most = int(next(e for e in page.tree.iter(f"{H}textarea")).get("maxlength"))
    text = ("a\r\n" * (most // 2))[: (most // 2) * 3].rstrip()
    assert client.submit("/signaler", {"text": text, "name": "Ali", "email": "ali@exemple.fr"}).status == 303
    assert "\r" not in commune.one(Question).text
