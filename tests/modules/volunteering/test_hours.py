"""Hours as people write them, and the certificates that are made of them."""

import io

import pytest
from pypdf import PdfReader

from civique.core import privacy
from civique.core.organisations.operations import add_organisation
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.tasks import Task
from civique.modules.volunteering.documents.certificates import certificates_of
from civique.modules.volunteering.models import Hours, Shift
from civique.modules.volunteering.operations.hours import decide_hours, enter_hours
from tests.modules.volunteering.conftest import mission_of, volunteer_of

DESK = "/mairie/benevolat"


@pytest.fixture
def secretary(desk):
    return desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))


def given(session, desk, person, minutes, **facts):
    """Validated hours of somebody, given today."""
    volunteer = volunteer_of(session, person)
    row = enter_hours(session, volunteer, done_on=desk.town.today, minutes=minutes, activity="Ranger", **facts)
    decide_hours(session, row, valid=True)
    return volunteer


@pytest.mark.parametrize(("typed", "sentence"), [("90", "« min » après des minutes"), ("deux heures", "2 h 30, 2,5")])
def test_a_length_of_time_that_cannot_be_read_is_said_and_kept(desk, typed, sentence):
    with desk.town.session() as session:
        volunteer_of(session, desk.nadia)
    nadia = desk.town.client(desk.nadia)
    page = nadia.submit("/benevolat/heures", {"activity": "Ranger", "minutes": typed})
    assert page.status == 422
    assert sentence in page.words
    assert [page.form()[name] for name in ("activity", "minutes")] == ["Ranger", typed]
    assert desk.town.all(Hours) == []


def test_hours_are_typed_and_shown_alike_everywhere(desk, secretary):
    with desk.town.session() as session:
        volunteer, mission = volunteer_of(session, desk.nadia).id, mission_of(session, desk, minutes=150).id
    nadia = desk.town.client(desk.nadia)
    today = desk.town.today.isoformat()
    nadia.submit("/benevolat/heures", {"activity": "Ranger", "done_on": today, "minutes": "2:30"})
    secretary.submit(f"{DESK}/{volunteer}/heures", {"activity": "Trier", "done_on": today, "minutes": "45 min"})
    assert {row.activity: row.minutes for row in desk.town.all(Hours)} == {"Ranger": 150, "Trier": 45}
    for client, path in (
        (nadia, "/benevolat/moi"),
        (nadia, f"/benevolat/missions/{mission}"),
        (secretary, f"{DESK}/{volunteer}"),
        (secretary, f"{DESK}/heures"),
    ):
        assert "2 h 30" in client.get(path).words, path
    assert ";2,50;" in secretary.get(f"{DESK}/heures?format=csv").text, "the file keeps a number"
    file = f"{DESK}/missions/{mission}"
    page = secretary.get(f"{file}/creneaux")
    assert page.form()["minutes"].split() == ["2", "h", "30"]
    secretary.submit(f"{file}/creneaux", {"starts_at": "2031-06-07T09:00", "wanted": "2"})
    shift = desk.town.one(Shift)
    assert (shift.ends_at - shift.starts_at).seconds == 150 * 60


def test_a_shift_has_its_hours_and_a_mission_that_is_published(desk, secretary):
    with desk.town.session() as session:
        shown, draft = mission_of(session, desk).id, mission_of(session, desk, publish=False).id
    page = secretary.submit(f"{DESK}/missions/{shown}/creneaux", {"starts_at": "2031-06-07T09:00", "minutes": ""})
    assert page.status == 422
    assert "Écrivez la durée" in page.words
    sent = {"starts_at": "2031-06-07T09:00", "minutes": "1 h", "wanted": "1"}
    assert "Publiez d’abord" in secretary.submit(f"{DESK}/missions/{draft}/creneaux", sent).words
    assert desk.town.all(Shift) == []


def test_a_certificate_has_a_place_to_sign(desk):
    with desk.town.session() as session:
        given(session, desk, desk.nadia, 150, organisation_id=desk.club_id)
    pdf = desk.town.client(desk.nadia).get("/benevolat/moi/attestation.pdf").response.data
    words = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    for part in ("Nadia Habitante", "2 h 30", "Les Amis du livre", "La mairie certifie", "Pour la mairie"):
        assert part in words
    assert words.index("Nom et qualité") < words.index("Signature et cachet")


def test_the_certificates_of_an_organisation_in_one_document(desk, secretary, run_jobs):
    with desk.town.session() as session:
        ali = desk.town.person("Ali", "Deux")
        for person, minutes in ((desk.nadia, 150), (ali, 60)):
            volunteer = given(session, desk, person, minutes, organisation_id=desk.club_id)
        other = add_organisation(session, "association", "Une autre").id
        for organisation in (desk.club_id, other):
            row = enter_hours(
                session, volunteer, done_on=desk.town.today, minutes=45, activity="Trier", organisation_id=organisation
            )
            decide_hours(session, row, valid=True)
    asked = {"organisation_id": desk.club_id, "year": str(desk.town.today.year)}
    page = secretary.submit(f"{DESK}/heures/attestations", asked, on=f"{DESK}/heures")
    run_jobs()
    document = PdfReader(io.BytesIO(secretary.get(f"{page.location}/fichier").response.data))
    texts = [" ".join(sheet.extract_text().split()) for sheet in document.pages]
    assert [("Ali Deux" in text, "Nadia Habitante" in text) for text in texts] == [(True, False), (False, True)]
    assert "1 h 45" in texts[0]
    for text in texts:
        assert "Les Amis du livre certifie" in text
        assert "Pour Les Amis du livre" in text
        assert "Une autre" not in text
        assert text.endswith("1 / 1")
    with desk.town.session() as session:
        privacy.erase(session, get_person(session, desk.nadia.id), modules())
    assert desk.town.one(Task).file is None, "the document that named her is gone"


def test_certificates_are_read_together_however_many(desk, statements):
    people = [desk.nadia, *(desk.town.person(f"Ali {number}", "Deux") for number in range(4))]
    with desk.town.session() as session:
        for person in people:
            given(session, desk, person, 60, organisation_id=desk.club_id)
    sent = []
    for number in (1, 5):
        with desk.town.session() as session:
            ids = [row.id for row in session.query(Hours).limit(number)]
            statements.clear()
            assert len(list(certificates_of(session, ids))) == number
            sent.append(len(statements))
    assert sent[0] == sent[1]


def test_nobody_to_certify_is_said(desk, secretary):
    with desk.town.session() as session:
        given(session, desk, desk.nadia, 60, organisation_id=desk.club_id)
    asked = {"organisation_id": desk.club_id, "year": str(desk.town.today.year - 1)}
    page = secretary.submit(f"{DESK}/heures/attestations", asked, on=f"{DESK}/heures")
    assert "Personne ne lui a donné d’heures validées" in secretary.follow(page).words
    assert desk.town.all(Task) == []
