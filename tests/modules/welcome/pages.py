"""Pages of the module."""

from tests.pages import Crawl, Pages

ADMINISTRATOR = "SELECT person_id FROM role_grant WHERE role = 'administrator'"
RESIDENT = "SELECT applicant_id FROM welcome_request WHERE channel = 'web'"
PAGES = Pages(
    tables={"item": "missing_item"},
    crawls={
        "administrator": Crawl(ADMINISTRATOR, ("/mairie/nouveaux-habitants", "/mairie/nouveaux-habitants/reglages"), 4),
        "resident": Crawl(RESIDENT, ("/nouveaux-habitants", "/mon-compte"), 3),
    },
    several={"welcome_desk.file": 5},
)
