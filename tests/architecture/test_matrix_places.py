"""Every route with something of another commune in its address, without token, and in each state of a commune."""

from collections import defaultdict
from itertools import cycle

import pytest

from civique.core.registry import modules
from tests.architecture.test_matrix import address, any_values, enough, module_of, no_tokens, routes
from tests.lived_in import optional_modules
from tests.pages import MODULE, pages_of
from tests.platform.steps import apex_browser, platform

__all__ = ["no_tokens"]
OPEN_WHEN_SUSPENDED = {"access", "account", "exports"}
# Shown inside another site, or kept for the moments without network.
WITHOUT_BANNER = {"/bloc", "/hors-ligne", "/mairie/stand", "/mairie/porte"}
READ_ONLY = "vous ne pouvez rien y envoyer"


def ids_of(commune):
    """One id of each table of a commune, by table; tables without ids or without rows are left out."""
    tables = [t for m in modules().of(commune.tenant) for t in modules().plan.tables[m.name] if "id" in t.columns]
    rows = {table.name: commune.sql(f"SELECT id FROM {table.name} ORDER BY id LIMIT 1") for table in tables}
    return {name: found[0][0] for name, found in rows.items() if found}


def ids_for(argument, module, ids):
    """Ids that an argument may hold: of the table that the module's ``pages.py`` says, of the table of its name, or of
    those whose name ends with it."""
    name = argument.removesuffix("_id")
    name = {**pages_of("core").tables, **pages_of(module).tables}.get(name, name)
    return [value for table, value in ids.items() if table == name or table.endswith(f"_{name}")]


def filled(rule, ids):
    """Addresses of a route with ids that exist; other arguments are any."""
    names = [name for name, c in rule._converters.items() if type(c).__name__ == "UUIDConverter"]
    others = {name: value for name, value in any_values(rule).items() if name not in names}
    choices = [ids_for(name, module_of(rule.endpoint), ids) for name in names]
    for rank in range(max(map(len, choices), default=0)):
        values = {
            name: chosen[min(rank, len(chosen) - 1)] for name, chosen in zip(names, choices, strict=True) if chosen
        }
        if len(values) == len(names):
            yield rule.build(others | values)[1]


def with_ids(name):
    """Routes of an application whose address holds an id."""
    for method, rule, asked in routes(name):
        if any(type(c).__name__ == "UUIDConverter" for c in rule._converters.values()):
            yield method, rule, asked


def test_what_is_of_the_neighbour_does_not_exist_here(lived_in, neighbour, no_tokens):
    for module in optional_modules():
        neighbour.switch_on(module)
    ids, client = ids_of(lived_in), neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    own = lived_in.client(lived_in.person("Odile", "Ici", "administrator"))
    opened, untried = set(), []
    for method, rule, _asked in with_ids("commune"):
        addresses = list(filled(rule, ids))
        if not addresses:
            untried.append(rule.rule)
        for path in addresses:
            assert client._open(method, path).status == 404, (method, path)
            if method == "GET" and own.get(path).status == 200:
                opened.add(rule.rule)
    assert enough(len(opened), 15), "the same ids open at home"
    assert untried == [], "the demonstration, or a pages.py, lacks what these routes show"


def test_what_is_of_a_commune_does_not_exist_at_the_apex(lived_in, no_tokens):
    from civique.platform.access.operations import add_operator

    with platform() as session:
        operator = add_operator(session, "Olga Pivert", "olga@civique.exemple.fr")
    apex = apex_browser(operator)
    ids = ids_of(lived_in)
    ids |= {"tenant": ids["person"], "subscription": ids["person"], "outbox": ids["message"]}
    for method, rule, _asked in with_ids("apex"):
        for path in filled(rule, ids):
            page = apex._open(method, path)
            assert page.status == 404 or page.location == "/operations/travaux", (method, path)


@pytest.mark.parametrize("name", ["commune"] if MODULE else ["commune", "apex"])
def test_no_form_is_taken_without_its_token(name, make_commune, apex):
    commune = make_commune("49030", *optional_modules())
    client = commune.client(commune.person("Rémi", "Rôle", "administrator")) if name == "commune" else apex
    tried = 0
    for method, rule, _asked in routes(name):
        if method == "POST":
            assert client.post(address(rule)).status == 400, rule.rule
            assert client.post(address(rule), {"csrf_token": "x" * 40}).status == 400, rule.rule
            tried += 1
        else:
            assert method == "GET", (rule.rule, method)
    assert enough(tried, 20)


def content_of(commune):
    """A hash of every table of a commune, by table; a visit only notes that its session was seen."""
    tables = [t.name for m in modules().of(commune.tenant) for t in modules().plan.tables[m.name]]
    query = "SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {} AS row"
    return {name: commune.sql(query.format(name))[0][0] for name in tables if name != "web_session"}


def test_a_visit_to_an_address_of_forms_shows_the_form_or_leads_above_and_changes_nothing(lived_in):
    """A reload, or another language, after a refused form; a button's address opened from a history."""
    ids, client = ids_of(lived_in), lived_in.client(lived_in.person("Odile", "Ici", "administrator", "treasurer"))
    visited = {rule.rule for method, rule, _asked in routes("commune") if method == "GET"}
    client.get("/mairie")
    before, answers = content_of(lived_in), defaultdict(list)
    for method, rule, _asked in routes("commune"):
        if method == "POST" and rule.rule not in visited and rule.rule != "/connexion/quitter":
            path = next(filled(rule, ids), None) if rule.arguments else rule.rule
            page = client.get(path or address(rule))
            answers[page.status].append(rule.rule)
            assert page.status in {200, 303, 403, 404}, (rule.rule, page.status)
    assert {table for table, content in content_of(lived_in).items() if content != before[table]} == set()
    assert enough(len(answers[200]), 15), answers
    assert enough(len(answers[303]), 15), answers


def test_every_page_opens_where_there_are_communes_deleguees(lived_in_loire_authion):
    """One page a route, in the commune that is the exception; the client refuses bad pages."""
    commune, opened = lived_in_loire_authion, set()
    ids, client = ids_of(commune), commune.client(commune.person("Odile", "Ici", "administrator"))
    for method, rule, _asked in routes("commune"):
        if method == "GET":
            path = next(filled(rule, ids), None) if rule.arguments else rule.rule
            page = client.get(path or address(rule))
            assert page.status in {200, 302, 303, 308, 403, 404}, (rule.rule, page.status)
            if page.status == 200:
                opened.add(rule.rule)
    assert enough(len(opened), 150)


# States of a commune ------------------------------------------------------------------------------------------------


def in_state(commune, state, reason=None):
    """Put a commune into a state."""
    from civique.core.process import provisioner, registry

    provisioner().set_state(commune.tenant, state, reason)
    registry().forget()


def test_suspended_it_is_read_and_exported_and_not_changed(make_commune, no_tokens):
    commune = make_commune("49030", *optional_modules())
    client = commune.client(commune.person("Rémi", "Rôle", "administrator"))
    before = {rule.rule: client.get(address(rule)).status for rule in plain("commune")}
    in_state(commune, "suspended", "Facture en attente.")
    for rule in plain("commune"):
        page = client.get(address(rule))
        assert page.status == before[rule.rule], (rule.rule, page.status)
        if page.status == 200 and page.tree is not None and rule.rule not in WITHOUT_BANNER:
            assert READ_ONLY in page.text, rule.rule
            assert "Facture en attente." in page.text, rule.rule
    for method, rule, _asked in routes("commune"):
        if method == "POST":
            page = client.post(address(rule))
            closed = rule.endpoint.partition(".")[0] not in OPEN_WHEN_SUSPENDED
            assert (page.status == 403 and READ_ONLY in page.words) == closed, (rule.rule, page.status)
    administrator = commune.client(commune.person("Odile", "Ici", "administrator"))
    assert administrator.submit("/mairie/export").status == 303


def plain(name):
    """GET routes of an application without argument, but the one that signs out."""
    return [rule for method, rule, _asked in routes(name) if method == "GET" and not rule.arguments]


@pytest.mark.parametrize(("state", "status"), [("closed", 503), ("creating", 503), ("deleting", 410)])
def test_closed_it_says_why_and_nothing_else(state, status, make_commune, no_tokens):
    commune = make_commune("49030", *optional_modules())
    person = commune.person("Rémi", "Rôle", "administrator")
    clients = [commune.client(), commune.client(person)]
    turns = cycle([[client] for client in clients])  # one of both for each route, where it is not told why
    in_state(commune, state, "La commune a quitté Civique.")
    for method, rule, _asked in routes("commune"):
        if rule.endpoint.partition(".")[0] == "shell":
            continue
        for client in clients if state == "closed" else next(turns):
            page = client._open(method, address(rule))
            assert page.status == status, (method, rule.rule, page.status)
            if state == "closed":
                assert "La commune a quitté Civique." in page.words, rule.rule


def test_a_deleted_commune_has_left(fresh_commune):
    in_state(fresh_commune, "deleted")
    for path in ("/", "/mairie", "/connexion", "/agenda"):
        page = fresh_commune.client().get(path)
        assert page.status == 410, path
        assert "Blou" not in page.text


def test_what_answers_early_speaks_the_language_of_its_visitor(fresh_commune):
    in_state(fresh_commune, "closed")
    english, french = fresh_commune.client(), fresh_commune.client()
    english.client.set_cookie("langue", "en", domain=fresh_commune.host.split(":")[0])
    for client, words in ((english, "not available"), (french, "pas disponible"), (english, "not available")):
        assert words in client.get("/").title
