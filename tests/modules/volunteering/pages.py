"""Pages of the module."""

from tests.pages import Crawl, Pages

ADMINISTRATOR = "SELECT person_id FROM role_grant WHERE role = 'administrator'"
VOLUNTEER = "SELECT applicant_id FROM volunteering_match WHERE state = 'committed'"
SPEAKER = "SELECT person_id FROM representative JOIN volunteering_mission USING (organisation_id) LIMIT 1"
DESK = "/mairie/benevolat"

PAGES = Pages(
    tables={"item": "missing_item"},
    crawls={
        "administrator": Crawl(ADMINISTRATOR, (DESK, f"{DESK}/missions", f"{DESK}/propositions", f"{DESK}/heures"), 12),
        "volunteer": Crawl(VOLUNTEER, ("/benevolat", "/benevolat/moi"), 8),
        "speaker": Crawl(SPEAKER, ("/benevolat/besoins/demander", "/mon-compte"), 3),
    },
    several={"volunteering_desk.file": 5, "volunteering_missions.file": 5, "volunteering_matches.file": 5},
)
