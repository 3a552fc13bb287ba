"""Agreements by their pages, at the town hall and for the other side, in a village without the fund."""

import csv
import io
import re
from datetime import timedelta

import pytest

from civique.core.access.models import SignInCode
from civique.core.agreements import operations
from civique.core.agreements.models import Agreement, Duty, Signature, UpkeepCheck
from civique.core.documents.models import StoredFile
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.switching import switch_off
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup
from tests.snapshot import pdf_words
from tests.web.desk.conftest import picture

LIST = "/mairie/conventions"


def drawn_up(village, pickup, upkeep=None, duties=(["Planter."], ["Fournir."])):
    with village.session() as session:
        return operations.draw_up_agreement(session, session.get(Pickup, pickup.id), *duties, upkeep)


def offered(village, pickup, upkeep=None):
    row = drawn_up(village, pickup, upkeep)
    with village.session() as session:
        operations.offer_agreement(session, session.get(Agreement, row.id))
    return row


def in_force(village, pickup, upkeep=None):
    row = offered(village, pickup, upkeep)
    with village.session() as session:
        for side in ("applicant", "commune"):
            operations.sign_agreement(session, session.get(Agreement, row.id), side, name="Nadia", means="paper")
    return row


def ours(row):
    return f"{LIST}/{row.id}"


def theirs(row):
    return f"/conventions/{row.id}"


# The town hall -------------------------------------------------------------------------------------------------------


def test_from_the_first_word_to_the_end(village, pickup, desk):
    page = desk.get(f"{LIST}/ecrire/{pickup.id}")
    assert "Sortir les objets la veille." in page.text, "usual duties are proposed"
    until = (village.today + timedelta(days=200)).isoformat()
    page = desk.follow(desk.submit(f"{LIST}/ecrire/{pickup.id}", {"upkeep_until": until}))
    row = village.one(Agreement)
    assert "à proposer" in page.words
    desk.submit(f"{ours(row)}/proposer", on=ours(row))
    assert "à signer" in desk.get("/mairie/conventions?etat=to_sign").words
    today = village.today.isoformat()
    scan = (io.BytesIO(picture()), "signee.png")
    desk.submit(f"{ours(row)}/signer", {"side": "applicant", "name": "Nadia", "on": today, "scan": scan}, on=ours(row))
    paper = village.one(StoredFile)
    assert (paper.permission, paper.person_id) == ("core.agreements_read", pickup.person_id)
    assert "Signer la convention : Le port fleuri" in desk.get("/mairie").words
    desk.submit(f"{ours(row)}/signer", {"side": "commune", "name": "La maire", "on": today}, on=ours(row))
    assert village.one(Agreement).state == "signed"
    duty = village.all(Duty, side="applicant")[0].id
    page = desk.follow(desk.submit(f"{ours(row)}/engagements/{duty}", on=ours(row)))
    assert "fait le" in page.words
    desk.follow(desk.submit(f"{ours(row)}/engagements/{duty}", on=ours(row)))
    with village.session() as session:
        assert session.get(Agreement, row.id).duties[0].done_on is None
    page = desk.follow(desk.submit(f"{ours(row)}/terminer", on=ours(row)))
    assert "tenue jusqu’au bout" in page.words
    assert village.one(Agreement).state == "ended"


def test_visits_are_in_the_work_of_the_day_and_are_noted_once(village, pickup, desk):
    row = in_force(village, pickup, village.today + timedelta(days=5))
    assert "Vérifier l’entretien : Le port fleuri" in desk.get("/mairie").words
    assert "Le port fleuri" in desk.get(f"{LIST}?visite=a-faire").words
    action = f"{ours(row)}/entretien/{village.one(UpkeepCheck).id}"
    form = desk.get(ours(row)).form(action)
    refused = desk.post(action, form | {"kept": "no"})
    assert refused.status == 422
    assert "Dites ce que vous avez vu" in refused.words
    assert desk.post(action, form | {"kept": "no", "note": "Sec."}).status == 303
    assert desk.post(action, form | {"kept": "yes"}).status == 422
    assert "Sec." in desk.get(ours(row)).words


def test_a_breach_is_told_with_its_reason(village, pickup, desk):
    row = in_force(village, pickup)
    refused = desk.submit(f"{ours(row)}/rompre", {"motive": "y" * 1001}, on=ours(row))
    assert refused.status == 422
    assert village.one(Agreement).state == "signed"
    page = desk.follow(desk.submit(f"{ours(row)}/rompre", {"motive": "Rien n’est fait."}, on=ours(row)))
    assert "Rien n’est fait." in page.words
    assert "Rien n’est fait." in str(village.one(Message, kind="agreement.broken").content)


def test_a_form_that_was_read_before_a_colleague_acted(village, pickup, desk):
    row = offered(village, pickup)
    form = desk.get(ours(row)).form(f"{ours(row)}/signer") | {"side": "applicant", "name": "Nadia Habitante"}
    with village.session() as session:
        session.get(Agreement, row.id).title = "Autre titre"
    late = desk.post(f"{ours(row)}/signer", form)
    assert late.status == 422
    assert "a modifié ceci entre-temps" in late.words
    assert late.form(f"{ours(row)}/signer")["name"] == "Nadia Habitante"
    assert village.all(Signature) == []


def test_versions_lead_to_each_other_and_the_former_is_only_read(village, pickup, desk):
    row = offered(village, pickup)
    with village.session() as session:
        operations.sign_agreement(session, session.get(Agreement, row.id), "applicant", name="Nadia", means="paper")
    after = drawn_up(village, pickup, duties=(["Planter mieux."], ["Fournir."]))
    page = desk.get(ours(row))
    assert "Une autre version a remplacé celle-ci" in page.words
    assert ours(after) in page.links()
    assert f"{ours(row)}/signer" not in page.text
    assert ours(row) in desk.get(ours(after)).links()
    assert [line for line in desk.get(LIST).links() if line in {ours(row), ours(after)}] == [ours(after)]


def test_the_list_as_a_file(village, pickup, desk):
    row = in_force(village, pickup)
    lines = list(csv.reader(io.StringIO(desk.get(f"{LIST}?format=csv&q=port").response.get_data(True)), delimiter=";"))
    assert village.one(Agreement).reference in lines[1]
    assert "en vigueur" in lines[1]
    assert desk.get(f"{LIST}?format=xlsx").status == 200
    assert "Nadia Habitante" in pdf_words(desk.get(f"{LIST}?format=pdf").response.get_data())
    assert "Rien ne correspond" in desk.get(f"{LIST}?q=mare").words
    assert ours(row) in desk.get(f"{LIST}?q=habitante").links(), "also by the applicant"


# The text of another -------------------------------------------------------------------------------------------------


def written(page, path, **texts):
    return {**page.form(path), "commune": "Fournir.", "upkeep_until": "", **texts}


def said(village):
    with village.session() as session:
        return session.get(Agreement, village.one(Agreement).id).duties_of("applicant")[0].text


@pytest.mark.parametrize("before", [False, True])
def test_a_second_agent_does_not_replace_the_agreement_in_silence(village, pickup, desk, before):
    path = f"{LIST}/ecrire/{pickup.id}"
    if before:
        drawn_up(village, pickup)
    first, second = desk.get(path), desk.get(path)
    assert desk.post(path, written(first, path, applicant="Semer et arroser.")).status == 303
    refused = desk.post(path, written(second, path, applicant="Tailler."))
    assert refused.status == 422
    assert "Tailler." in refused.text, "what was typed is kept"
    assert "Semer et arroser." in refused.words, "what the first wrote is shown"
    assert said(village) == "Semer et arroser."
    assert desk.post(path, written(refused, path, applicant="Tailler.")).status == 303, "read, it may be replaced"
    assert said(village) == "Tailler."


def test_an_unfinished_form_does_not_hide_that_the_agreement_moved(village, pickup, desk):
    path = f"{LIST}/ecrire/{pickup.id}"
    first, second = desk.get(path), desk.get(path)
    desk.post(path, written(first, path, applicant="Semer."))
    refused = desk.post(path, written(second, path, applicant=""))
    assert refused.status == 422
    assert "Semer." in refused.words


def test_a_duty_too_long_is_said(pickup, desk):
    path = f"{LIST}/ecrire/{pickup.id}"
    page = desk.submit(path, {"applicant": "x" * 401, "commune": "Fournir."}, on=path)
    assert page.status == 422
    assert "en deux lignes" in page.words


# Who -----------------------------------------------------------------------------------------------------------------


def test_who_reads_and_who_writes(village, pickup, nadia):
    row = offered(village, pickup)
    councillor = village.client(village.person("Élu", "Conseil", "elected"))
    page = councillor.get(ours(row))
    assert f"{ours(row)}/signer" not in page.text
    assert councillor.get(f"{ours(row)}/convention.pdf").status == 200
    assert councillor.get(f"{LIST}/ecrire/{pickup.id}").status == 403
    assert village.client(village.person("Gu", "Guichet", "counter")).get(ours(row)).status == 403
    assert village.client(nadia).get(ours(row)).status == 403


def test_who_stands_on_the_other_side_does_not_sign_for_the_commune(village):
    agent = village.person("Élise", "Agente", "secretary")
    with village.session() as session:
        own = ask_pickup(session, get_person(session, agent.id), "Mon sommier", village.today)
    row = offered(village, own)
    page = village.client(agent).get(ours(row))
    assert "Vous êtes l’autre signataire" in page.words
    assert f"{ours(row)}/signer" not in page.text


def test_nothing_of_a_neighbour(village, pickup, make_commune):
    row = offered(village, pickup)
    neighbour = make_commune("49307", "sample")
    odile = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    for path in (ours(row), f"{ours(row)}/convention.pdf", f"{LIST}/ecrire/{pickup.id}", theirs(row)):
        assert odile.get(path).status == 404, path
    former = f"fonds/demandes/{pickup.id}/convention"
    for path in (f"/{former}", f"/{former}.pdf", f"/mairie/{former}", f"/mairie/{former}.pdf"):
        assert odile.get(path).status == 404, path


def test_former_addresses_lead_here(village, pickup, client, desk):
    former = f"/fonds/demandes/{pickup.id}/convention"
    assert desk.get(f"/mairie{former}").location == f"{LIST}/ecrire/{pickup.id}", "not written yet"
    row = drawn_up(village, pickup)
    assert client.get(former).status == 404, "not offered yet"
    with village.session() as session:
        operations.offer_agreement(session, session.get(Agreement, row.id))
    for browser, path, to in (
        (client, former, theirs(row)),
        (client, f"{former}.pdf", f"{theirs(row)}/convention.pdf"),
        (desk, f"/mairie{former}", ours(row)),
        (desk, f"/mairie{former}.pdf", f"{ours(row)}/convention.pdf"),
    ):
        answer = browser.get(path)
        assert (answer.status, answer.location) == (308, to)
    assert village.client().get(former).location.startswith("/connexion")


def test_once_its_module_is_off_it_is_read(village, pickup, client, desk):
    row = offered(village, pickup)
    village.tenant = switch_off(village.tenant, "sample")
    page = desk.get(ours(row))
    assert "est désactivé" in page.words
    assert f"{ours(row)}/signer" not in page.text
    assert desk.get(f"{LIST}/ecrire/{pickup.id}").status == 404
    assert "Planter." in client.get(theirs(row)).words
    assert f"{theirs(row)}/code" not in client.get(theirs(row)).text
    assert client.get(f"{theirs(row)}/convention.pdf").status == 200


# The other side ------------------------------------------------------------------------------------------------------


def code_sent(village):
    """The six digits of the newest message, as the applicant reads them."""
    message = village.all(Message, kind="agreement.sign_code")[-1]
    return re.sub(r"\D", "", message.content["code"])


def test_the_agreement_is_read_and_signed_with_a_code(village, pickup, client, nadia):
    path = theirs(offered(village, pickup))
    assert "Planter." in client.get(path).words
    assert client.submit(f"{path}/code", on=path).status == 303
    page = client.submit(f"{path}/signer", {"code": code_sent(village)}, on=path)
    assert page.location == "/encombrants", "the page of what it is about"
    signature = village.one(Signature)
    assert (signature.side, signature.means, signature.person_id) == ("applicant", "code", nadia.id)
    assert village.one(Agreement).state == "to_sign", "the town hall signs next"
    page = client.get(path)
    assert f"{path}/code" not in page.text
    assert "Nadia Habitante" in page.words


def test_six_guesses_sign_nothing_and_are_counted(village, pickup, client):
    path = theirs(offered(village, pickup))
    client.submit(f"{path}/code", on=path)
    right = code_sent(village)
    for step in range(1, 7):
        wrong = f"{(int(right) + step) % 1_000_000:06}"
        page = client.submit(f"{path}/signer", {"code": wrong}, on=path)
        assert page.status == 422
    assert "Ce code n’est plus valable" in page.words
    assert village.one(SignInCode).tries == 5
    assert client.submit(f"{path}/signer", {"code": right}, on=path).status == 422
    assert village.all(Signature) == []


def test_the_text_signed_is_the_one_that_was_read(village, pickup, client):
    path = theirs(offered(village, pickup))
    client.submit(f"{path}/code", on=path)
    form = client.get(path).form(f"{path}/signer")
    drawn_up(village, pickup, duties=(["Planter et payer."], ["Fournir."]))
    page = client.post(f"{path}/signer", {**form, "code": code_sent(village)})
    assert page.status == 422
    assert "Le texte a changé" in page.words
    assert village.all(Signature) == []


def test_a_code_of_one_agreement_does_not_sign_another(village, pickup, client, nadia):
    with village.session() as session:
        second = ask_pickup(session, get_person(session, nadia.id), "La mare", village.today)
    path, elsewhere = theirs(offered(village, pickup)), theirs(offered(village, second))
    client.submit(f"{path}/code", on=path)
    form = client.get(path).form(f"{path}/signer")
    page = client.post(f"{elsewhere}/signer", {**form, "code": code_sent(village)})
    assert page.location == elsewhere
    assert village.all(Signature) == []


def test_a_code_to_sign_does_not_open_the_door(village, pickup, client):
    path = theirs(offered(village, pickup))
    client.submit(f"{path}/code", on=path)
    stranger = village.client()
    stranger.submit("/connexion", {"email": "nadia.habitante@exemple.fr"})
    page = stranger.submit("/connexion/code", {"code": code_sent(village)})
    assert page.status == 422


def test_the_applicant_prints_the_agreement_of_the_town_hall(village, pickup, client, desk):
    row = drawn_up(village, pickup)
    path = f"{theirs(row)}/convention.pdf"
    assert client.get(theirs(row)).status == client.get(path).status == 404, "not offered"
    with village.session() as session:
        operations.offer_agreement(session, session.get(Agreement, row.id))
    assert path in client.get(theirs(row)).links()
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    words = pdf_words(answer.response.get_data())
    assert words == pdf_words(desk.get(f"{ours(row)}/convention.pdf").response.get_data())
    for expected in (village.one(Agreement).reference, "Planter.", "Nadia Habitante", "pages: 1"):
        assert expected in words, expected
    assert village.client(village.person("Léo", "Passant")).get(path).status == 404
    assert village.client().get(path).status == 303
