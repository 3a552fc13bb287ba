"""What no page expects: empty, wrong and huge forms, a neighbour's household or pass, a partner that another one scans."""

import pytest

from civique.core.organisations.models import Organisation
from civique.core.people.queries import get_person
from civique.modules.welcome.models import WelcomeHousehold, WelcomeItem, WelcomeOffer, WelcomeRelay, WelcomeVoucher
from civique.modules.welcome.operations import kit, relays
from civique.modules.welcome.operations.households import declare_household
from civique.modules.welcome.operations.vouchers import hand_set
from tests.modules.welcome.conftest import declared, offered
from tests.modules.welcome.test_walk import partner_link

DESK = "/mairie/bienvenue"
WRONG = ["", "x" * 200_000, "-1", "99999999999999999999", "0001-01-01", "9999-12-31", "\u202e<script>", "1e9", "'; --"]


@pytest.fixture
def full(town):
    """A commune with something of everything; gives the browsers of a resident, the secretary and a partner."""
    nadia = town.person("Nadia", "Arrivée")
    desk, phone = town.client(town.person("Sylvie", "Secrétaire", "secretary")), town.client()
    with town.session() as session:
        offered(session, town)
        relays.add_relay(session, "peer", person_id=nadia.id)
        kit.add_item(session, "step", title="Voter")
        person = get_person(session, nadia.id)
        hand_set(
            session, declare_household(session, person, name="Arrivée", arrived_on=town.today, adults=1, visit=True)
        )
    phone.get(partner_link(desk, town)[0])
    return town.client(nadia), desk, phone


def forms(town):
    """Addresses of the pages that hold a form, by who opens them."""
    household, offer = town.one(WelcomeHousehold).id, town.one(WelcomeOffer).id
    mine, file = f"/bienvenue/foyers/{household}", f"{DESK}/{household}"
    item, relay = town.one(WelcomeItem).id, town.one(WelcomeRelay).id
    yield 0, (f"{mine}/foyer", f"{mine}/besoins", f"{mine}/participer")
    yield (
        1,
        (
            *(
                f"{DESK}/{path}"
                for path in ("coupons", "guide/ajouter", "relais/ajouter", "partenaires/ajouter", "reglages")
            ),
            *(f"{DESK}/{path}" for path in (f"guide/{item}", f"relais/{relay}", f"partenaires/{offer}")),
            f"{file}/corriger",
        ),
    )
    yield 2, ("/bienvenue/partenaire", "/bienvenue/partenaire/code")


def test_no_form_fails_on_what_it_does_not_expect(town, full):
    for who, paths in forms(town):
        for path in paths:
            form = full[who].get(path).form(path)
            for name in form:
                if name not in {"csrf_token", "once", "revision"}:
                    for wrong in WRONG:
                        answer = full[who].post(path, {**form, name: wrong}).status
                        assert answer in {200, 303, 413, 422}, (path, name, wrong)
            bare = {"csrf_token": form["csrf_token"]}
            assert full[who].post(path, bare).status in {303, 400, 404, 422}, path


@pytest.mark.parametrize(
    "used_at", ["", "hier", "0001-01-01", "9999-12-31T23:59:59-14:00", "2026-02-30", "x" * 100_000]
)
def test_a_forged_moment_takes_no_use_back(town, full, used_at):
    _resident, desk, phone = full
    voucher = town.one(WelcomeVoucher, state="handed")
    phone.submit(f"/bienvenue/bons/{voucher.number}", {})
    token = {"csrf_token": phone.get("/bienvenue/partenaire").form()["csrf_token"]}
    back = f"/bienvenue/partenaire/bons/{voucher.id}/reprendre"
    assert phone.post(back, {**token, "used_at": used_at}).status in {303, 404}
    assert phone.post(back, token).status == 404
    token = {"csrf_token": desk.get(f"{DESK}/coupons").form()["csrf_token"]}
    path = f"{DESK}/{voucher.household_id}/bons/{voucher.id}/reprendre"
    assert desk.post(path, {**token, "used_at": used_at}).status in {303, 404}
    assert town.one(WelcomeVoucher, id=voucher.id).state == "used"


def test_a_neighbour_opens_nothing(town, full, make_commune):
    """Neither the pass of a partner, nor a household, nor the number of a voucher."""
    other = make_commune("49015", "welcome")
    desk, voucher = full[1], town.one(WelcomeVoucher, state="handed")
    abroad = other.client()
    opened = abroad.follow(abroad.get(partner_link(desk, town)[0]))
    assert "n’ouvre rien" in opened.words
    assert abroad.get(f"/bienvenue/bons/{voucher.number}").status == 404
    secretary = other.client(other.person("Jeanne", "Secrétaire", "secretary"))
    for end in ("", "/corriger", "/livret.pdf", "/bons.pdf", "/historique"):
        assert secretary.get(f"{DESK}/{voucher.household_id}{end}").status == 404


def test_a_partner_that_scans_the_voucher_of_another_is_told_whose_it_is(town, full):
    phone = full[2]
    with town.session() as session:
        offered(session, town, partner="Club de pétanque", title="Une licence")
        (voucher,) = [v for v in hand_set(session, declared(session, town, "Paul")) if v.offer.title == "Une licence"]
        club = session.query(Organisation).filter_by(name="Club de pétanque").one()
    page = phone.get(f"/bienvenue/bons/{voucher.number}")
    assert f"Ce bon est pour {club.name}, pas pour Boulangerie du Port" in page.words
    phone.submit("/bienvenue/partenaire", {"number": voucher.shown})
    assert town.one(WelcomeVoucher, id=voucher.id).state == "handed"
