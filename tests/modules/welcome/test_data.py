"""What the module keeps: among a person's data, brought in a spreadsheet, made as booklets by a worker."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from civique.core import privacy
from civique.core.i18n import speaking
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.tasks import Task
from civique.modules.welcome.documents.kit import blank_card
from civique.modules.welcome.manifest import MANIFEST
from civique.modules.welcome.models import (
    WelcomeHistory,
    WelcomeHousehold,
    WelcomeInterest,
    WelcomeRelay,
    WelcomeVoucher,
)
from civique.modules.welcome.operations import relays
from civique.modules.welcome.operations.relays import note_greeted
from civique.modules.welcome.operations.vouchers import assign_set, hand_set
from tests.modules.welcome.conftest import declared, offered
from tests.refusals import refuses

DESK = "/mairie/bienvenue"
IMPORT = "/mairie/importer/welcome.history"


def secretary(town):
    return town.client(town.person("Sylvie", "Secrétaire", "secretary"))


def test_a_household_is_exported_then_left_without_anybody(town):
    with town.session() as session:
        offered(session, town)
        household = declared(session, town, words="Un club de lecture")
        nobody = declared(session, town, "Paul")
        nobody.applicant_id = None
        (voucher,) = hand_set(session, household)
        person = get_person(session, household.applicant_id)
        relays.add_relay(session, "peer", person_id=person.id)
        exported = str(privacy.export_person(session, person, modules()))
        assert "Un club de lecture" in exported
        assert voucher.shown in exported
        privacy.erase(session, person, modules())
    gone, other = sorted(town.all(WelcomeHousehold), key=lambda row: row.reference)
    assert (gone.state, gone.applicant_id, gone.name, gone.words) == ("anonymised", None, "", "")
    assert other.state == "declared", "a household that nobody speaks for is another one"
    assert town.one(WelcomeRelay).ended_on == town.today
    assert town.one(WelcomeVoucher, state="handed").number == voucher.number


def test_an_erased_household_leaves_the_audit_without_name(town):
    with town.session() as session:
        household = declared(session, town)
        person = get_person(session, household.applicant_id)
        privacy.erase(session, person, modules())
    assert "Nadia" not in str(town.sql("SELECT action, data FROM audit_entry"))
    assert "Nadia" not in str(town.sql("SELECT title, whom FROM answer_due"))


def line(**facts):
    return {"year": 2024, "partner": "Boulangerie", "gift": "Un pain", "handed": 40, "used": 31, **facts}


def test_past_years_are_brought_in_and_completed_never_doubled(town):
    (importer,) = MANIFEST.importers
    with town.session() as session:
        for values, outcome in (
            (line(used=None), "created"),
            (line(partner="boulangerie", used=31), "updated"),
            (line(), "unchanged"),
        ):
            there = importer.known(session, None)
            decision = importer.decide(there, values)
            assert decision.outcome == outcome
            importer.write(session, there, decision, values)
        with refuses(""):
            importer.decide(importer.known(session, None), line(used=41))
    row = town.one(WelcomeHistory)
    assert (row.handed, row.used) == (40, 31)


@pytest.mark.parametrize("cell", ["-1", "douze", "1,5", "9999999"])
def test_what_is_no_quantity_is_refused(cell):
    with refuses(""):
        MANIFEST.importers[0].column("handed").parse(cell)


def test_the_preview_names_each_bad_line_and_nothing_comes_by_halves(town):
    desk = secretary(town)
    good = "Année;Partenaire;Offre;Remis;Utilisés\n2024;Boulangerie;Un pain;40;31\n"
    page = desk.post(
        IMPORT,
        {**desk.get(IMPORT).form(), "file": (BytesIO((good + "2023;Café;Un café;dix;2\n").encode()), "bons.csv")},
    )
    shown = desk.follow(page)
    assert "Écrivez un nombre entier de bons" in shown.words
    assert town.all(WelcomeHistory) == []


def test_the_booklets_to_hand_over_are_made_by_a_worker(town, run_jobs):
    desk = secretary(town)
    with town.session() as session:
        for name in ("Nadia", "Paul", "Zoé"):
            declared(session, town, name, language="en" if name == "Zoé" else "fr")
    asked = desk.submit(f"{DESK}/livrets", on=DESK)
    task = town.one(Task)
    assert asked.location == f"/mairie/taches/{task.id}"
    run_jobs()
    assert town.one(Task).state == "done"
    pdf = desk.get(f"/mairie/taches/{task.id}/fichier").response.data
    assert pdf.startswith(b"%PDF")
    with town.session() as session:
        household = session.scalars(select(WelcomeHousehold)).unique().first()
        privacy.erase(session, get_person(session, household.applicant_id), modules())
    assert town.one(Task).file is None, "a booklet of somebody who was erased is not kept"


def test_the_file_of_an_anonymised_household_says_nothing_of_it_and_offers_nothing(town):
    """Its interests, its month and its vouchers stay for the figures."""
    desk = secretary(town)
    with town.session() as session:
        offered(session, town)
        offered(session, town, title="Un croissant")
        household = declared(session, town, visit=True, interests=["volunteering"], needs=["school"], words="Un club")
        kept, handed = hand_set(session, household)
        file = f"{DESK}/{household.id}"
    shown = desk.get(file)
    said = ("Donner un coup de main", "École", "Un club", "Perdu", "Livret (PDF)", "Arrivé le")
    for words in said:
        assert words in shown.words
    with town.session() as session:
        privacy.erase(session, get_person(session, household.applicant_id), modules())
    shown = desk.get(file)
    assert [words for words in said if words in shown.words] == []
    assert {kept.shown, handed.shown} <= set(shown.words.split()), "they stay valid: the town hall finds them again"
    assert desk.get(f"{file}/livret.pdf").status == 404
    assert desk.get(f"{file}/bons.pdf").status == 404
    assert len(town.all(WelcomeInterest)) == 1
    with town.session() as session:
        offered(session, town, partner="Café de la Loire")
        gone = session.get(WelcomeHousehold, household.id)
        for act in (assign_set, lambda *those: note_greeted(*those, town.today)):
            with refuses("anonymised"):
                act(session, gone)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_card_of_a_household_is_one_sheet(town, language):
    with town.session() as session, speaking(language):
        assert len(PdfReader(BytesIO(blank_card(session))).pages) == 1
