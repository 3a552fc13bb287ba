"""From the arrival to the figures, by pages: the household, the mairie, the partner on a telephone, the relay."""

import re
from datetime import timedelta

from civique.core import clock
from civique.core.organisations.models import Organisation
from civique.core.organisations.operations import end_representative, name_representative
from civique.core.people.queries import get_person
from civique.modules.welcome.models import WelcomeHousehold, WelcomeInterest, WelcomeTick, WelcomeVoucher
from civique.modules.welcome.operations import kit, relays
from civique.modules.welcome.operations.households import declare_household
from civique.modules.welcome.operations.vouchers import hand_set
from tests.modules.welcome.conftest import declared, offered

DESK = "/mairie/bienvenue"


def people(town):
    """Browsers of a new resident and of the secretary."""
    return town.client(town.person("Nadia", "Arrivée")), town.client(town.person("Sylvie", "Secrétaire", "secretary"))


def test_three_steps_then_the_kit_and_the_vouchers(town, mailbox):
    resident, desk = people(town)
    with town.session() as session:
        offered(session, town)
        relays.add_relay(session, "mairie", name="La mairie")
        kit.add_item(session, "step", title="S’inscrire sur la liste électorale", simple="Je vote ici.")
        kit.add_item(session, "place", title="La bibliothèque", words="Ouverte le mercredi.")
    assert "La bibliothèque" in town.client().get("/bienvenue").words
    first = {**resident.get("/bienvenue/arrivee").form("/bienvenue/arrivee"), "name": "Famille Arrivée", "adults": 2}
    sent = resident.post("/bienvenue/arrivee", first)
    assert resident.post("/bienvenue/arrivee", first).location.startswith("/bienvenue/foyers/"), "twice is once"
    household = town.one(WelcomeHousehold)
    home = f"/bienvenue/foyers/{household.id}"
    assert sent.location == f"{home}/besoins"
    resident.submit(sent.location, {"needs": ["school", "health"], "words": "Un médecin ?"})
    last = resident.submit(f"{home}/participer", {"interests": ["volunteering"], "visit": "y", "invite": "y"})
    assert last.location == home
    household = town.one(WelcomeHousehold)
    assert (household.needs, household.visit, household.invite, household.keep_touch) == (
        ["school", "health"],
        True,
        True,
        False,
    )
    assert "La mairie" in resident.get(home).words
    assert [row.kind for row in town.all(WelcomeInterest)] == ["volunteering"]
    assert resident.get(f"{home}/bons.pdf").status == 404, "nothing is handed over yet"

    file = f"{DESK}/{household.id}"
    assert "Famille Arrivée" in desk.get(DESK).words
    desk.submit(f"{file}/preparer", on=file)
    assert desk.get(f"{file}/bons.pdf").headers["Content-Type"] == "application/pdf"
    desk.submit(f"{file}/remettre", on=file)
    assert "Ce qui manquait" not in desk.get(file).words, "nothing was asked of the household"
    desk.submit(f"{file}/salue", {"day": town.today}, on=file)
    voucher = town.one(WelcomeVoucher, state="handed")
    assert voucher.shown in resident.get(home).words
    assert resident.get(f"{home}/bons.pdf").headers["Content-Type"] == "application/pdf"
    assert resident.get(f"{home}/livret.pdf").headers["Content-Type"] == "application/pdf"
    item = re.search(rf"{home}/etapes/[0-9a-f-]+", resident.get(home).text)[0]
    resident.submit(item, on=home)
    assert len(town.all(WelcomeTick)) == 1
    resident.submit(item, on=home)
    assert town.all(WelcomeTick) == []
    assert len(mailbox()) == 2, "the receipt and the kit"
    resident.submit(f"{home}/quitter", on=home)
    assert town.one(WelcomeHousehold).state == "anonymised"


def test_the_simplified_version_asks_on_one_page(town):
    resident, _desk = people(town)
    assert "Je vote" not in town.client().get("/bienvenue/simple").words
    page = resident.submit("/bienvenue/simple/arrivee", {"name": "Nadia", "adults": 1, "needs": ["digital"]})
    household = town.one(WelcomeHousehold)
    assert page.location == f"/bienvenue/foyers/{household.id}"
    assert (household.language, household.arrived_on) == ("simple", town.today)


def test_the_card_is_typed_at_the_desk(town):
    _resident, desk = people(town)
    paul = town.person("Paul", "Papier", email=None)
    address = f"{DESK}/saisir?personne={paul.id}"
    facts = {"name": "Famille Papier", "adults": 2, "children": 3, "channel": "paper", "interests": ["bodies"]}
    page = desk.post(address, {**desk.get(address).form(), **facts})
    household = town.one(WelcomeHousehold)
    assert page.location == f"{DESK}/{household.id}"
    assert (household.channel, household.size) == ("paper", 5)
    assert town.client().get("/bienvenue/carte.pdf").headers["Content-Type"] == "application/pdf"


def partner_link(desk, town):
    """The page of a partner's access, shown once: its link, reference and code."""
    offer = town.sql("SELECT id FROM welcome_offer LIMIT 1")[0].id
    shown = desk.submit(f"{DESK}/partenaires/{offer}/acces", on=f"{DESK}/partenaires/{offer}")
    link = re.search(r"/bienvenue/partenaire/lien/[\w-]+", shown.text)[0]
    reference = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", shown.words)[0]
    return link, reference, re.search(r"\b\d{6}\b", shown.words)[0]


def in_hands(town):
    with town.session() as session:
        offered(session, town)
        return hand_set(session, declared(session, town, "Paul"))[0]


def test_a_partner_redeems_on_a_telephone_without_account(town):
    _resident, desk = people(town)
    voucher = in_hands(town)
    link, reference, pin = partner_link(desk, town)
    phone = town.client()
    scanned = f"/bienvenue/bons/{voucher.number}"
    assert "Je suis le partenaire" in phone.get(scanned).words
    nobody = phone.post(scanned, {**phone.get("/bienvenue/partenaire/code").form(), "number": voucher.number})
    assert nobody.location == f"/bienvenue/partenaire/code?bon={voucher.number}", "who holds a voucher redeems nothing"
    assert town.one(WelcomeVoucher, id=voucher.id).state == "handed"
    phone.get(link)
    page = phone.submit(scanned, {})
    assert page.status == 303
    assert town.one(WelcomeVoucher, state="used").how == "phone"
    again = phone.submit("/bienvenue/partenaire", {"number": voucher.shown})
    assert again.status == 422
    assert "utilisé" in again.words
    assert link.rpartition("/")[2] not in str(town.sql("SELECT path FROM submission"))
    other = town.client()
    wrong = other.submit(
        "/bienvenue/partenaire/code", {"reference": reference, "pin": "000000" if pin != "000000" else "1"}
    )
    assert wrong.status == 422
    typed = f"/bienvenue/partenaire/code?bon={voucher.number}"
    form = other.get(typed).form("/bienvenue/partenaire/code")
    opened = other.follow(other.post(typed, {**form, "reference": reference, "pin": pin}))
    assert opened.location == f"/bienvenue/bons/{voucher.number}", "the voucher in hand comes next"
    assert voucher.shown in other.get("/bienvenue/partenaire").words
    partner_link(desk, town)
    assert phone.get("/bienvenue/partenaire").status == 303, "a new access takes the former one back"
    assert "La mairie a retiré ce lien" in phone.follow(phone.get(link)).words


def test_whoever_speaks_for_a_partner_redeems_from_its_space(town):
    """As long as they speak for it, and nobody else."""
    voucher, baker, stranger = in_hands(town), town.person("Jean", "Levain"), town.person("Luc", "Passant")
    with town.session() as session:
        shop = session.query(Organisation).filter_by(name="Boulangerie du Port").one()
        spoken = name_representative(session, shop, get_person(session, baker.id), accepted=True)
    space, client = f"/bienvenue/partenaire/organisations/{shop.id}", town.client(baker)
    assert town.client(stranger).get(space).status == 404
    assert client.follow(client.get(space)).status == 200
    assert client.submit(f"/bienvenue/bons/{voucher.number}", {}).status == 303
    assert town.one(WelcomeVoucher, state="used").how == "phone"
    with town.session() as session:
        end_representative(session, session.merge(spoken))
    assert client.get("/bienvenue/partenaire").status == 303
    assert town.sql("SELECT count(*) FROM access_pass") == [(0,)], "a visit writes nothing"


def test_coupons_brought_back_are_counted_and_the_others_named(town):
    _resident, desk = people(town)
    voucher = in_hands(town)
    page = desk.submit(f"{DESK}/coupons", {"numbers": f"{voucher.shown}\nZZZZ-ZZZZ\n{voucher.shown}", "how": "coupons"})
    assert "2 lignes ne comptent pas" in page.words
    assert town.one(WelcomeVoucher, state="used").how == "coupons"
    assert "100" in desk.get(f"{DESK}/usages").words
    assert "Boulangerie du Port" in desk.get(f"{DESK}/usages?format=csv").text


def test_partners_relays_and_the_kit_are_built_at_the_desk(town):
    _resident, desk = people(town)
    for path in ("partenaires", "guide", "relais", "fete", "usages", "reglages"):
        assert desk.get(f"{DESK}/{path}").status == 200, "an empty module teaches"
    with town.session() as session:
        offered(session, town)
        organisation = session.query(Organisation).one().id
    days = {"valid_from": town.today, "valid_until": town.today + timedelta(days=90)}
    made = desk.submit(
        f"{DESK}/partenaires/ajouter",
        {"organisation_id": organisation, "title": "Un café", "quantity": 3, **days},
    )
    assert made.status == 303
    assert "Un café" in town.client().get("/bienvenue/partenaires").words
    assert desk.submit(f"{DESK}/guide/ajouter", {"kind": "step", "title": "Prévenir la poste"}).status == 303
    assert "Prévenir la poste" in desk.get(f"{DESK}/guide").words
    assert desk.submit(f"{DESK}/relais/ajouter", {"kind": "mairie", "name": ""}).status == 422
    assert desk.submit(f"{DESK}/relais/ajouter", {"kind": "mairie", "name": "La mairie"}).status == 303
    assert town.client().get("/bienvenue/affiche.pdf").headers["Content-Type"] == "application/pdf"


def test_partners_are_looked_for_followed_and_used_again(town):
    page = town.client().get("/bienvenue/partenaires")
    assert "Personne n’offre de bon en ce moment" in page.words
    assert "Ces commerces" not in page.words, "nothing is said of who does not exist"
    assert "Partenaire ou offre" not in page.words, "nor looked for"
    with town.session() as session:
        offered(session, town)
        offered(session, town, partner="Club de pétanque", title="Une licence")
        over = offered(session, town, partner="Café fermé", title="Un café")
        over.withdrawn_at = clock.now()
    visitor, asked = town.client(), "?q=petanque"
    page = visitor.get(f"/bienvenue/partenaires{asked}")
    for told in (page.words, *(visitor.get(f"/bienvenue/partenaires{end}{asked}").text for end in (".atom", ".json"))):
        assert ("Une licence" in told, "Une baguette" in told) == (True, False)
    assert f"/bienvenue/partenaires.atom{asked}" in page.links()
    rows = visitor.get("/bienvenue/partenaires.json").response.json["rows"]
    assert [row["offre"] for row in rows] == ["Une baguette", "Une licence"], "by partner, without what was withdrawn"
    listed = visitor.get("/donnees")
    assert {"/bienvenue/partenaires.atom", "/bienvenue/partenaires.json"} <= set(listed.links())


def test_a_relay_sees_its_households_alone(town):
    louis = town.person("Louis", "Voisin")
    with town.session() as session:
        relays.add_relay(session, "peer", person_id=louis.id)
        household = declared(session, town, visit=True)
    browser, stranger = town.client(louis), town.client(town.person("Zoé", "Curieuse"))
    assert "Famille de Nadia" in browser.get("/bienvenue/accueillir").words
    assert stranger.get("/bienvenue/accueillir").status == 404
    assert stranger.get(f"/bienvenue/foyers/{household.id}").status == 404
    note = f"/bienvenue/accueillir/{household.id}"
    assert browser.submit(note, {"day": town.today}, on="/bienvenue/accueillir").status == 303
    assert "Famille de Nadia" not in browser.get("/bienvenue/accueillir").words


def test_a_use_noted_by_mistake_is_taken_back_by_its_partner_and_by_the_desk(town):
    _resident, desk = people(town)
    voucher = in_hands(town)
    phone, stranger = town.client(), town.client()
    phone.get(partner_link(desk, town)[0])
    back = f"/bienvenue/partenaire/bons/{voucher.id}/reprendre"
    for page in ("/bienvenue/partenaire", f"/bienvenue/bons/{voucher.number}"):
        phone.submit(f"/bienvenue/bons/{voucher.number}", {})
        assert "Noté par erreur" in phone.get(page).words
        sent = phone.get(page).form(back)
        assert stranger.post(back, sent).status in {303, 400}, "whoever holds the address takes nothing back"
        assert town.one(WelcomeVoucher, id=voucher.id).state == "used"
        assert phone.post(back, sent).status == 303
        assert town.one(WelcomeVoucher, id=voucher.id).state == "handed"
    assert phone.post(back, {**sent, "used_at": "hier"}).status == 404
    file = f"{DESK}/{voucher.household_id}"
    desk.submit(f"{DESK}/coupons", {"numbers": voucher.shown, "how": "call"})
    assert "Noté par erreur" not in phone.get("/bienvenue/partenaire").words, "the town hall noted this one"
    for page in (f"{DESK}/coupons", file):
        assert desk.submit(f"{file}/bons/{voucher.id}/reprendre", on=page).status == 303
        assert town.one(WelcomeVoucher, id=voucher.id).state == "handed"
        desk.submit(f"{DESK}/coupons", {"numbers": voucher.shown, "how": "call"})
    told = desk.get(f"{file}/historique").words
    assert told.count("Bon noté utilisé par erreur, repris") == 4
    assert told.count("Bon utilisé") == 5


def test_what_a_household_said_is_corrected_by_itself_and_at_the_desk(town):
    resident, desk = people(town)
    (nadia,) = town.sql("SELECT id FROM person WHERE given_name = 'Nadia'")[0]
    with town.session() as session:
        household = declare_household(
            session, get_person(session, nadia), name="Arivé", arrived_on=town.today, adults=1
        )
        mine, file = f"/bienvenue/foyers/{household.id}", f"{DESK}/{household.id}"
    before = resident.get(f"{mine}/foyer").form()
    assert resident.post(f"{mine}/foyer", {**before, "name": "Famille Arrivée", "language": "en"}).status == 303
    saved = town.one(WelcomeHousehold)
    assert (saved.name, saved.children, saved.language) == ("Famille Arrivée", 0, "en")
    assert town.sql("SELECT locale FROM person WHERE id = :nadia", nadia=nadia) == [("en",)], (
        "it is written to in English"
    )
    stale = resident.post(f"{mine}/foyer", {**before, "name": "Autre"})
    assert stale.status == 422
    late = desk.submit(f"{file}/corriger", {"arrived_on": town.today - timedelta(days=900)})
    assert late.status == 422
    assert desk.submit(f"{file}/corriger", {"children": 3, "interests": ["bodies"], "visit": "y"}).status == 303
    saved = town.one(WelcomeHousehold)
    assert (saved.children, saved.visit, town.one(WelcomeInterest).kind) == (3, True, "bodies")
    assert town.client(town.person("Luc", "Passant")).get(f"{mine}/foyer").status == 404
