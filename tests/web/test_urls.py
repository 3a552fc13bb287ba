"""The addresses that templates write are those of Flask; what a visitor typed is not kept in memory."""

from uuid import uuid4

import pytest
from flask import url_for

from civique.web import shell
from tests.fixtures import wsgi


@pytest.fixture
def at(commune):
    """Something of the application of a commune, as during a request to a page."""
    from tenants.session import entered

    def during(path="/mairie/questions"):
        return wsgi().commune.test_request_context(path, base_url=f"http://{commune.host}")

    with entered(commune.tenant):
        yield during


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("site.home", {}),
        ("fund.project", {"application_id": uuid4()}),
        ("fund.listing", {"annee": 2026, "village": None}),
        ("fund.listing", {"q": "a&b <c>", "annee": True}),
        ("fund.listing", {"annee": 1}),
        ("fund.listing", {"q": ["un", "deux"]}),
        ("fund.listing", {"q": "x" * 500}),
        ("static", {"filename": "ui/ui.css", "v": "abcd"}),
        ("site.home", {"_external": True}),
    ],
)
def test_the_same_address_as_flask(at, endpoint, values):
    with at():
        assert [shell.cached_url(endpoint, **values) for _ in range(2)] == [url_for(endpoint, **values)] * 2


def test_an_address_of_the_blueprint_follows_the_page(at):
    found = []
    for path in ("/mairie/documents", "/mairie/courriers"):
        with at(path) as context:
            context.request.url_rule = wsgi().commune.url_map.bind("").match(path, return_rule=True)[0]
            found.append(shell.cached_url(".listing"))
    assert found == ["/mairie/documents", "/mairie/courriers"]


def test_what_a_visitor_typed_is_not_kept(at):
    with at():
        before = shell._url.cache_info().currsize
        for n in range(20):
            shell.cached_url("fund.listing", q=f"{n}" * 60)
            shell.cached_url("fund.listing", **{f"k{n}{i}": "x" for i in range(8)})
        assert shell._url.cache_info().currsize == before
