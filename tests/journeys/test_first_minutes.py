"""From the home page of Civique to a published commune with the fund and two colleagues: what it asks of somebody new,
counted as they would count it. The figures are printed (``pytest -s``) and may only go down."""

import re
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest

from tests.fixtures import Commune
from tests.journeys.test_whole_walk import code_sent_to

pytestmark = pytest.mark.usefixtures("working")

INSEE, NAME, SLUG, DOMAIN = "49030", "Blou", "blou-49", "mairie-blou.fr"
MOST = {"clicks": 20, "fields": 14, "characters": 110}


@dataclass
class Newcomer:
    """Somebody who subscribes: every click, every field filled, every character typed is counted."""

    page: Any
    clicks: int = 0
    fields: int = 0
    characters: int = 0

    def click(self, selector: str, words: str | re.Pattern[str] = "") -> None:
        self.clicks += 1
        found = self.page.locator(selector, has_text=words) if words else self.page.locator(selector)
        found.first.click(timeout=30_000)

    def fill(self, selector: str, text: str) -> None:
        self.fields += 1
        self.characters += len(text)
        self.page.locator(selector).first.fill(text)

    def invite(self, given: str, family: str, email: str, role: str) -> None:
        for name, text in {"given_name": given, "family_name": family, "email": email}.items():
            self.fill(f"main input[name={name}]", text)
        self.click(f"main input[value={role}]")


@pytest.mark.fresh_communes
def test_a_published_commune_in_five_minutes(live, open_page, leaving, capsys):
    from civique.core.access.models import Invitation
    from civique.core.process import registry

    someone = Newcomer(open_page(1280))
    page = someone.page
    page.goto(f"http://{live}/")
    someone.fill("input[name=q]", NAME)
    someone.click("main form.find button, main form[role=search] button")
    someone.click(f"main a[href='/souscrire/{INSEE}']")
    who = {"given_name": "Basile", "family_name": "Cormier", "function": "Secrétaire", "phone": "0241000001"}
    for name, text in {**who, "email": f"mairie@{DOMAIN}"}.items():
        someone.fill(f"main input[name={name}]", text)
    for name in ("terms", "data_contract"):
        someone.click(f"main input[name={name}]")
    someone.click("main form[method=post] button")
    someone.fill("input[name=code]", code_sent_to(f"mairie@{DOMAIN}").replace("\u00a0", "").replace(" ", ""))
    someone.click("main form.card button")
    someone.click("a[href$='/entrer']")
    someone.click("main form button")  # « Entrer »
    page.wait_for_url("**/mon-compte/application**")
    someone.fill("input[name=code]", pyotp.TOTP(page.locator("code.key").inner_text().strip()).now())
    someone.click("main form button")
    page.locator("main a.btn").last.wait_for()
    someone.click("main a.btn >> nth=-1")
    page.wait_for_url("**/mairie/mise-en-route")

    someone.click("main a[href$='/mise-en-route/contact']")
    assert page.locator("[name=phone]").input_value().startswith("02"), "already given when subscribing"
    someone.click("main form.card button")
    someone.click("main a[href$='/mise-en-route/collegues']")
    someone.invite("Zoé", "Petit", "zoe@blou.fr", "secretary")
    someone.click("main form.card button:not([name])")
    someone.invite("Marc", "Roy", "marc@blou.fr", "elected")
    someone.click("main form.card button[name=later]")
    someone.click("main a[href$='/mise-en-route/modules']")
    someone.click("main form.card button")
    someone.click("form[action$='/publier'] button")
    page.locator("a[href$='/affiche.pdf']").wait_for()

    stranger = open_page(360)
    stranger.goto(f"http://{SLUG}.{live}/")
    assert "Blou" in stranger.locator("h1").inner_text()
    registry().forget()
    commune = Commune(registry().by_insee(INSEE))
    assert {invitation.address for invitation in commune.all(Invitation)} == {"zoe@blou.fr", "marc@blou.fr"}
    assert "fund" in commune.tenant.modules
    counted = {name: getattr(someone, name) for name in MOST}
    with capsys.disabled():
        print(f"\nFrom the home page to a published commune: {counted}")
    assert all(counted[name] <= most for name, most in MOST.items()), counted
