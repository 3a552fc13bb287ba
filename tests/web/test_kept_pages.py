"""Anonymous pages kept by the process: given to whoever asks the very same thing, to nobody else."""

import dataclasses

import pytest
from sqlalchemy import func, insert, text, update
from werkzeug.test import EnvironBuilder

from civique.bench.pages import counted
from civique.core import settings
from civique.core.commune import Identity, SetUp
from civique.core.news import operations as articles
from civique.core.news.models import Article
from civique.core.process import engines, provisioner, registry
from civique.web import conditional
from civique.web.kept_pages import OVERHEAD, KeptPages
from tenants.models import TenantHost
from tests.client import PageClient
from tests.fixtures import wsgi


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """A process that keeps nothing yet."""
    monkeypatch.setattr(conditional, "kept", KeptPages())
    return conditional.kept


def publish(commune, title):
    with commune.session() as session:
        article = articles.write_article(session, "news", title, summary="En bref.", body="Du texte.")
        articles.publish_article(session, article)
        return article.slug


def said_during(visit):
    """Statements that a visit sends, without the look-up of the commune."""
    with counted() as said:
        answer = visit()
    return answer, [one for one in said if "platform.tenant" not in one]


def test_the_second_visitor_costs_one_statement_and_gets_the_same(commune):
    first = commune.client().get("/")
    second, said = said_during(lambda: commune.client().get("/"))
    assert len(said) == 1
    assert second.text == first.text
    changing = {"Date"}
    assert {k: v for k, v in second.headers.items() if k not in changing} == {
        k: v for k, v in first.headers.items() if k not in changing
    }


def test_the_second_visitor_opens_no_connection_to_the_commune(commune):
    commune.client().get("/")
    engines().forget(commune.tenant)
    before = engines().connections.open
    assert commune.client().get("/").status == 200
    assert engines().connections.open == before
    assert commune.client().get("/", query={"first": 1}).status == 200
    assert engines().connections.open == before + 1


def test_two_communes_have_each_their_own(commune, neighbour):
    pages = {one.tenant.name: [one.client().get("/").text for _ in range(2)] for one in (commune, neighbour)}
    for name, (first, second) in pages.items():
        assert first == second
        assert name in second
        assert all(other == name or other not in second for other in pages)


def test_a_host_that_passes_to_another_commune_shows_that_one(commune, neighbour):
    """Also when both have counted as many changes."""
    host = "participer.exemple.fr"
    titles = []
    for one in (commune, neighbour):
        with engines().owner.begin() as connection:
            connection.execute(text("DELETE FROM platform.tenant_host"))
            connection.execute(insert(TenantHost).values(host=host, tenant_id=one.tenant.id, verified_at=func.now()))
            connection.execute(text("UPDATE platform.site_version SET version = 1000"))
        registry().forget()
        titles.append(PageClient(wsgi(), host).get("/").text)
    assert commune.tenant.name in titles[0]
    assert neighbour.tenant.name in titles[1]


def test_two_languages_have_each_their_own(commune):
    for language, word in (("fr", "Actualités"), ("en", "News")) * 2:
        page = commune.client().get("/actualites", headers={"Accept-Language": language})
        assert word in page.title


def test_a_language_that_was_chosen_is_that_of_the_page(commune):
    commune.client().get("/actualites", headers={"Accept-Language": "fr"})
    client = commune.client()
    client.get("/langue/en")
    assert client.get("/actualites", headers={"Accept-Language": "fr"}).title == "News"


def test_a_fragment_and_a_whole_page_are_two(commune):
    publish(commune, "Travaux")
    for _ in range(2):
        assert "<html" in commune.client().get("/actualites").text
        assert "<html" not in commune.client().get("/actualites", headers={"HX-Request-Type": "partial"}).text


def test_each_address_and_each_query_is_its_own(commune):
    publish(commune, "Travaux")
    for words, found in (("travaux", True), ("absent", False)) * 2:
        assert ("En bref" in commune.client().get("/recherche", query={"q": words}).words) is found


def test_a_change_is_seen_at_once(commune):
    commune.client().get("/")
    slug = publish(commune, "Le pont est fermé")
    assert "Le pont est fermé" in commune.client().get("/").text
    with commune.session() as session:
        session.execute(update(Article).where(Article.slug == slug).values(title="Le pont est ouvert"))
    assert "Le pont est ouvert" in commune.client().get("/").text


def test_what_a_signed_in_person_sees_is_never_kept_nor_is_a_kept_page_given(commune, kept):
    camille = commune.client(commune.person())
    theirs = camille.get("/").text
    assert kept.bytes == 0
    everybody_s = commune.client().get("/").text
    assert everybody_s != theirs
    assert camille.get("/").text == theirs
    assert commune.client().get("/").text == everybody_s


def test_what_the_worker_asks_in_somebody_s_name_is_not_kept(commune, kept):
    builder = EnvironBuilder("/", f"http://{commune.host}/", environ_base={"civique.asked_by": commune.person().id})
    theirs = b"".join(wsgi()(builder.get_environ(), lambda *_: None)).decode()
    assert kept.bytes == 0
    everybody_s = commune.client().get("/").text
    assert everybody_s != theirs
    assert b"".join(wsgi()(builder.get_environ(), lambda *_: None)).decode() != everybody_s


def test_a_page_with_a_form_or_a_cookie_is_never_kept(commune, kept):
    client = commune.client()
    for path in ("/signaler", "/connexion"):
        assert client.get(path).status == 200
    assert kept.bytes == 0


def test_a_browser_whose_visit_holds_something_neither_fills_nor_receives(commune, kept):
    client = commune.client()
    client.get("/signaler")  # leaves the token of a form in the visit
    client.get("/")
    assert kept.bytes == 0
    commune.client().get("/")
    _page, said = said_during(lambda: client.get("/"))
    assert len(said) > 1


@pytest.mark.fresh_communes
@pytest.mark.parametrize(("state", "status"), [("closed", 503), ("deleting", 410)])
def test_a_closed_commune_is_closed(commune, state, status):
    assert commune.client().get("/").status == 200
    provisioner().set_state(commune.tenant, state)
    assert commune.client().get("/").status == status
    provisioner().set_state(commune.tenant, "open")
    assert commune.client().get("/").status == 200


def test_a_site_that_is_withdrawn_is_withdrawn(commune):
    title = commune.client().get("/").title
    with commune.session() as session:
        known = settings.get(session, SetUp)
        settings.put(session, dataclasses.replace(known, published=False))
    assert commune.client().get("/").title != title


def test_who_runs_the_deployment_is_told_as_it_is(commune, kept):
    commune.client().get("/mentions-legales")
    assert kept.bytes == 0


def test_bytes_are_bounded_and_the_least_asked_leaves(monkeypatch):
    pages = KeptPages(most_bytes=3 * OVERHEAD + 3 * 100)
    for etag in "abc":
        pages.keep(etag, etag.encode() * 1000, ())
    assert pages.get("a").body == b"a" * 1000
    pages.keep("d", b"d" * 1000, ())
    assert pages.get("b") is None
    assert all(pages.get(etag) for etag in "acd")
    assert pages.bytes <= pages.most_bytes
    pages.keep("e", b"e" * 1_000_001, ())
    assert pages.get("e") is None


def test_pages_of_one_commune_at_many_addresses_stay_within_the_bound(commune, monkeypatch):
    monkeypatch.setattr(conditional, "kept", KeptPages(most_bytes=20_000))
    for number in range(30):
        commune.client().get("/actualites", query={"x": number})
    assert 0 < conditional.kept.bytes <= 20_000


def test_settings_are_read_once_for_a_state_of_the_commune(commune):
    commune.client().get("/")
    _page, said = said_during(lambda: commune.client().get("/agenda"))
    assert not [one for one in said if "FROM setting" in one]
    with commune.session() as session:
        settings.change(session, Identity, welcome_text="Bienvenue à tous")
    page, said = said_during(lambda: commune.client().get("/"))
    assert len([one for one in said if "FROM setting" in one]) == 1
    assert "Bienvenue à tous" in page.text


def test_settings_of_one_commune_are_not_those_of_another(commune, neighbour):
    for one in (commune, neighbour):
        with one.session() as session:
            settings.change(session, Identity, welcome_text=f"Ici {one.tenant.name}")
    for one, other in ((commune, neighbour), (neighbour, commune)) * 2:
        for path in ("/", "/agenda"):
            text = one.client().get(path, query={"again": path}).text
            assert f"Ici {other.tenant.name}" not in text
        assert f"Ici {one.tenant.name}" in one.client().get("/").text
