"""Public pages of the apex: what they say, the contracts as PDF, hosts that nobody has."""

import io

import pytest
from pypdf import PdfReader

from tests.client import PageClient
from tests.fixtures import wsgi

PAGES = (
    "/",
    "/tarifs",
    "/modules",
    "/aide",
    "/mentions-legales",
    "/accessibilite",
    "/donnees-personnelles",
    "/conditions",
    "/contrat-donnees",
    "/souscrire",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_open_in_both_languages(apex, path, language):
    apex.client.set_cookie("langue", language, domain=apex.host.split(":")[0])
    page = apex.get(path)
    assert page.status == 200
    assert f'<html lang="{language}">' in page.text


def test_the_search_is_the_main_thing_of_the_home_page(apex):
    page = apex.get("/")
    assert page.text.index('name="q"') < page.text.index("<h2")
    assert apex.get("/", headers={"If-None-Match": page.headers["ETag"]}).status == 304


def test_prices_are_examples_until_decided(apex):
    from civique.core import settings
    from civique.platform.subscription.settings import Prices
    from tests.platform.steps import platform

    page = apex.get("/tarifs")
    assert page.words.count("exemple") >= 7
    assert "90 €" in page.words
    with platform() as session:
        settings.put(session, Prices(yearly=(100, 200, 300, 400, 500, 600, 700), decided=True))
    try:
        assert "exemple" not in apex.get("/tarifs").words
    finally:
        with platform() as session:
            settings.put(session, Prices())


@pytest.mark.parametrize(
    ("population", "tier"),
    [
        (0, 0),
        (499, 0),
        (500, 1),
        (999, 1),
        (1000, 2),
        (2000, 3),
        (3500, 4),
        (10_000, 5),
        (20_000, 6),
        (500_000, 6),
        (None, None),
    ],
)
def test_the_tier_of_a_population(population, tier):
    from civique.platform.subscription.settings import tier_of

    assert tier_of(population) == tier


def test_only_modules_that_exist_are_listed(apex):
    from civique.core.registry import modules

    page = apex.get("/modules")
    for manifest in modules().optional:
        assert " ".join(str(manifest.label).split()) in page.words
    assert "à venir" not in page.words.lower()


@pytest.mark.parametrize("path", ["/conditions.pdf", "/contrat-donnees.pdf"])
def test_contracts_as_accessible_pdf_always_the_same(apex, path):
    first, second = (apex.get(path).response.get_data() for _ in range(2))
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("fr")
    words = " ".join(page.extract_text() for page in reader.pages)
    assert "juriste" in words
    assert "2026-11" in words


@pytest.mark.parametrize("path", ["/conditions", "/contrat-donnees", "/conditions.pdf"])
def test_an_unknown_version_is_not_found(apex, path):
    assert apex.get(f"{path}?version=2026-11").status == 200
    assert apex.get(f"{path}?version=1999-01").status == 404
    assert apex.get(f"{path}?version=../../x").status == 404


def test_the_data_contract_holds_what_article_28_asks(apex):
    words = apex.get("/contrat-donnees").words.lower()
    for wanted in (
        "finalités",
        "sous-traitants",
        "sécurité",
        "violation",
        "audit",
        "effac",
        "instruction",
        "trente jours",
    ):
        assert wanted in words, wanted


def test_both_languages_have_every_version():
    from civique.platform.subscription.documents import contracts

    french = {(kind, version) for kind, version, locale in contracts() if locale == "fr"}
    assert french == {(kind, version) for kind, version, locale in contracts() if locale == "en"}


def test_what_is_in_a_contract_stays_inert():
    from civique.platform.subscription.documents import Contract, contract_pdf

    text = Contract(
        "terms", "1", "fr", "Titre #panic()", "## *A* `b`\n\n#panic(1) $x$ <label> @ref\n\n- un\n- **deux**"
    )
    assert contract_pdf(text).startswith(b"%PDF")


@pytest.mark.parametrize("host", ["inconnue-99.civique.localhost", "ailleurs.example"])
def test_an_unknown_host_says_where_to_go(services, host):
    from civique.core.config import config

    page = PageClient(wsgi(), f"{host}:{config().port}").get("/quelque/chose")
    assert page.status == 404
    assert f"{config().apex}/souscrire" in page.links()
    assert all(link.startswith(("http", "#")) for link in page.links()), "no link leads back to the same dead end"


def test_reserved_names_are_nobody_s():
    from tenants.registry import valid_slug

    assert not any(valid_slug(name) for name in ("www", "operations", "demo", "mail", "xn--test", "platform", "-a"))
