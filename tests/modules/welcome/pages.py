"""Pages of the module."""

from tests.pages import Crawl, Pages

ADMINISTRATOR = "SELECT person_id FROM role_grant WHERE role = 'administrator'"
RESIDENT = "SELECT applicant_id FROM welcome_household WHERE channel = 'web' AND state = 'declared'"
PAGES = Pages(
    crawls={
        "administrator": Crawl(ADMINISTRATOR, ("/mairie/bienvenue", "/mairie/bienvenue/reglages"), 4),
        "resident": Crawl(RESIDENT, ("/bienvenue", "/bienvenue/simple", "/mon-compte"), 3),
    },
    several={"welcome_desk.file": 5},
)
