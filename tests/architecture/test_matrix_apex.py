"""Every route of the apex, tried by nobody, by somebody of a commune, by somebody known to the apex, by an operator."""

import pytest

from civique.core.registry import modules
from civique.web.access import PUBLIC, SIGNED_IN
from tests.architecture.test_matrix import address, no_tokens, routes
from tests.platform.steps import apex_browser, platform

__all__ = ["no_tokens"]


@pytest.fixture
def browser(services):
    """Makes browsers on the apex, signed in as somebody new with or without the role of operator."""
    from civique.core.access.operations import grant_role
    from civique.core.people.operations import register_person

    def make(*roles, strong=True):
        with platform() as session:
            person = register_person(session, "Olga", "Pivert")
            for role in roles:
                grant_role(session, person, role)
        return apex_browser(person, strong=strong)

    return make


def test_nobody_passes_where_somebody_is_asked(apex, no_tokens):
    for method, rule, asked in routes("apex"):
        page = apex._open(method, address(rule))
        if asked == PUBLIC:
            assert page.status not in {403, 500}, (method, rule.rule, page.status)
            assert not (page.status == 303 and page.location.startswith("/connexion?suite")), rule.rule
        else:
            assert page.status == 303, (method, rule.rule, page.status)
            assert page.location.startswith("/connexion?suite"), (rule.rule, page.location)


def test_an_administrator_of_a_commune_is_nobody_at_the_apex(commune, apex, no_tokens):
    administrator = commune.client(commune.person("Odile", "Voisine", "administrator"))
    token = administrator.client.get_cookie("civique", domain=commune.host.split(":")[0]).value
    for method, rule, asked in routes("apex"):
        if asked != PUBLIC:
            apex.client.set_cookie("civique", token, domain=apex.host.split(":")[0])
            page = apex._open(method, address(rule))
            assert page.status == 303, (method, rule.rule, page.status)
            assert page.location.startswith("/connexion?suite"), (rule.rule, page.location)


@pytest.mark.parametrize("role", [None, "administrator", "secretary"])
def test_without_the_role_of_operator_no_operation(role, browser, no_tokens):
    """A role of communes, given at the apex by mistake, opens nothing either."""
    client = browser(*([role] if role else []))
    tried = 0
    for method, rule, asked in routes("apex"):
        if asked not in {PUBLIC, SIGNED_IN}:
            assert client._open(method, address(rule)).status == 403, (method, rule.rule)
            tried += 1
    assert tried


def test_an_operator_opens_what_is_asked_of_operators(browser, no_tokens):
    client = browser("operator")
    for method, rule, asked in routes("apex"):
        if asked in {PUBLIC, SIGNED_IN}:
            continue
        page = client._open(method, address(rule))
        # Work that was done and swept away since the list was read leads back to the list.
        fine = page.status == 404 if rule.arguments else page.status in {200, 303}
        assert fine or page.location == "/operations/travaux", (method, rule.rule, page.status)


def test_without_second_factor_an_operator_operates_nothing(browser, no_tokens):
    client = browser("operator", strong=False)
    for method, rule, asked in routes("apex"):
        if asked not in {PUBLIC, SIGNED_IN}:
            assert modules().permissions[asked].sensitive
            page = client._open(method, address(rule))
            assert page.status == 303, (method, rule.rule)
            assert page.location.startswith("/connexion/second-facteur"), rule.rule
