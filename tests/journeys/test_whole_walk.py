"""The whole walk in a real browser on real processes: a mairie that has never heard of Civique subscribes, opens its site,
invites a colleague, opens a fund; a resident asks from a phone; the colleague decides; the decision leaves and shows."""

import re

import pytest

from tests.modules.fund.journeys.test_walk import wait_for_mail

pytestmark = pytest.mark.usefixtures("working")

INSEE, NAME, SLUG, DOMAIN = "49008", "Angrie", "angrie-49", "angrie.fr"


def code_sent_to(address):
    return re.search(r"\d{3}[ \u00a0]\d{3}", wait_for_mail(address, r"\d{3}[ \u00a0]\d{3}")["Subject"]).group()


def press(page, words):
    page.locator("main button, main a.btn").get_by_text(words, exact=False).first.click()


def test_from_subscription_to_decision(live, open_page, leaving):
    mayor = open_page(1280)
    mayor.goto(f"http://{live}/")
    mayor.fill("input[name=q]", NAME)
    mayor.keyboard.press("Enter")
    mayor.locator(f"main a[href='/souscrire/{INSEE}']").first.click()
    facts = {"given_name": "Basile", "family_name": "Cormier", "email": f"mairie@{DOMAIN}", "phone": "02 41 00 00 01"}
    for name, value in facts.items():
        mayor.fill(f"main input[name={name}]", value)
    for select in mayor.locator("main select").all():
        select.select_option(index=1)
    for field in mayor.locator("main input[name=function]").all():
        field.fill("Maire")
    assert mayor.locator("main input[name=siret]").input_value().replace("\u00a0", "").replace(" ", "") == siret()
    for box in mayor.locator("main input[type=checkbox]").all():
        assert not box.is_checked(), "never pre-ticked"
        box.check()
    mayor.locator("main form[method=post] button").first.click()
    mayor.fill("input[name=code]", code_sent_to(f"mairie@{DOMAIN}"))
    mayor.locator("main form[method=post] button").first.click()
    mayor.locator("main a.btn, main button", has_text=re.compile("Entrer|Ouvrir")).first.click(timeout=30_000)
    mayor.wait_for_url(re.compile(SLUG))
    if "/premiere-fois/" in mayor.url:
        press(mayor, "Entrer")
    second_factor(mayor)
    mayor.wait_for_url("**/mairie/mise-en-route**")

    site = f"http://{SLUG}.{live}"
    mayor.goto(f"{site}/mairie/mise-en-route/collegues")
    colleague = "secretariat@angrie.fr"
    for name, value in {"given_name": "Martine", "family_name": "Roseau", "email": colleague}.items():
        mayor.fill(f"main input[name={name}]", value)
    mayor.locator("main input[value=secretary]").first.check()
    mayor.locator("main form[method=post] button").first.click()
    mayor.goto(f"{site}/mairie/mise-en-route/modules")
    assert mayor.locator("main input[value=fund]").is_checked(), "ticked by itself"
    mayor.locator("main form[method=post] button").first.click()
    mayor.locator("form[action$='/publier'] button").click()
    mayor.locator("a[href$='/affiche.pdf']").wait_for()

    secretary = open_page(1280)
    link = re.search(
        r"http\S+/connexion/invitation/\S+", wait_for_mail(colleague, ".").get_body(("plain",)).get_content()
    )
    secretary.goto(link.group())
    secretary.locator("main form[method=post] button").first.click()
    second_factor(secretary)
    secretary.goto(f"{site}/mairie/fonds/annees/nouvelle")
    for name, value in {"envelope_cents": "2 000", "cap_cents": "300", "eligible_costs": "- graines"}.items():
        secretary.fill(f"main [name={name}]", value)
    secretary.select_option("select[name=decision_maker]", "mayor")
    secretary.locator("main form[method=post] button").first.click()
    secretary.locator("form[action$='/ouvrir'] button").click()

    phone = open_page(360)
    phone.goto(f"{site}/fonds")
    phone.locator("main a[href='/fonds/demander']").first.click()
    phone.fill("input[name=email]", "jeanne@exemple.fr")
    phone.locator("main form button").first.click()
    phone.fill("input[name=code]", code_sent_to("jeanne@exemple.fr"))
    phone.locator("main form button").first.click()
    phone.fill("input[name=given_name]", "Jeanne")
    phone.fill("input[name=family_name]", "Tuffeau")
    phone.locator("main form button").first.click()
    phone.fill("input[name=title]", "Nichoirs")
    phone.fill("textarea[name=purpose]", "Vingt nichoirs avec l’école.")
    phone.locator("main form button.btn").click()
    phone.fill("input[name=label]", "Bois")
    phone.fill("input[name=amount_cents]", "120")
    phone.locator("form[action$='/couts'] button").click()
    phone.locator("tbody td:first-child", has_text="Bois").wait_for()
    phone.fill("input[name=amount_asked_cents]", "120")
    phone.locator("form[action$='/budget'] button").first.click()
    phone.fill("input[name=time-description]", "Les voisins")
    phone.fill("input[name=time-people]", "6")
    phone.fill("input[name=time-hours]", "2")
    phone.locator("form[action$='/temps'] button").click()
    phone.locator("form[action$='/retirer'] button").wait_for()
    phone.locator("form[action$='/apports'] button").first.click()
    phone.locator("form[action$='/envoyer'] button").click()

    secretary.goto(f"{site}/mairie")
    secretary.locator("td a", has_text="Nichoirs").click()
    secretary.locator("form[action$='/recevable'] button").click()
    secretary.locator("input[name=decision][value=granted]").check()
    secretary.locator("form[action$='/decision'] button").click()
    assert wait_for_mail("jeanne@exemple.fr", "120,00")["To"] == "jeanne@exemple.fr"
    stranger = open_page(360)
    stranger.goto(f"{site}/fonds")
    assert "Nichoirs" in stranger.content()


def second_factor(page):
    """Set the authenticator up: the back office asks it of a newcomer before anything else."""
    import pyotp

    page.wait_for_url("**/mon-compte/application**")
    secret = page.locator("code.key").inner_text().strip()
    page.fill("input[name=code]", pyotp.TOTP(secret).now())
    page.locator("main form button").first.click()
    page.locator("main a.btn").last.click()


def siret():
    """A SIRET of the commune: its SIREN, an establishment number, a right key."""
    from stdnum.luhn import calc_check_digit

    from civique.core.opening import communes

    body = f"{communes().get(INSEE).siren}0001"
    return body + calc_check_digit(body)
