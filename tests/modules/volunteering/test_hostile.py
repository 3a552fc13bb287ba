"""Every form of the module, sent empty, huge, absurd, twice, or from elsewhere: refused with a page, nothing by halves."""

import pytest

from civique.core.cases.operations import move
from civique.modules.volunteering.models import Hours, Match, Mission, Shift, Volunteer
from civique.modules.volunteering.operations import hours, matches
from civique.modules.volunteering.workflow import MATCHES
from tests.modules.volunteering.conftest import mission_of, volunteer_of

DESK, SITE = "/mairie/benevolat", "/benevolat"
ABSURD = (
    "",
    "x" * 20_000,
    "-1",
    "9" * 30,
    "1e309",
    "0001-01-01",
    "9999-12-31",
    "\x00\u202e=cmd()",
    "00000000-0000-0000",
)


@pytest.fixture
def there(desk):
    """A published mission, a volunteer who has begun it, hours to validate; addresses of the forms by who sends them."""
    with desk.town.session() as session:
        mission, volunteer = mission_of(session, desk, places=2), volunteer_of(session, desk.nadia)
        match = matches.propose(session, volunteer, mission)
        for name in ("volunteer_agrees", "mission_agrees", "begin"):
            move(session, MATCHES, match, name)
        given = hours.enter_hours(session, volunteer, done_on=desk.town.today, minutes=60, mission=mission)
        follow_up = match.followups[0].id
        ids = {"mission": mission.id, "volunteer": volunteer.id, "match": match.id, "hours": given.id}
    own, mission, volunteer = (f"{SITE}/associations/{desk.club_id}", ids["mission"], ids["volunteer"])
    match = f"{DESK}/propositions/{ids['match']}"
    secretary = desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))
    paper = desk.town.person("Odette", "Papier", email=None)
    speaker, nadia = desk.town.client(desk.speaker), desk.town.client(desk.nadia)
    return [
        (speaker, f"{SITE}/besoins/demander", f"{SITE}/besoins/demander"),
        (speaker, own, f"{own}/heures/{ids['hours']}"),
        (speaker, f"{own}/valorisation", f"{own}/valorisation"),
        (nadia, f"{SITE}/demander", f"{SITE}/demander"),
        (nadia, f"{SITE}/heures", f"{SITE}/heures"),
        (nadia, f"{SITE}/moi/modifier", f"{SITE}/moi/modifier"),
        (secretary, f"{DESK}/saisir?personne={paper.id}", f"{DESK}/saisir"),
        (secretary, f"{DESK}/missions/saisir?personne={paper.id}", f"{DESK}/missions/saisir"),
        (secretary, f"{DESK}/missions/{mission}", f"{DESK}/missions/{mission}/modifier"),
        (secretary, f"{DESK}/missions/{mission}/creneaux", f"{DESK}/missions/{mission}/creneaux"),
        (secretary, f"{DESK}/{volunteer}", f"{DESK}/{volunteer}/entretien"),
        (secretary, f"{DESK}/{volunteer}/heures", f"{DESK}/{volunteer}/heures"),
        (secretary, f"{DESK}/cartes", f"{DESK}/cartes"),
        (secretary, match, f"{match}/nouvelles/{follow_up}"),
        (secretary, f"{DESK}/inviter", f"{DESK}/inviter"),
        (secretary, f"{DESK}/heures", f"{DESK}/heures/attestations"),
    ]


def counted(desk):
    return [len(desk.town.all(model)) for model in (Mission, Volunteer, Match, Hours, Shift)]


@pytest.mark.parametrize("value", ABSURD, ids=range(len(ABSURD)))
def test_no_form_breaks(desk, there, value):
    before = counted(desk)
    for client, page, action in there:
        form = client.get(page).form(action)
        fields = {name: value for name in form if name not in {"csrf_token", "once", "revision"}}
        sent = client.post(page if "?" in page else action, {**form, **fields})
        assert sent.status in {303, 404, 413, 422}, f"{action}: {sent.status}"
    assert counted(desk) == before


def test_nothing_of_another_commune_is_there(desk, there, make_commune):
    elsewhere = make_commune("49002", "volunteering")
    secretary = elsewhere.client(elsewhere.person("Sylvie", "Secrétaire", "secretary"))
    token = secretary.get(f"{SITE}/demander").form()["csrf_token"]
    for _client, page, action in there:
        if any(sign.isdigit() for sign in action.replace(f"{desk.club_id}", "0")):
            sent = secretary.post(
                action, {"csrf_token": token, "minutes": "1", "done_on": "2026-01-01", "valide": "oui"}
            )
            assert sent.status == 404, f"{page}: {sent.status}"
