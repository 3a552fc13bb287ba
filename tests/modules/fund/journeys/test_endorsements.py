"""Supports and comments in a real browser: no axe violation, nothing wider than a phone, the same without JavaScript."""

import pytest

from civique.core.endorsements.models import Comment
from tests.journeys.axe import look
from tests.modules.fund.test_endorsements import DESK, LIST, ahmed, do, endorsements, open_world, path_of, shown

__all__ = ["ahmed", "open_world"]


def test_pages_of_supports(open_world, ahmed, open_page, address, sign_in):
    commune = open_world.commune
    application, other = shown(open_world), shown(open_world, title="Un autre projet")
    waiting = do(
        open_world, application, endorsements.write_comment, ahmed, f"Bravo, voir {'http://exemple.fr/' + 'x' * 90}"
    )
    do(open_world, other, endorsements.endorse, ahmed)

    def seen_by(person, *paths):
        page = open_page(360)
        if person is not None:
            sign_in(page, commune, person)
        return look(page, lambda path: address(commune, path), list(paths))

    assert seen_by(None, LIST, path_of(application)) == []
    assert seen_by(ahmed, LIST, path_of(application), path_of(other)) == []
    assert seen_by(open_world.resident, path_of(application), f"/fonds/demandes/{application.id}") == []
    file = f"/mairie/fonds/demandes/{application.id}"
    assert seen_by(open_world.secretary, DESK, f"{DESK}/{waiting.id}", file, "/mairie/fonds/reglages") == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_resident_supports_and_the_mairie_publishes(open_world, ahmed, open_page, address, sign_in, javascript):
    commune, application = open_world.commune, shown(open_world)
    page = open_page(360, javascript=javascript)
    sign_in(page, commune, ahmed)
    page.goto(address(commune, "/fonds"))
    page.click(f"a[href='{LIST}']")
    page.click(f"a[href='{path_of(application)}']")
    page.click("text=Je soutiens ce projet")
    page.fill("textarea[name=comment]", "Bravo")
    page.click("text=Envoyer mon commentaire")
    page.locator("text=À lire par la mairie").wait_for()
    desk = open_page(1280, javascript=javascript)
    sign_in(desk, commune, open_world.secretary)
    desk.goto(address(commune, "/mairie"))
    desk.click("text=Un commentaire à lire")
    desk.click("text=Publier")
    desk.locator("text=Le commentaire est sur le site").wait_for()
    assert commune.one(Comment).state == "published"
    page.goto(address(commune, path_of(application)))
    page.click("text=Je ne soutiens plus")
    page.locator("text=Personne ne soutient encore").wait_for()
