"""Pages of the module."""

from tests.pages import Crawl, Pages

ADMINISTRATOR = "SELECT person_id FROM role_grant WHERE role = 'administrator'"
RESIDENT = "SELECT applicant_id FROM volunteering_request WHERE channel = 'web'"
PAGES = Pages(
    tables={"item": "missing_item"},
    crawls={
        "administrator": Crawl(ADMINISTRATOR, ("/mairie/comptoir-benevoles", "/mairie/comptoir-benevoles/reglages"), 4),
        "resident": Crawl(RESIDENT, ("/comptoir-benevoles", "/mon-compte"), 3),
    },
    several={"volunteering_desk.file": 5},
)
