"""Pages of the fund."""

from uuid import uuid4

from civique.core.claims.models import PaperClaim
from tests.pages import Crawl, Pages

APPLICANT = (
    "SELECT applicant_id FROM fund_application WHERE applicant_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
)


def fill(session, world) -> None:
    """An application on paper that somebody says is theirs."""
    session.add(
        PaperClaim(
            person_id=world.residents[0].id,
            reference="FIC-2020-0001",
            name="Paulette",
            object_type="fund_application",
            object_id=uuid4(),
        )
    )


PAGES = Pages(
    tables={
        "line": "fund_budget_line",
        "support": "contribution",
        "other": "fund_application",
    },
    fill=fill,
    crawls={
        "administrator": Crawl(
            "SELECT person_id FROM role_grant WHERE role = 'administrator'",
            ("/mairie/fonds", "/mairie/fonds?page=2"),
            18,
        ),
        "resident": Crawl(APPLICANT, ("/fonds", "/mon-compte"), 12),
    },
    # An application looks otherwise in each of its states.
    several={"fund_desk.file": 25, "fund.follow": 25},
)
