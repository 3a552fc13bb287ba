"""Figures that agree, states in a resident's words, committees that are convened."""

from datetime import timedelta
from decimal import Decimal

import pytest

from civique.core import clock
from civique.core.committees import operations as committees
from civique.core.committees.convocation import send_convocation
from civique.core.committees.minutes import minutes_pdf
from civique.core.evaluations import operations as evaluations
from civique.core.evaluations.queries import find_year
from civique.core.gatherings.models import Gathering
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import examination, repayments
from tests.core.test_paper import text_of
from tests.refusals import refuses


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def follow(world, application):
    return world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}").words


def published(world, year):
    with world.commune.session(world.secretary) as session:
        one = find_year(session, "fonds", year)
        evaluations.write_evaluation(
            session, one, 0, introduction="Une belle année.", went_well="", to_change="", next_year=""
        )
        evaluations.publish_evaluation(session, find_year(session, "fonds", year))


# Evaluations ---------------------------------------------------------------------------------------------------------


def test_an_evaluation_is_linked_and_lists_its_projects(world):
    application = world.granted()
    year = world.commune.today.year
    published(world, year)
    anybody = world.commune.client()
    path = f"/evaluations/fonds/{year}"
    for page in ("/fonds", "/", "/recherche?q=evaluation", "/evaluations"):
        assert path in anybody.get(page).links(), page
    page = anybody.get(path)
    assert f"/fonds/projets/{application.id}" in page.links()
    assert "Pieds de mur fleuris" in text_of(anybody.get(f"{path}.pdf").response.get_data())
    assert "quel que soit le jour de la réponse" in page.words


def test_an_evaluation_compares_with_the_year_before(world):
    year = world.commune.today.year
    with world.commune.session(world.secretary) as session:
        figures = {"envelope": 500_000, "received": 11, "supported": 8, "granted": 268_000, "partners": 1}
        evaluations.enter_past_year(session, "fonds", year - 1, "Compte administratif", figures)
    world.granted()
    published(world, year)
    assert f"{year - 1} : 8" in world.commune.client().get(f"/evaluations/fonds/{year}").words.replace("\xa0", " ")


@pytest.mark.parametrize("sign", ["% %", "€ €"])
def test_no_sign_is_said_twice(world, sign):
    from civique.core.indicators.computing import recompute
    from civique.core.registry import modules

    world.granted()
    with world.commune.session(world.secretary) as session:
        recompute(session, modules().of(session.tenant))
    world.commune.sql("UPDATE indicator SET public = true")
    words = world.commune.client().get("/indicateurs").words
    assert "Subvention moyenne" in words or "Aide moyenne" in words
    assert sign not in words.replace("\u202f", " ").replace("\xa0", " ")


# The gauge -----------------------------------------------------------------------------------------------------------


def test_the_public_gauge_adds_up(world):
    from civique.core.contributions import operations as contributions
    from civique.modules.fund.models import Fund

    with world.commune.session(world.secretary) as session:
        fund = session.get(Fund, world.fund.id)
        pledged = contributions.pledge_contribution(session, fund, "financial", giver_name="X", value_cents=100_050)
        contributions.receive_contribution(session, pledged)
    world.granted(30_000)
    words = world.commune.client().get("/fonds").words.replace("\u202f", " ").replace("\xa0", " ")
    assert "9 000,50 €" in words, "what there is, partners included"
    for part in ("Payé 0,00 €", "Accordé, à verser 300,00 €", "Disponible 8 700,50 €"):
        assert part in words, part


def test_counts_say_what_they_count(world):
    world.granted()
    world.ask(title="Autre")
    words = world.commune.client().get("/fonds").words
    assert f"Un projet en tout, depuis {world.commune.today.year}" in words
    assert "Pour les informaticiens" in words
    assert "Jusqu’à 500 € par projet" in words.replace("\xa0", " ").replace("\u202f", " ")


def test_on_a_phone_the_list_comes_after_what_explains_it(world):
    world.granted()
    words = world.commune.client().get("/fonds").words
    places = [
        words.index(part) for part in ("L’enveloppe de", "Les règles en bref", "Pas d’Internet ?", "Pieds de mur")
    ]
    assert places == sorted(places)


# Words ---------------------------------------------------------------------------------------------------------------


def test_states_are_told_in_a_residents_words(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    assert "Il nous manque quelque chose de vous" in follow(world, application)
    other = world.admissible(title="Autre")
    assert "Votre demande est complète et peut être aidée" in follow(world, other)
    world.act(other, examination.advise, "Services techniques", "favourable", "")
    assert "À la mairie : décision avant le" in follow(world, other).replace("\xa0", " ")
    settled = world.reported(30_000)
    world.move(settled, "settle")
    words = follow(world, settled).replace("\xa0", " ").replace("\u202f", " ")
    assert "Terminé. Rien à faire. Merci !" in words
    assert "Merci !," not in words


def test_a_request_that_lapsed_says_if_a_delay_passed(world):
    application = world.ask()
    world.move(application, "lapse", motive="Doublon.")
    assert "Demande arrêtée" in follow(world, application)
    assert "Délai dépassé" not in follow(world, application)


def test_the_desk_keeps_its_short_terms(world, desk):
    application = world.admissible()
    world.act(application, examination.advise, "Services techniques", "favourable", "")
    assert "Avis rendu, à décider" in desk.get(f"/mairie/fonds/demandes/{application.id}").words


def test_the_file_shows_the_project_and_its_amount_first(world, desk):
    words = desk.get(f"/mairie/fonds/demandes/{world.admissible().id}").words
    assert words.index("Semer.") < words.index("Que décide-t-on ?")
    assert words.index("300,00 €") < words.index("Que décide-t-on ?")


def test_what_was_given_back_reads_well(world, desk):
    application = world.reported(24_000)
    world.move(application, "settle")
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        repayments.note_received(session, found, found.repayments[0], world.commune.today)
    words = desk.get(f"/mairie/fonds/demandes/{application.id}").words.replace("\xa0", " ")
    assert "Rendu : 60,00 €, reçus le" in words


# Committees ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(world):
    application = world.admissible()
    with world.commune.session(world.secretary) as session:
        committee = committees.create_committee(session, "Comité du fonds")
        for person in (world.secretary, world.commune.person("Rose", "Membre")):
            committees.add_member(session, committee, get_person(session, person.id), "citizen")
        found = committees.plan_meeting(session, committee, clock.now() + timedelta(days=9), "Mairie")
        examination.put_to_committee(session, session.get(FundApplication, application.id), found)
    return found


def test_the_order_of_the_day_says_who_asks_and_how_much(world, desk, meeting):
    with world.commune.session(world.secretary) as session:
        paper = text_of(minutes_pdf(session, session.get(Gathering, meeting.id)))
    for words in (paper, desk.get(f"/mairie/reunions/{meeting.id}").words):
        assert "Nadia Habitante" in words
        assert "300,00 €" in words


def test_a_committee_is_convened_by_message(world, desk, meeting):
    path = f"/mairie/reunions/{meeting.id}"
    page = desk.follow(desk.submit(f"{path}/convoquer", on=path))
    assert "Convocation envoyée le" in page.words
    sent = [message for message in world.commune.all(Message) if message.kind == "committee.convocation"]
    assert len(sent) == 2
    assert all("Nadia Habitante" in str(message.content) for message in sent)
    assert all("300,00" in str(message.content) for message in sent)


def test_a_committee_without_members_is_not_convened(world):
    with world.commune.session(world.secretary) as session:
        committee = committees.create_committee(session, "Comité")
        found = committees.plan_meeting(session, committee, clock.now() + timedelta(days=9), "Mairie")
        with refuses("nobody_convened"):
            send_convocation(session, found)


def test_one_or_several_leave_the_room(world):
    from civique.core.i18n import ngettext, speaking

    text = "%(names)s left the room, being tied to this request."
    with speaking("fr"):
        assert "Rose a quitté la salle" in ngettext(text, text, 1, names="Rose")
        assert "Rose, Luc ont quitté la salle" in ngettext(text, text, 2, names="Rose, Luc")


def test_what_was_done_says_on_which_day(world, desk, meeting):
    application = world.admissible(title="Autre projet")
    path = f"/mairie/fonds/ensemble?action=put&id={application.id}"
    page = desk.get(path)
    form = page.form()
    page = desk.follow(desk.post("/mairie/fonds/ensemble", {**form, "meeting_id": str(meeting.id)}))
    assert "La demande est à l’ordre du jour du" in page.text.replace("\xa0", " ")


def test_a_sent_request_prints_itself(world):
    application = world.ask(asks=[("material", "graines", Decimal(40), "sachets")])
    client = world.commune.client(world.resident)
    words = text_of(client.get(f"/fonds/demandes/{application.id}/demande.pdf").response.get_data())
    for expected in ("Pieds de mur fleuris", "Semer.", "Terreau", "300,00", "graines", "Voisins", "Nadia Habitante"):
        assert expected in words, expected
    assert "Date et signature" not in words, "it was sent: it is no form to fill in"
