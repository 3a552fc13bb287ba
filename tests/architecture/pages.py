"""Pages of the core."""

from civique.core.access import operations as access
from civique.core.imports.models import ListImport
from civique.core.organisations.operations import name_representative
from civique.core.people import operations as people
from civique.core.tasks import start_task
from civique.core.territory.operations import add_territory
from civique.demonstration import matter
from civique.web.jobs import count_indicators
from tests.pages import Crawl, Pages


def fill(session, world) -> None:
    """What the demonstration of a village does not show, or none does."""
    one, other = world.residents[:2]
    access.start_totp(session, one)
    access.invite(session, "marc@exemple.fr", "Marc", "Petit", ["counter"])
    start_task(session, "Export", "core.export_tenant")
    session.add(ListImport(importer="core.people", person_id=one.id, file_name="liste.csv", content={}))
    people.ask_proxy(session, one, other.given_name, other.family_name, "relative")
    if not world.territories:
        add_territory(session, "quarter", "Le Port")
        name_representative(session, next(iter(world.organisations.values())), one, "Présidente", accepted=True)
        matter.file_document(session, world, "charter", "Charte de la participation", ["Nous répondons."], days=95)
        matter.write_letter(session, world.paper[2], "Invitation", "La mairie vous invite.")
    count_indicators(session)


PAGES = Pages(
    tables={
        "double": "person",
        "factor": "credential",
        "need": "fund_ask",
        "object": "fund_application",
        "subject": "fund_application",
    },
    fill=fill,
    crawls={
        "administrator": Crawl("SELECT person_id FROM role_grant WHERE role = 'administrator'", ("/mairie",), 90),
        "resident": Crawl("SELECT person_id FROM representative ORDER BY id LIMIT 1", ("/", "/mon-compte"), 30),
    },
)
