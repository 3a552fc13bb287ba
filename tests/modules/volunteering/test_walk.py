"""By pages: who needs help, who gives a hand, the desk between the two, hours and their certificate."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from civique.core.messages.models import Message
from civique.modules.volunteering.models import Hours, Match, Mission, Shift, Volunteer, words
from civique.modules.volunteering.operations.hours import decide_hours, enter_hours
from civique.modules.volunteering.queries import matching
from tests.modules.volunteering.conftest import STATED, bits, mission_of, volunteer_of

DESK, HAND, NEED = "/mairie/benevolat", "/benevolat/demander", "/benevolat/besoins/demander"


@pytest.fixture
def secretary(desk):
    return desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))


def test_from_two_needs_to_a_certificate(desk, secretary, mailbox):
    town = desk.town
    speaker, nadia = town.client(desk.speaker), town.client(desk.nadia)
    told = {
        "title": "Bourse aux livres",
        "purpose": "Des livres.",
        "organisation_id": desk.club_id,
        "rhythm": "flexible",
    }
    sent = speaker.submit(NEED, {**told, "slots": "sat-morning", "interests": "culture"})
    mission = town.one(Mission)
    file = f"{DESK}/missions/{mission.id}"
    assert secretary.submit(f"{file}/clarifier", on=file).status == 422, "BEN-01"
    change = {**secretary.get(file).form(f"{file}/modifier"), **STATED, "minutes": "1 h 30"}
    secretary.post(f"{file}/modifier", change)
    for step in ("clarifier", "publier"):
        assert secretary.submit(f"{file}/{step}", on=file).status == 303
    hand = nadia.submit(HAND, {"interests": "culture", "slots": "sat-morning", "wishes": "J’aime lire."})
    assert "Comptoir" in nadia.follow(hand).words or hand.status == 303
    volunteer = town.one(Volunteer)
    page = secretary.get(f"{DESK}/{volunteer.id}")
    assert "Le samedi, aime la culture" in page.words
    meet = {"met_on": desk.town.today.isoformat(), "notes": "Très motivée."}
    secretary.submit(f"{DESK}/{volunteer.id}/rencontrer", meet, on=f"{DESK}/{volunteer.id}")
    secretary.submit(f"{DESK}/{volunteer.id}/proposer/{mission.id}", on=f"{DESK}/{volunteer.id}")
    match = town.one(Match)
    asked = f"/benevolat/propositions/{match.id}"
    assert "Paule" not in nadia.get(asked).words, "BEN-02"
    nadia.submit(f"{asked}/oui", on=asked)
    follow = sent.location
    before = speaker.get(follow).words
    assert "Nadia" not in before
    assert "Une personne qui aime" in before
    speaker.submit(f"/benevolat/besoins/propositions/{match.id}/oui", on=follow)
    assert "Nadia Habitante" in speaker.get(follow).words
    assert "Paule Présidente" in nadia.get(asked).words
    secretary.submit(
        f"{DESK}/propositions/{match.id}/debuter", {"mentor": "Paule"}, on=f"{DESK}/propositions/{match.id}"
    )
    hours = {"mission_id": mission.id, "done_on": desk.town.today.isoformat(), "minutes": "1 h 30"}
    nadia.submit("/benevolat/heures", hours)
    own = f"/benevolat/associations/{desk.club_id}"
    row = town.one(Hours)
    assert (row.minutes, row.organisation_id) == (90, desk.club_id)
    page = speaker.submit(f"{own}/heures/{row.id}", {"valide": "non", "reason": "x" * 400}, on=own)
    assert "300" in speaker.follow(page).words, "a reason that is too long is said, and decides nothing"
    assert town.one(Hours).state == row.state
    speaker.submit(f"{own}/heures/{row.id}", {"valide": "oui"}, on=own)
    mine = nadia.get("/benevolat/moi")
    assert "Validées" in mine.words
    years = [link.rpartition("=")[2] for link in mine.links() if "attestation.pdf" in link]
    assert years == [str(desk.town.today.year)], "no certificate of a year without hours"
    for reader, path in (
        (nadia, "/benevolat/moi/attestation.pdf"),
        (secretary, f"{DESK}/{volunteer.id}/attestation.pdf"),
    ):
        assert reader.get(path).headers["Content-Type"] == "application/pdf"
    assert {message.kind for message in town.all(Message)} >= {"volunteering.opened", "volunteering.introduced"}


def test_the_interview_is_for_mediators(desk, secretary):
    with desk.town.session() as session:
        identifier = volunteer_of(session, desk.nadia).id
    reader = desk.town.client(desk.town.person("Élise", "Élue", "elected"))
    assert "Souriante." in secretary.get(f"{DESK}/{identifier}").words
    assert reader.get(f"{DESK}/{identifier}").status == 403


def test_who_speaks_for_nobody_is_told_how_instead_of_the_form(desk):
    page = desk.town.client(desk.nadia).get(NEED)
    assert "/mon-compte/organisations" in page.links()
    assert "Envoyer ma mission" not in page.words


def test_an_empty_queue_says_where_its_lines_come_from(secretary):
    for path, told in (
        (DESK, "d’une carte remplie à la main"),
        (f"{DESK}/missions", "celles de la mairie elle-même"),
        (f"{DESK}/propositions", "ce qui peut convenir y est proposé"),
    ):
        assert told in secretary.get(path).words


def test_what_everybody_reads(desk):
    with desk.town.session() as session:
        shown, draft = mission_of(session, desk, minors=True).id, mission_of(session, desk, publish=False).id
    visitor = desk.town.client()
    assert "Bourse aux livres" in visitor.get("/benevolat?mineurs=oui").words
    assert "Bourse aux livres" not in visitor.get("/benevolat?domaine=sport").words
    page = visitor.get(f"/benevolat/missions/{shown}")
    for part in (
        "https://schema.org/JobPosting",
        'itemprop="employmentType" content="VOLUNTEER"',
        'property="og:title"',
    ):
        assert part in page.text
    assert visitor.get(f"/benevolat/missions/{draft}").status == 404
    feed = ET.fromstring(visitor.get("/benevolat/missions-api-engagement.xml").text)
    (mission,) = feed.findall("mission")
    assert [mission.findtext(name) for name in ("clientId", "openToMinors", "places", "organizationName")] == [
        str(shown),
        "yes",
        "1",
        "Les Amis du livre",
    ]
    assert "Bourse aux livres" in visitor.get("/benevolat/missions.atom").text
    for path in ("/benevolat/formulaire.pdf", "/benevolat/besoins/formulaire.pdf"):
        assert visitor.get(path).headers["Content-Type"] == "application/pdf"


def test_the_feed_and_the_data_take_the_filters_of_the_list_and_name_nobody(desk):
    with desk.town.session() as session:
        mission_of(session, desk, minors=True, interests=bits(words.INTERESTS, "culture", "events"))
        mission_of(session, desk, title="Tailler la haie", interests=bits(words.INTERESTS, "nature"))
        day = desk.town.today + timedelta(days=9)
        over = mission_of(session, desk, title="Déjà passée", starts_on=day, ends_on=day)
        once = mission_of(session, desk, title="Déjà passée aussi", rhythm="once", starts_on=day)
        for row in (over, once):
            row.starts_on = desk.town.today - timedelta(days=9)
        over.ends_on = desk.town.today - timedelta(days=1)
        mission_of(session, desk, title="Un brouillon", publish=False)
    visitor = desk.town.client()
    for asked, shown, hidden in (
        ("?domaine=events", "Bourse aux livres", "Tailler la haie"),
        ("?domaine=nature", "Tailler la haie", "Bourse aux livres"),
        ("?mineurs=oui", "Bourse aux livres", "Tailler la haie"),
        ("?q=haie", "Tailler la haie", "Bourse aux livres"),
    ):
        page = visitor.get(f"/benevolat{asked}")
        for told in (page.words, *(visitor.get(f"/benevolat/missions{end}{asked}").text for end in (".atom", ".json"))):
            assert (shown in told, hidden in told, "Présidente" in told) == (True, False, False), asked
        assert f"/benevolat/missions.json{asked}" in page.links()
    rows = visitor.get("/benevolat/missions.json").response.json["rows"]
    assert sorted(row["titre"] for row in rows) == ["Bourse aux livres", "Tailler la haie"]
    listed = visitor.get("/donnees")
    assert {"/benevolat/missions.atom", "/benevolat/missions.json"} <= set(listed.links())


def test_somebody_offers_to_help_without_the_form(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk).id
    nadia = desk.town.client(desk.nadia)
    nadia.submit(f"/benevolat/missions/{mission}/aider", on=f"/benevolat/missions/{mission}")
    match = desk.town.one(Match)
    assert (match.volunteer_agreed_at is not None, match.mission_agreed_at) == (True, None)
    assert "Vous avez proposé votre aide ici." in nadia.get(f"/benevolat/missions/{mission}").words


def test_nothing_said_is_refused_and_kept(desk):
    nadia = desk.town.client(desk.nadia)
    page = nadia.submit(HAND, {"constraints": "Pas de voiture"})
    assert (page.status, page.form(HAND)["constraints"]) == (422, "Pas de voiture")
    nadia.submit(HAND, {"wishes": "Aider"})
    nadia.submit("/benevolat/moi/modifier", {"wishes": "Jardiner", "avoids": "sport"})
    volunteer = desk.town.one(Volunteer)
    assert (volunteer.wishes, volunteer.avoids > 0) == ("Jardiner", True)


def test_at_the_counter_and_by_cards(desk, secretary):
    paul = desk.town.person("Paul", "Papier", email=None)
    for where, told in (
        (f"{DESK}/saisir", {"wishes": "Jardiner", "origin": "ceremony"}),
        (f"{DESK}/missions/saisir", {"title": "Aider", "purpose": "Aider", "rhythm": "once"}),
    ):
        address = f"{where}?personne={paul.id}"
        page = secretary.post(address, {**secretary.get(address).form(), **told, "channel": "paper"})
        receipt = secretary.follow(page)
        assert receipt.status == 200
        assert secretary.get(f"{page.location}.pdf").headers["Content-Type"] == "application/pdf"
    assert desk.town.one(Volunteer).origin == "ceremony"
    wrong = secretary.submit(f"{DESK}/cartes", {"origin": "meeting", "cards": "Martin Camille ; 12 ; lire"})
    assert "Ligne 1" in wrong.words
    cards = "Martin Camille ; 06 12 34 56 78 ; lire\nDurand Léo\n"
    secretary.submit(f"{DESK}/cartes", {"origin": "meeting", "cards": cards})
    assert [each.origin for each in desk.town.all(Volunteer)].count("meeting") == 2
    assert "lire" in secretary.get(f"{DESK}?format=csv").text


def test_shifts_by_pages(desk, secretary):
    with desk.town.session() as session:
        likes = {"interests": bits(words.INTERESTS, "culture")}
        mission, volunteer = mission_of(session, desk, **likes), volunteer_of(session, desk.nadia, **likes)
        identifier, who = mission.id, volunteer.id
    file = f"{DESK}/missions/{identifier}"
    shift = {"starts_at": "2031-06-07T09:00", "minutes": "1 h", "wanted": 1, "weeks": 1}
    secretary.submit(f"{file}/creneaux", shift)
    secretary.submit(f"{DESK}/{who}/proposer/{identifier}", on=file)
    match = desk.town.one(Match)
    for side in ("benevole-oui", "mission-oui"):
        secretary.submit(f"{DESK}/propositions/{match.id}/{side}", on=f"{DESK}/propositions/{match.id}")
    nadia, shift_id = desk.town.client(desk.nadia), desk.town.one(Shift).id
    for way, said in (("venir", "Je ne peux pas venir"), ("ne-pas-venir", "Je viens")):
        nadia.submit(f"/benevolat/moi/creneaux/{shift_id}/{way}", on="/benevolat/moi")
        assert said in nadia.get("/benevolat/moi").words
    secretary.submit(f"{file}/creneaux/{shift_id}/retirer", on=file)
    assert desk.town.all(Shift) == []


def test_hours_by_a_link_without_account(desk, secretary, mailbox):
    with desk.town.session() as session:
        identifier = volunteer_of(session, desk.nadia).id
    file = f"{DESK}/{identifier}"
    secretary.submit(f"{file}/lien-heures", on=file)
    (mail,) = mailbox()
    path = re.search(r"/benevolat/heures/[\w-]{30,}", mail.get_body().get_content())[0]
    anybody = desk.town.client()
    assert anybody.get("/benevolat/heures/nothing").status in {404, 409, 422}
    hours = {"activity": "Ranger", "done_on": desk.town.today.isoformat(), "minutes": "2"}
    anybody.submit(path, hours)
    assert desk.town.one(Hours).minutes == 120
    row = desk.town.one(Hours)
    listed = f"{DESK}/heures?etat=declared"
    secretary.submit(f"{DESK}/heures/{row.id}/valider", on=listed)
    assert desk.town.one(Hours).state == "validated"


def test_valuation_is_read_by_the_organisation_alone(desk, secretary):
    own = f"/benevolat/associations/{desk.club_id}/valorisation"
    with desk.town.session() as session:
        volunteer, today = volunteer_of(session, desk.nadia), desk.town.today
        given = enter_hours(session, volunteer, done_on=today, minutes=120, mission=mission_of(session, desk))
        decide_hours(session, given, valid=True)
    speaker, nadia = desk.town.client(desk.speaker), desk.town.client(desk.nadia)
    speaker.submit(own, {"year": str(desk.town.today.year), "cents": "12,50", "source": "SMIC"})
    assert "12,50" in speaker.get(own).words
    for other in (nadia, secretary):
        assert other.get(own).status == 404
    assert "12,50;SMIC;25,00;875;864" in speaker.get(f"{own}?format=csv").text


def test_one_statement_gives_the_suggestions(desk, statements):
    with desk.town.session() as session:
        volunteer, mission = volunteer_of(session, desk.nadia), mission_of(session, desk)
        statements.clear()
        matching.missions_for(session, volunteer)
        matching.volunteers_for(session, mission)
        assert len(statements) == 2
