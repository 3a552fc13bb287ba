"""On a telephone, with and without JavaScript: a household in three steps, a partner who redeems; no fault of access."""

import pytest

from civique.modules.welcome.models import WelcomeHousehold, WelcomeOffer, WelcomeVoucher
from civique.modules.welcome.operations import kit, relays
from civique.modules.welcome.operations.vouchers import hand_set
from tests.journeys.axe import look
from tests.modules.welcome.conftest import declared, offered

DESK = "/mairie/bienvenue"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_household_arrives_and_a_partner_redeems_its_voucher(town, open_page, address, sign_in, javascript):
    with town.session() as session:
        offer = offered(session, town)
        kit.add_item(session, "step", title="S’inscrire sur la liste électorale")
        relays.add_relay(session, "mairie", name="La mairie")
    page = open_page(360, javascript=javascript)
    sign_in(page, town, town.person("Nadia", "Arrivée"))
    page.goto(address(town, "/bienvenue"))
    page.get_by_role("link", name="Je le dis à la mairie").click()
    page.get_by_label("Nom du foyer").fill("Famille Arrivée")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("École").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Quelqu’un peut venir dire bonjour").check()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("heading", name="Famille Arrivée").wait_for()
    household = town.one(WelcomeHousehold)
    assert (household.needs, household.visit) == (["school"], True)
    with town.session() as session:
        number = hand_set(session, session.get(WelcomeHousehold, household.id))[0].number

    desk = open_page(1280, javascript=javascript)
    sign_in(desk, town, town.person("Sylvie", "Secrétaire", "secretary"))
    desk.goto(address(town, f"{DESK}/partenaires/{offer.id}"))
    desk.get_by_role("button", name="Créer son accès").click()
    link = desk.get_by_role("link", name="Page du partenaire").get_attribute("href")

    phone = open_page(360, javascript=javascript)
    phone.goto(link)
    phone.goto(address(town, f"/bienvenue/bons/{number}"))
    phone.get_by_role("button", name="Ce bon est utilisé").click()
    phone.get_by_text("Ce bon a été utilisé").wait_for()
    assert town.one(WelcomeVoucher, number=number).state == "used"


def test_no_page_bars_anybody(town, open_page, address, sign_in):
    secretary, louis = town.person("Sylvie", "Secrétaire", "secretary"), town.person("Louis", "Voisin")
    with town.session() as session:
        offered(session, town)
        relays.add_relay(session, "peer", person_id=louis.id)
        household = declared(session, town, visit=True)
        number = hand_set(session, household)[0].number
        item = kit.add_item(session, "step", title="Prévenir la poste")
        kit.add_item(session, "place", title="La bibliothèque")
        offer = session.query(WelcomeOffer).one()
    public = ("", "/simple", "/partenaires", "/partenaire/code", f"/bons/{number}")
    desk = (
        "",
        f"/{household.id}",
        "/guide",
        f"/guide/{item.id}",
        "/partenaires",
        f"/partenaires/{offer.id}",
        "/coupons",
        "/usages",
        "/relais",
        "/relais/ajouter",
        "/fete",
        "/reglages",
        f"/saisir?personne={louis.id}",
    )
    visits = (
        (None, "/bienvenue", public),
        (louis, "/bienvenue", ("/arrivee", "/simple/arrivee", "/accueillir")),
        (secretary, DESK, desk),
    )
    for person, prefix, paths in visits:
        page = open_page(320)
        if person is not None:
            sign_in(page, town, person)
        assert look(page, lambda path, prefix=prefix: address(town, f"{prefix}{path}"), paths) == []
