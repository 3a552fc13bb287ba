"""Every route of both applications, tried by everyone: nobody, a resident, each role, a neighbour's administrator.

The lists in ``routes.txt``, one with the tests of each module, are the contract: a route added, dropped or opened wider
fails here until its list is updated on purpose (``python -m tests.architecture.test_matrix`` writes them).
"""

from collections import defaultdict
from uuid import uuid4

import pytest

from civique.core.access.roles import ROLES
from civique.core.registry import modules
from civique.web.access import COUNTER, GATHERING_PERMISSIONS, PUBLIC, SIGNED_IN, STAFF, permission_of
from tests.fixtures import wsgi
from tests.lived_in import optional_modules
from tests.pages import MODULE, routes_of

VALUES = {"uuid": str(uuid4()), "integer": "1", "float": "1.0", "path": "x", "default": "nothing-of-this-name"}


def applications():
    """Both Flask applications by name."""
    return {"commune": wsgi().commune, "apex": wsgi().apex}


def every_route(name):
    """(method, rule, permission) of one application, without static files."""
    app = applications()[name]
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule, permission_of(app, rule.endpoint)


def module_of(endpoint):
    """Module whose route it is; the core's for what is no module's."""
    return wsgi().commune.config["MODULE_OF_BLUEPRINT"].get(endpoint.rpartition(".")[0], "core")


def routes(name):
    """(method, rule, permission) of one application without the tests' own module; of one module when ``MODULE`` says so."""
    known = {MODULE} if MODULE else {"core", *optional_modules()}
    return ((method, rule, asked) for method, rule, asked in every_route(name) if module_of(rule.endpoint) in known)


def enough(found, least):
    """Whether a test tried as much as it should: something, when a module is alone."""
    return found > (0 if MODULE else least)


def address(rule):
    """Address of a route with identifiers that exist nowhere."""
    return rule.build(any_values(rule))[1]


def any_values(rule):
    """A value of the right kind for each argument of a route."""
    return {
        name: VALUES.get(type(c).__name__.replace("Converter", "").lower(), VALUES["default"])
        for name, c in rule._converters.items()
    }


def agreements():
    """The contract as it is in the code: lines by file."""
    found = defaultdict(list)
    for name in applications():
        for method, rule, asked in every_route(name):
            found[routes_of(module_of(rule.endpoint))].append(f"{name} {method} {rule.rule} {asked}")
    return {path: sorted(lines) for path, lines in found.items()}


def test_the_lists_of_routes_are_those_agreed(services):
    for path, lines in agreements().items():
        assert path.exists(), f"{path} is missing: python -m tests.architecture.test_matrix"
        assert lines == path.read_text().splitlines(), path


def test_permissions_asked_exist(services):
    known = {PUBLIC, SIGNED_IN, STAFF, COUNTER, *GATHERING_PERMISSIONS, *modules().permissions}
    for name in applications():
        for method, rule, asked in routes(name):
            assert asked in known, (name, method, rule.rule, asked)


@pytest.fixture
def no_tokens(services):
    """Forms without token pass, so that what is tried is the permission."""
    for app in applications().values():
        app.config["WTF_CSRF_ENABLED"] = False
    yield
    for app in applications().values():
        app.config["WTF_CSRF_ENABLED"] = True


def roles_with(asked):
    if asked == COUNTER:  # any of what may be entered for a resident
        known = {"core", *optional_modules()}
        links = [link for manifest in modules() if manifest.name in known for link in manifest.counter_links]
        return set().union(*(roles_with(link.permission) for link in links))
    if asked in GATHERING_PERMISSIONS:  # the core's, or those of a kind
        known = {"core", *optional_modules()}
        kinds = [
            kind.permission for manifest in modules() if manifest.name in known for kind in manifest.gathering_kinds
        ]
        return set().union(*(roles_with(code) for code in (*GATHERING_PERMISSIONS[asked], *kinds)))
    return set(modules().permissions[asked].roles) if asked not in {PUBLIC, SIGNED_IN, STAFF} else set(ROLES)


def test_nobody_passes_where_somebody_is_asked(make_commune, no_tokens):
    commune = make_commune("49030", *optional_modules())
    for method, rule, asked in routes("commune"):
        page = commune.client()._open(method, address(rule))
        if asked == PUBLIC:
            assert page.status != 403, rule.rule
            assert not (page.status == 303 and page.location.startswith("/connexion?suite")), rule.rule
        else:
            assert page.status == 303, (method, rule.rule, page.status)
            assert page.location.startswith("/connexion?suite"), (rule.rule, page.location)


def test_a_resident_enters_no_page_of_the_mairie(make_commune, no_tokens):
    commune = make_commune("49030", *optional_modules())
    client = commune.client(commune.person("Nadia", "Habitante"))
    for method, rule, asked in routes("commune"):
        if asked not in {PUBLIC, SIGNED_IN}:
            page = client._open(method, address(rule))
            assert page.status == 403, (method, rule.rule, page.status)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_is_its_own_and_nothing_else(make_commune, no_tokens, role):
    commune = make_commune("49030", *optional_modules())
    person = commune.person("Rémi", "Rôle", role)
    client = commune.client(person)
    for method, rule, asked in routes("commune"):
        if asked in {PUBLIC, SIGNED_IN}:
            continue
        allowed = asked == STAFF or role in roles_with(asked)
        if not allowed:
            assert client._open(method, address(rule)).status == 403, (role, method, rule.rule)
        elif method == "GET":
            status = client.get(address(rule)).status
            assert status in ({200, 303, 308} if not rule.arguments else {200, 303, 308, 404}), (
                role,
                rule.rule,
                status,
            )


@pytest.mark.parametrize("role", ["administrator"])
def test_without_second_factor_nothing_sensitive_opens(make_commune, no_tokens, role):
    commune = make_commune("49030", *optional_modules())
    client = commune.client(commune.person("Rémi", "Rôle", role), strong=False)
    for method, rule, asked in routes("commune"):
        if asked in modules().permissions and modules().permissions[asked].sensitive and role in roles_with(asked):
            page = client._open(method, address(rule))
            assert page.status == 303, (method, rule.rule)
            assert page.location.startswith("/connexion/second-facteur"), rule.rule


def test_an_administrator_of_the_neighbour_is_nobody_here(make_commune, no_tokens):
    commune, neighbour = make_commune("49030", *optional_modules()), make_commune("49002", *optional_modules())
    administrator = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    token = administrator.client.get_cookie("civique", domain=neighbour.host.split(":")[0]).value
    for method, rule, asked in routes("commune"):
        if asked != PUBLIC:
            client = commune.client()
            client.client.set_cookie("civique", token, domain=commune.host.split(":")[0])
            page = client._open(method, address(rule))
            assert page.status == 303, (method, rule.rule, page.status)
            assert page.location.startswith("/connexion?suite"), rule.rule


def test_a_module_that_is_off_has_no_route(make_commune, no_tokens):
    commune = make_commune("49030")
    app = applications()["commune"]
    client = commune.client(commune.person("Rémi", "Rôle", "administrator"))
    for method, rule, _asked in routes("commune"):
        blueprint = rule.endpoint.rpartition(".")[0]
        if blueprint in app.config["MODULE_OF_BLUEPRINT"]:
            assert client._open(method, address(rule)).status == 404, rule.rule


if __name__ == "__main__":
    import os

    os.environ.setdefault("CIVIQUE_VAR", "/dev/shm/civique-routes")
    os.environ.update(
        CIVIQUE_EXTRA_MODULES="tests.sample civique.skeleton",
        SECRET_KEY="x" * 40,
        DATABASE_URL="postgresql://x@/x",
        REDIS_URL="memory://",
    )
    for path, lines in agreements().items():
        path.write_text("\n".join(lines) + "\n")
