"""From the resident's phone to the decision, in a real browser on real processes, with and without JavaScript."""

import re
import time

import pytest

from civique.core.config import config
from civique.core.messages.models import Message
from civique.services.mail import read_folder, read_message
from tests.fixtures import LOIRE_AUTHION, VILLAGE
from tests.journeys.axe import violations

pytestmark = pytest.mark.usefixtures("working")


def wait_for_mail(address, kind, seconds=15):
    """The newest message to an address whose subject holds a word; the worker and the relay are the real ones."""
    folder = config().var / "mail"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for stored in read_folder(folder, 50):
            message = read_message(folder, stored.name)
            if address in message["To"] and re.search(kind, message["Subject"]):
                return message
        time.sleep(0.1)
    raise AssertionError(f"no message « {kind} » to {address}")


@pytest.mark.parametrize(
    ("insee", "width", "javascript"),
    [(VILLAGE, 360, True), (VILLAGE, 360, False), (VILLAGE, 1280, True), (LOIRE_AUTHION, 360, True)],
)
def test_a_resident_asks_and_the_mairie_decides(world, open_page, address, sign_in, insee, width, javascript):
    commune = world.commune
    mail = f"nadia{insee}{width}{'js' if javascript else ''}@exemple.fr"
    phone = open_page(width, javascript=javascript)
    phone.goto(address(commune, "/"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= width if javascript else True
    phone.locator("a[href='/participer']").last.click()
    phone.locator("main a[href='/fonds']").click()
    phone.locator("main a[href='/fonds/demander']").first.click()

    phone.fill("input[name=email]", mail)
    phone.locator("main form button:not(.quiet)").click()
    message = wait_for_mail(mail, r"\d{3} \d{3}")
    phone.fill("input[name=code]", re.search(r"\d{3} \d{3}", message["Subject"]).group())
    phone.locator("main form button:not(.quiet)").click()
    phone.fill("input[name=given_name]", "Nadia")
    phone.fill("input[name=family_name]", "Nouvelle")
    phone.locator("main form button:not(.quiet)").click()

    phone.fill("input[name=title]", "Pieds de mur fleuris")
    phone.fill("textarea[name=purpose]", "Semer le long de la rue du Port avec les voisins.")
    phone.locator("main form button.btn").click()
    for label, amount in (("Terreau", "180"), ("Graines", "120,50")):
        phone.fill("input[name=label]", label)
        phone.fill("input[name=amount_cents]", amount)
        phone.locator("form[action$='/couts'] button").click()
        phone.locator("tbody td:first-child", has_text=label).wait_for()
    phone.fill("input[name=amount_asked_cents]", "300,50")
    phone.locator("form[action$='/budget'] button").first.click()
    phone.fill("input[name=time-description]", "Les voisins")
    phone.fill("input[name=time-people]", "6")
    phone.fill("input[name=time-hours]", "2")
    phone.locator("form[action$='/temps'] button").click()
    phone.locator("form[action$='/retirer'] button").wait_for()
    phone.locator("form[action$='/apports'] button").first.click()
    phone.locator("form[action$='/envoyer'] button").click()
    phone.locator("main", has_text="FIC-").wait_for()
    if javascript:
        assert violations(phone) == []
    wait_for_mail(mail, "FIC-")

    desk = open_page(1280)
    sign_in(desk, commune, world.secretary)
    desk.goto(address(commune, "/mairie/fonds"))
    desk.locator("td a", has_text="Pieds de mur fleuris").first.click()
    desk.locator("form[action$='/recevable'] button").click()
    desk.locator("input[name=decision][value=partially_granted]").check()
    desk.fill("form[action$='/decision'] input[name=amount_cents]", "200")
    desk.fill("form[action$='/decision'] textarea[name=motive]", "Le reste est couvert.")
    desk.locator("form[action$='/decision'] button").click()
    desk.wait_for_selector(".notice.ok")
    assert violations(desk) == []

    message = wait_for_mail(mail, "200,00")
    assert "Le reste est couvert." in message.get_body(("plain",)).get_content()
    phone.reload()
    assert "Le reste est couvert." in phone.content()
    stranger = open_page(width, javascript=javascript)
    stranger.goto(address(commune, "/fonds"))
    assert "Pieds de mur fleuris" in stranger.content()
    assert all(m.state == "sent" for m in commune.all(Message))
