"""A morning at the town hall in a real browser: enter, look up, answer, preview, print."""

import pytest

from tests.fixtures import LOIRE_AUTHION, VILLAGE
from tests.journeys.axe import violations

pytestmark = pytest.mark.usefixtures("working")


@pytest.mark.parametrize(("insee", "javascript"), [(VILLAGE, True), (VILLAGE, False), (LOIRE_AUTHION, True)])
def test_somebody_calls_and_is_answered_by_letter(commune, open_page, address, sign_in, javascript):
    page = open_page(1280, javascript=javascript)
    sign_in(page, commune, commune.person("Sylvie", "Moreau", "secretary"))
    page.goto(address(commune, "/mairie"))
    page.click("main a[href='/mairie/saisir']")
    page.click("main a.card")
    page.click("main summary")
    for name, value in {"given_name": "Jeanne", "family_name": "Lebrun", "street": "3 rue du Port"}.items():
        page.fill(f"input[name={name}]", value)
    page.click("text=Ajouter et continuer")
    page.fill("textarea[name=text]", "Le banc est cassé.")
    page.click("main form .btn")
    assert "C O N" in page.inner_text(".receipt")
    page.click("text=Y répondre maintenant")
    page.fill("textarea[name=answer]", "Il est réparé.")
    page.click("text=Envoyer la réponse")
    page.goto(address(commune, "/mairie/courriers"))
    page.click("text=Imprimer toute la pile")
    assert "2 courriers" in page.inner_text("h1")
    if javascript:
        assert violations(page) == []
    page.click("text=Ils sont imprimés")
    assert "La pile est vide" in page.inner_text("main")


def test_lists_follow_what_is_typed(commune, open_page, address, sign_in):
    from civique.core.people.operations import register_person
    from civique.core.questions.operations import receive_question

    with commune.session() as session:
        register_person(session, "Zoé", "Élie")
        for text in ("Le lampadaire", "La déchetterie"):
            receive_question(session, text=text, name="Ali", email="ali@exemple.fr")
    page = open_page(360)
    sign_in(page, commune, commune.person("Sylvie", "Moreau", "secretary"))
    page.goto(address(commune, "/mairie/questions"))
    page.locator("input[name=q]").press_sequentially("lampa")
    page.wait_for_url("**q=lampa**")
    assert "La déchetterie" not in page.inner_text("#rows")
    page.goto(address(commune, "/mairie/saisir/personne?pour=desk_counter.question"))
    page.locator("input[name=q]").press_sequentially("elie")
    page.wait_for_selector("#found .picks")
    assert "Zoé Élie" in page.inner_text("#found")


def test_a_preview_beside_the_form(commune, open_page, address, sign_in):
    page = open_page(1280)
    sign_in(page, commune, commune.person("Sylvie", "Moreau", "secretary"))
    page.goto(address(commune, "/mairie/actualites/ecrire"))
    page.fill("#title", "Plantation")
    page.fill("#body", "Venez **tous**.")
    page.click("button[name=preview]")
    page.wait_for_selector("#apercu strong")
    assert page.input_value("#title") == "Plantation"
    page.click("button[value=publish]")
    assert "En ligne" in page.inner_text("main")
