"""The decision on a phone: the fields of what is chosen, and what was refused, are the ones that show."""

import pytest

from tests.journeys.axe import violations
from tests.modules.fund.test_hostile_values import ASKS


@pytest.mark.parametrize("scripts", [True, False])
def test_only_the_fields_of_the_chosen_decision_show(world, open_page, address, sign_in, scripts):
    application = world.admissible(asks=ASKS)
    page = open_page(360, javascript=scripts)
    sign_in(page, world.commune, world.secretary)
    page.goto(address(world.commune, f"/mairie/fonds/demandes/{application.id}"))
    part, provider = page.locator(".decide .of-part"), page.locator(".decide .of-grant")
    assert not part.is_visible()
    for choice, shown in (("granted", (False, True)), ("partially_granted", (True, True)), ("refused", (False, False))):
        page.locator(f".decide [value={choice}]").check()
        assert (part.is_visible(), provider.is_visible()) == shown, choice
    page.locator(".decide [value=partially_granted]").check()
    page.locator(".decide [name=amount_cents]").fill("123")
    page.locator(".decide [value=granted]").check()
    page.locator(".decide button").click()
    page.locator(".summary").wait_for()
    assert part.is_visible(), "what was refused is shown"
    assert not scripts or violations(page) == []
