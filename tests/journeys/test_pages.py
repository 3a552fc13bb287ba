"""Each page of who is not signed in, once in a real browser: no axe violation, nothing wider than the screen at 360 px.

Those of who signed in are followed in ``test_every_page``.
"""

import pytest

from tests.fixtures import wsgi
from tests.journeys.axe import look
from tests.modules.fund.conftest import world

__all__ = ["world"]
DESK = "/mairie"
"""Where the addresses of the back office begin."""


def plain_pages(app):
    """Addresses of the pages that need no identifier, from the application's own map."""
    skipped = (
        ".pdf",
        "/langue",
        "/sw.js",
        "/manifest",
        "/robots",
        ".ics",
        ".atom",
        ".csv",
        ".json",
        ".xml",
        "/theme",
        "/bloc",
    )
    for rule in app.url_map.iter_rules():
        plain = "GET" in rule.methods and not rule.arguments and not rule.endpoint.startswith("sample.")
        if plain and not any(word in rule.rule for word in skipped):
            yield rule.rule


@pytest.fixture
def lived_in(world):
    """A commune with something on every page."""
    from datetime import timedelta

    from civique.core import clock
    from civique.core.agenda.operations import plan_event
    from civique.core.news import operations as articles
    from civique.core.questions.operations import receive_question

    with world.commune.session(world.secretary) as session:
        plan_event(session, title="Permanence", starts_at=clock.now() + timedelta(days=3), place_text="Marché")
        item = articles.write_article(session, "news", "Une nouvelle", summary="Courte.", body="## Titre\n\nTexte.")
        articles.publish_article(session, item)
        receive_question(session, text="Une question ?", name="Ali", email="ali@exemple.fr")
    world.decide(world.admissible(), 30_000)
    world.ask(title="Une autre demande")
    return world


def test_public_pages(lived_in, open_page, address):
    page = open_page(360)
    paths = [p for p in plain_pages(wsgi().commune) if not p.startswith((DESK, "/mon-compte"))]
    assert look(page, lambda path: address(lived_in.commune, path), paths) == []


def test_pages_of_the_apex(services, live, open_page):
    page = open_page(360)
    paths = [p for p in plain_pages(wsgi().apex) if not p.startswith(("/operations", "/mon-compte"))]
    assert look(page, lambda path: f"http://{live}{path}", paths) == []


def test_a_word_without_end_widens_no_page(world, open_page, address, sign_in):
    """An address pasted as a title, a cost, a thing asked or an explanation is broken, not the page."""
    from decimal import Decimal

    link = "https://exemple.fr/" + "unmotsansfin" * 20
    told = {"title": link[:120], "asks": [("material", link[:200], Decimal(40), "sacs")]}
    helped = world.admissible(**told)
    world.move(helped, "decide", amount_cents=30_000, motive=link)
    waiting = world.ask(**told)
    world.commune.sql(f"UPDATE fund_budget_line SET label = '{link[:160]}'")
    world.commune.sql(f"UPDATE contribution SET description = '{link[:200]}'")
    world.commune.sql(f"UPDATE fund_application SET purpose = '{link}'")
    page = open_page(360)
    look_at = [f"/fonds/projets/{helped.id}", "/fonds"]
    assert look(page, lambda path: address(world.commune, path), look_at) == []
    sign_in(page, world.commune, world.resident)
    own = ["/mon-compte", *(f"/fonds/demandes/{demand.id}" for demand in (helped, waiting))]
    assert look(page, lambda path: address(world.commune, path), own) == []
    sign_in(page, world.commune, world.secretary)
    files = [
        f"/mairie/fonds/demandes/{demand.id}{more}" for demand in (helped, waiting) for more in ("", "/historique")
    ]
    desk = ["/mairie", "/mairie/fonds", f"/mairie/conventions/ecrire/{helped.id}", "/mairie/partenaires"]
    assert look(page, lambda path: address(world.commune, path), [*files, *desk]) == []
    page.goto(address(world.commune, f"/mairie/fonds/demandes/{waiting.id}"))
