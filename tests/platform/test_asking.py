"""Subscribing, first half: find the commune, say who asks, type the code."""

from urllib.parse import quote_plus

import pytest

from tests.client import PageClient
from tests.fixtures import wsgi
from tests.platform.steps import FOREIGN, WHO, WRONG, ask, code_of, only, platform
from tests.refusals import refuses

pytestmark = [pytest.mark.fresh_communes, pytest.mark.usefixtures("clean")]

# Finding the commune ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text_", ["allonnes", "49650", "Allonnes 49"])
def test_finding_by_name_and_postal_code(apex, text_):
    page = apex.get(f"/souscrire?q={quote_plus(text_)}")
    assert "/souscrire/49002" in page.links()


def test_a_commune_deleguee_leads_to_its_commune(apex, commune):
    page = apex.get("/souscrire?q=Corn%C3%A9")
    first = next(link for link in page.links() if link.startswith("/souscrire/4"))
    assert first == "/souscrire/49307"
    assert "Corné" in page.words


def test_suggestions_are_the_same_page(apex):
    fragment = apex.get("/souscrire?q=allonnes", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "/souscrire/49002" in fragment.links()
    assert "<h1" not in fragment.text
    assert "HX-Request-Type" in fragment.headers["Vary"]


def test_one_letter_is_a_name_and_a_slip_still_finds(apex):
    assert "/souscrire/80829" in apex.get("/souscrire?q=y").links(), "Y, in the Somme"
    assert "/souscrire/49002" in apex.get("/souscrire?q=alonnes+49").links()


def test_the_number_of_results_is_true(apex):
    few = apex.get("/souscrire?q=allonnes")
    assert f"{sum('/souscrire/' in link for link in few.links())} communes trouvées" in few.words.replace("\u00a0", " ")
    many = apex.get("/souscrire?q=saint").words.replace("\u00a0", " ")
    assert "Voici les 20 premières communes" in many
    assert "trouvées" not in many


def test_nothing_found_says_what_to_do(apex):
    page = apex.get("/souscrire?q=zzzzqq")
    assert "postal" in page.words
    assert apex.get("/souscrire?q=%27%3B--").status == 200


@pytest.mark.parametrize("insee", ["99999", "49019", "abc", "4900212"])
def test_only_current_communes(apex, insee):
    assert apex.get(f"/souscrire/{insee}").status == 404
    assert apex.get("/souscrire").status == 200


def test_a_commune_with_a_site_cannot_be_taken(apex, neighbour):
    page = apex.get("/souscrire/49002")
    assert f"http://{neighbour.host}/" in page.links()
    form = apex.get("/souscrire/49030").form()
    assert apex.post("/souscrire/49002", {**form, **WHO}).location == "/souscrire/49002"
    listed = apex.get("/souscrire?q=allonnes%2049")
    assert "/souscrire/49002" in listed.links()


# Who asks -----------------------------------------------------------------------------------------------------------


def test_nothing_is_ticked_beforehand_and_the_texts_can_be_read(apex):
    page = apex.get("/souscrire/49002")
    form = page.form()
    assert "terms" not in form
    assert "data_contract" not in form
    assert {"/conditions", "/contrat-donnees"} <= set(page.links())


@pytest.mark.parametrize("field", ["given_name", "family_name", "function", "email", "phone", "siret"])
def test_each_fact_is_asked_for(apex, field):
    page = apex.submit("/souscrire/49002", {**WHO, field: ""})
    assert page.status == 422
    assert f'href="#{field}"' in page.text


@pytest.mark.parametrize("field", ["terms", "data_contract"])
def test_both_texts_must_be_accepted(apex, field):
    page = apex.submit("/souscrire/49002", {k: v for k, v in WHO.items() if k != field})
    assert page.status == 422
    assert "Cormoran" in page.text, "what was typed is kept"


def test_the_siret_is_the_commune_s(apex):
    foreign = apex.submit("/souscrire/49002", {**WHO, "siret": FOREIGN})
    assert foreign.status == 422
    assert "214 900 029" in foreign.words
    wrong = apex.submit("/souscrire/49002", {**WHO, "siret": WRONG})
    assert wrong.status == 422
    spaced = apex.submit("/souscrire/49002", {**WHO, "siret": "214 900 029 00007"})
    assert spaced.status == 303


def test_an_overseas_number_is_read_with_its_own_plan(apex):
    page = apex.submit(
        "/souscrire/98818", {**WHO, "phone": "27 31 15", "siret": FOREIGN, "email": "mairie@ville-noumea.nc"}
    )
    assert page.status == 303, page.words
    assert only().phone == "+687273115"


def test_sending_twice_makes_one_request(apex, mailbox):
    form = {**apex.get("/souscrire/49002").form(), **WHO}
    first, second = apex.post("/souscrire/49002", form), apex.post("/souscrire/49002", form)
    assert first.location == second.location == "/souscrire/code"
    assert only().state == "started"
    assert len([m for m in mailbox() if m["To"] == WHO["email"]]) == 1


def test_htmx_receives_a_location_and_the_errors(apex):
    headers = {"HX-Request": "true", "HX-Request-Type": "full"}
    form = {**apex.get("/souscrire/49002").form(), **WHO}
    refused = apex.post("/souscrire/49002", {**form, "siret": ""}, headers=headers)
    assert refused.status == 422
    sent = apex.post("/souscrire/49002", form, headers=headers)
    assert sent.status == 204
    assert "/souscrire/code" in sent.headers["HX-Location"]


def test_the_versions_accepted_are_kept(apex, mailbox):
    from civique.platform.subscription.documents import versions

    ask(apex, mailbox)
    row = only()
    assert (row.terms_version, row.data_version) == (versions("terms")[0], versions("data")[0])
    assert row.accepted_at is not None


# The code -----------------------------------------------------------------------------------------------------------


def test_a_wrong_code_is_counted_and_burns(apex, mailbox):
    apex.submit("/souscrire/49002", WHO)
    right = code_of(mailbox, WHO["email"])
    wrong = "000000" if right.replace(" ", "") != "000000" else "111111"
    for _ in range(5):
        assert apex.submit("/souscrire/code", {"code": wrong}).status == 422
    assert apex.submit("/souscrire/code", {"code": right}).status == 422
    assert only().state == "started"
    again = apex.submit("/souscrire/code/encore", on="/souscrire/code")
    assert again.status == 303
    assert apex.submit("/souscrire/code", {"code": code_of(mailbox, WHO["email"])}).status == 303


def test_a_sign_in_code_does_not_serve_here(apex, mailbox):
    """Each code has its purpose: the one of the sign-in page cannot confirm a subscription."""
    from civique.core.access.codes import check_code, make_code

    apex.submit("/souscrire/49002", WHO)
    with platform() as session:
        row, digits = make_code(session, WHO["email"], "sign_in")
        with refuses("wrong_code"):
            check_code(session, row.id, digits, "subscribe")


def test_another_browser_has_no_code_page(apex, mailbox):
    apex.submit("/souscrire/49002", WHO)
    other = PageClient(wsgi(), apex.host)
    assert other.get("/souscrire/code").location == "/souscrire"
    assert other.get(f"/souscrire/suivi/{only().id}").status == 404, "nothing to follow before the code"
