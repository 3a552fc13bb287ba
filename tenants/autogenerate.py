"""For developers: the migration of a module, written by comparing its models with what its migrations build."""

from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from tenants.engines import Engines
from tenants.migrate import create_by_migrations
from tenants.models import PlatformBase
from tenants.plan import SchemaPlan, narrowed

TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
{helper}
revision = "{revision}"
down_revision = {down}
branch_labels = {labels}
depends_on = None


def upgrade() -> None:
    """Forward."""
    {body}
'''


def write_revision(engines: Engines, plan: SchemaPlan, module: str, message: str) -> Path:
    """Build a scratch schema by the migrations, compare it with the models, write the difference, roll back."""
    folder = plan.branches[module]
    folder.mkdir(parents=True, exist_ok=True)
    existing = sorted(folder.glob("*.py"))
    scratch = "platform" if module == "platform" else "t_autogenerate"
    with engines.owner.connect() as connection:
        transaction = connection.begin()
        try:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {scratch} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {scratch}")
            done = [name for name in ("core", module) if any(plan.branches[name].glob("*.py"))]
            create_by_migrations(connection, scratch, plan, list(dict.fromkeys(done)))
            body = _difference(connection, plan, module, done)
        finally:
            transaction.rollback()
    revision = f"{module[:12]}_{len(existing) + 1:04}"
    down = repr(f"{module[:12]}_{len(existing):04}") if existing else "None"
    labels = f'("{module}",)' if not existing else "None"
    slug = "_".join(message.lower().split())[:40]
    path = folder / f"{len(existing) + 1:04}_{slug}.py"
    helper = "\nfrom tenants.migrate import narrow_here\n" if "narrow_here(" in body else ""
    path.write_text(
        TEMPLATE.format(message=message, revision=revision, down=down, labels=labels, body=body, helper=helper)
    )
    return path


def _difference(connection, plan, module, done) -> str:  # type: ignore[no-untyped-def]
    if module == "platform":
        metadata, own = PlatformBase.metadata, {t.name for t in PlatformBase.metadata.sorted_tables}
    else:
        metadata = MetaData(naming_convention=plan.tables[module][0].metadata.naming_convention)
        for name in dict.fromkeys(("core", module)):
            for table in plan.tables[name]:
                table.to_metadata(metadata)
        own = {table.name for table in plan.tables[module]}
    options = {
        "compare_server_default": False,
        "include_schemas": module == "platform",
        "include_object": lambda item, name, kind, reflected, other: kind != "table" or name in own,
    }
    context = MigrationContext.configure(connection, opts=options)
    script = produce_migrations(context, metadata)
    assert script.upgrade_ops is not None
    code = render_python_code(script.upgrade_ops, sqlalchemy_module_prefix="sa.", migration_context=context)
    narrow = [
        f'narrow_here("{name}", "{rights}")' for name, rights in narrowed(plan.tables.get(module, ())) if name in code
    ]
    return "\n    ".join([code, *narrow])
