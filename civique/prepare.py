"""What a start does to the database: create the platform, migrate every schema, load the demonstration when empty."""

import click

from civique.core.process import engines, provisioner, registry
from civique.core.registry import modules
from tenants.cluster import create_platform
from tenants.migrate import Outcome, upgrade_all
from tenants.tenant import PLATFORM, WITH_SCHEMA


def prepare(*, demonstration: bool = False) -> None:
    """Create or migrate everything; with ``demonstration``, fill an instance that has no commune yet (or finish doing so)."""
    create_platform(engines(), modules().plan)
    migrate()
    known = registry().all()
    if demonstration and (not known or any(tenant.demonstration for tenant in known)):
        from civique.demo import load

        load(engines(), provisioner())


def migrate(workers: int = 2) -> list[Outcome]:
    """Bring the platform, then every commune, to the newest revisions.

    Raises:
        click.ClickException: some schemas failed; the others were migrated, and a second run resumes.
    """
    plan = modules().plan
    url = engines().owner_url.render_as_string(hide_password=False)
    schemas = [PLATFORM.schema, *(tenant.schema for tenant in registry().all(*WITH_SCHEMA))]
    outcomes = upgrade_all(url, plan.branches, schemas, workers=workers if len(schemas) > 50 else 1)
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        raise click.ClickException("\n".join(f"{outcome.schema}: {outcome.error}" for outcome in failed))
    return outcomes
