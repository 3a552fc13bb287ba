"""Pages of the module."""

from tests.pages import Crawl, Pages

ADMINISTRATOR = "SELECT person_id FROM role_grant WHERE role = 'administrator'"
RESIDENT = "SELECT applicant_id FROM skeleton_request WHERE channel = 'web'"
PAGES = Pages(
    tables={"item": "missing_item"},
    crawls={
        "administrator": Crawl(ADMINISTRATOR, ("/mairie/squelette", "/mairie/squelette/reglages"), 4),
        "resident": Crawl(RESIDENT, ("/squelette", "/mon-compte"), 3),
    },
    several={"skeleton_desk.file": 5},
)
