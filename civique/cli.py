"""The ``civique`` command."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from civique.core.config import NotConfigured, config


class Commands(click.Group):
    """Commands that say in a sentence what the environment lacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except NotConfigured as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Civique: a participation site for every small commune."""
    gc.set_threshold(10_000)  # what is imported stays: to look for its garbage so often is a sixth of each start


@main.command()
@click.option("--port", envvar="PORT", default=8000, show_default=True)
def up(port: int) -> None:
    """Run everything here, embedded: PostgreSQL, Valkey, web, worker, relay, demonstration."""
    from civique.embedded import up as run

    sys.exit(run(port))


@main.command(hidden=True)
def prepare() -> None:
    """For « up »: what is done to the database between the start of the servers and that of the programs."""
    from civique.embedded import prepare_embedded

    prepare_embedded(config().var)


@main.command(hidden=True)
def announce() -> None:
    """For « up »: say where to go and who can sign in."""
    from civique.embedded import announce as say

    say()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=1, show_default=True)
def web(host: str, workers: int) -> None:
    """Serve the sites, at PORT (8000 by default)."""
    from civique.services.server import serve

    settings = config()
    usual = settings.port if settings.local else 8000
    port = int(os.environ.get("PORT", usual))
    serve("civique.app:create_wsgi", host=host, port=port, workers=workers, threads=settings.threads)


@main.command()
def worker() -> None:
    """Run the jobs: messages in one process, everything else in another."""
    from civique.workers import run_workers

    run_workers()


@main.command()
def relay() -> None:
    """Carry the outbox to the queue."""
    from civique.relay import run_relay

    run_relay()


@main.group()
def db() -> None:
    """The database as a whole."""


@db.command()
@click.option("--workers", default=2, show_default=True)
def migrate(workers: int) -> None:
    """Create or migrate the platform and every commune. Can be run again after an interruption."""
    from civique.core.process import engines
    from civique.core.registry import modules
    from civique.prepare import migrate as run
    from tenants.cluster import create_platform

    create_platform(engines(), modules().plan)
    outcomes = run(workers)
    click.echo(f"{len(outcomes)} schemas migrated.")


@db.command()
@click.option("--tenant", help="Subdomain of a commune; the owner without it.")
def url(tenant: str | None) -> None:
    """Print an address for psql: the owner's, or a commune's own role."""
    from civique.core.process import engines

    if tenant is None:
        click.echo(config().database_url)
        return
    address = engines().of(_tenant(tenant)).url
    click.echo(address.set(drivername="postgresql").render_as_string(hide_password=False))


@db.command()
@click.argument("superuser_url")
def harden(superuser_url: str) -> None:
    """Close the catalogues to the communes' roles; needs a superuser, once."""
    from civique.core.process import engines
    from tenants.cluster import harden as run

    run(superuser_url, str(engines().owner_url.username))
    click.echo("Catalogues closed.")


@db.command()
@click.argument("module")
@click.argument("message")
def revision(module: str, message: str) -> None:
    """For developers: write the migration of a module from its models."""
    from civique.core.process import engines
    from civique.core.registry import modules
    from tenants.autogenerate import write_revision

    plan = modules().plan
    if module not in plan.branches:
        raise click.ClickException(f"No module « {module} ». There are: {', '.join(sorted(plan.branches))}")
    path = write_revision(engines(), plan, module, message)
    click.echo(f"{path}\nRead it before you commit it.")


@main.group()
def tenant() -> None:
    """Communes."""


def _tenant(slug: str) -> Any:
    from civique.core.process import registry

    found = registry().by_slug(slug)
    if found is None:
        raise click.ClickException(f"No commune at « {slug} ». See: civique tenant list")
    return found


@tenant.command()
@click.option("--insee", required=True)
@click.option("--admin-email", required=True)
@click.option("--admin-name", default="Mairie", show_default=True)
@click.option("--modules", "modules_on", default="", help="Names separated by commas.")
@click.option("--json", "as_json", is_flag=True)
def create(insee: str, admin_email: str, admin_name: str, modules_on: str, as_json: bool) -> None:
    """Open a commune's site; one whose creation was killed is finished."""
    from civique.core.opening import UnknownCommune, add_administrator, finish_opening, open_commune
    from civique.core.process import engines, provisioner
    from civique.core.registry import modules
    from civique.services.identifiers import normal_email
    from tenants.provision import TenantExists

    names = [name for name in modules_on.split(",") if name]
    unknown = set(names) - {m.name for m in modules().optional}
    if unknown:
        raise click.ClickException(f"Unknown modules: {', '.join(sorted(unknown))}")
    given, _, family = admin_name.rpartition(" ")
    try:
        email = normal_email(admin_email)
        first = lambda session: add_administrator(session, given, family, email)  # noqa: E731
        try:
            made = open_commune(engines(), provisioner(), insee, modules=names, first=first)
        except TenantExists:
            finished = finish_opening(engines(), provisioner(), insee, first)
            if finished is None:
                raise
            made = finished
    except (UnknownCommune, TenantExists, ValueError) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from error
    address = config().address(made.slug)
    click.echo(json.dumps({"slug": made.slug, "url": address, "schema": made.schema}) if as_json else f"{address}/")


@tenant.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every commune."""
    from civique.core.process import registry

    rows = [_facts(t) for t in registry().all()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['slug']:<40} {row['state']:<10} {', '.join(row['modules'])}")


@tenant.command()
@click.argument("slug")
def show(slug: str) -> None:
    """One commune."""
    for name, value in _facts(_tenant(slug)).items():
        click.echo(f"{name:<14} {value}")


def _facts(t: Any) -> dict[str, Any]:
    return {
        "slug": t.slug,
        "name": t.name,
        "insee": t.insee,
        "siren": t.siren,
        "state": t.state,
        "schema": t.schema,
        "modules": sorted(t.modules - {"core"}),
        "key_version": t.key_version,
        "hosts": list(t.hosts),
        "trial_ends_on": t.trial_ends_on and t.trial_ends_on.isoformat(),
        "url": config().address(t.slug),
    }


@tenant.command("modules")
@click.argument("slug")
@click.option("--on", multiple=True)
@click.option("--off", multiple=True)
def modules_(slug: str, on: tuple[str, ...], off: tuple[str, ...]) -> None:
    """Show the modules of a commune; switch some on or off."""
    from civique.core.switching import switch_off, switch_on

    for name in on:
        try:
            switch_on(_tenant(slug), name)
        except LookupError as error:
            raise click.ClickException(f"Unknown module {error}") from error
    for name in off:
        switch_off(_tenant(slug), name)
    click.echo(", ".join(sorted(_tenant(slug).modules - {"core"})))


@tenant.command()
@click.argument("slug")
@click.option("--reason", default="")
@click.option("--closed", is_flag=True, help="503 instead of read-only.")
def suspend(slug: str, reason: str, closed: bool) -> None:
    """Make a commune read-only, with a banner; exports stay open."""
    from civique.core.process import provisioner

    provisioner().set_state(_tenant(slug), "closed" if closed else "suspended", reason or None)


@tenant.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Open a suspended or closed commune again."""
    from civique.core.process import provisioner

    provisioner().set_state(_tenant(slug), "open")


@tenant.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_(slug: str, file: Path) -> None:
    """Write a commune's whole archive."""
    from civique.core.documents.operations import store
    from civique.core.process import engines
    from civique.core.registry import modules
    from tenants.transfer import export_tenant

    with _progress("Export") as step:
        export_tenant(engines(), modules().plan, store(), _tenant(slug), file, step)
    click.echo(str(file))


@tenant.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "slug")
def import_(file: Path, slug: str | None) -> None:
    """Create a commune from an archive."""
    from civique.core.documents.operations import store
    from civique.core.process import engines, provisioner
    from tenants.provision import TenantExists
    from tenants.transfer import ImportRefused, import_tenant

    try:
        with _progress("Import") as step:
            made = import_tenant(engines(), provisioner(), store(), file, slug=slug, on_step=step)
    except (ImportRefused, TenantExists) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{config().address(made.slug)}/")


@tenant.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Without it, nothing is deleted.")
def delete(slug: str, yes: bool) -> None:
    """Delete a commune: data and files go, the name rests 12 months."""
    from civique.core.documents.operations import store
    from civique.core.process import provisioner

    found = _tenant(slug)
    if not yes:
        raise click.ClickException(f"This deletes everything of {found.name}. Export it first, then add --yes.")
    provisioner().delete(found, forget_files=store().delete_space)


@tenant.command()
def check() -> None:
    """Compare every schema and role with what it should be, and try every role's password."""
    from civique.core.process import engines, provisioner, registry
    from civique.health import lost_files_of, unfinished
    from tenants.check import check_all
    from tenants.tenant import WITH_SCHEMA

    whole = registry().all(*WITH_SCHEMA)
    differences = check_all(engines(), provisioner(), [t.schema for t in whole])
    for difference in differences:
        click.echo(f"{difference.schema}\n  " + "\n  ".join(difference.lines))
    lost = {t.schema: files for t in whole if (files := lost_files_of(t))}
    for schema, digests in lost.items():
        click.echo("\n  ".join([schema, *(f"− file {digest}" for digest in digests)]))
    locked_out = [t for t in whole if not engines().opens(t)]
    for t in locked_out:
        click.echo(f"{t.schema}\n  − password of its key")
    if locked_out or any(" role" in line for difference in differences for line in difference.lines):
        click.echo("A role was changed, perhaps by itself: find out how, then run « civique tenant rekey ».")
    begun = unfinished(engines(), registry())
    for sentence in begun:
        click.echo(sentence)
    if differences or locked_out or lost or begun:
        sys.exit(1)
    click.echo("Every schema is what it should be.")


@tenant.command()
@click.argument("slug", required=False)
@click.option("--force", is_flag=True, help="Also roles that look as they should.")
def rekey(slug: str | None, force: bool) -> None:
    """Give one commune, or all, a password from the newest tenant key, and the role's settings.

    Also to those whose role changed its own password or settings (PostgreSQL lets every role do so).
    """
    from civique.core.process import engines, provisioner, registry
    from tenants.check import changed_roles
    from tenants.tenant import WITH_SCHEMA

    wanted = [_tenant(slug)] if slug else registry().all(*WITH_SCHEMA)
    changed = changed_roles(engines(), provisioner(), [t.schema for t in wanted])
    done = 0
    with _progress("Rekey") as step:
        for found in wanted:
            old = found.key_version != engines().keys.current or found.schema in changed
            if force or old or not engines().opens(found):
                provisioner().rekey(found)
                done += 1
            step(found.slug)
    click.echo(f"{done} communes re-keyed to version {engines().keys.current}.")


@tenant.command()
@click.argument("slug", required=False)
def reindex(slug: str | None) -> None:
    """Make the search of one commune, or of all, anew from what everybody may read."""
    from civique.core import search
    from civique.core.process import engines, registry
    from civique.core.registry import modules
    from tenants.session import session_for
    from tenants.tenant import WITH_SCHEMA

    for found in [_tenant(slug)] if slug else registry().all(*WITH_SCHEMA):
        with session_for(engines(), found) as session:
            kinds = [kind for manifest in modules().of(found) for kind in manifest.search]
            count = search.rebuild(session, kinds)
            session.commit()
        click.echo(f"{found.slug}: {count} objects can be found.")


@main.group()
def operator() -> None:
    """Who looks after the platform at /operations."""


@operator.command()
@click.option("--email", required=True)
@click.option("--name", required=True, help="First and last names.")
def add(email: str, name: str) -> None:
    """Let somebody in at /operations; the second factor is set up at the first visit. Can be run twice."""
    from civique.core.process import engines
    from civique.platform.access.operations import add_operator
    from civique.services.identifiers import normal_email
    from tenants.session import session_for
    from tenants.tenant import PLATFORM

    try:
        address = normal_email(email)
    except ValueError as error:
        raise click.ClickException(f"This is not an e-mail address: {email}") from error
    with session_for(engines(), PLATFORM) as session:
        add_operator(session, name, address)
        session.commit()
    click.echo(f"{address} can sign in at {config().apex}/connexion")


@operator.command()
@click.argument("slug")
@click.option("--email", required=True, help="Address of the administrator, as the caller says it.")
@click.option("--new-email", default="", help="Takes its place, when that mailbox is gone.")
@click.option("--proof", required=True, type=click.Choice(["call_back", "letter", "decision", "visit"]), help="Seen.")
@click.option("--others-cannot", is_flag=True, help="The other administrators cannot help.")
def recover(slug: str, email: str, new_email: str, proof: str, others_cannot: bool) -> None:
    """Give back the access of a commune's administrator who lost everything; the town hall is told.

    Proofs: the town hall was called back at its public number; signed letter of the mayor; decision that names the person;
    seen in person, with an identity document.
    """
    from civique.core.refused import Refused
    from civique.platform.access.operations import reset_access
    from civique.services.identifiers import normal_email

    try:
        address, new_address = normal_email(email), normal_email(new_email) if new_email else ""
        facts: dict[str, Any] = {"operator": None, "others_cannot": others_cannot, "new_address": new_address}
        reset_access(_tenant(slug), address, proof, **facts)
    except (Refused, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{new_address or address} can sign in again, and sets up a new second check.")


@main.group()
def outbox() -> None:
    """Work waiting to be done."""


@outbox.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """How much waits, how much failed, of whom."""
    from sqlalchemy import text

    from civique.core.process import engines
    from civique.health import outbox_load
    from tenants.cluster import MOST_WAITING

    query = text(
        "SELECT count(*) FILTER (WHERE done_at IS NULL) AS waiting, count(*) FILTER (WHERE outcome = 'done') AS done, "
        "count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'skipped') AS skipped, "
        "coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE done_at IS NULL)), 0)::int AS oldest "
        "FROM platform.outbox"
    )
    with engines().platform.connect() as connection:
        row = dict(connection.execute(query).mappings().one())
    loads = outbox_load(engines())
    if as_json:
        click.echo(json.dumps(row | {"limit": MOST_WAITING, "tenants": {load.owner: vars(load) for load in loads}}))
        return
    click.echo("\n".join(f"{name:<8} {value}" for name, value in row.items()))
    for load in loads:
        full = " (full)" if load.waiting >= MOST_WAITING else ""
        click.echo(f"{load.owner:<16} waiting {load.waiting}{full}, failed {load.failed}, oldest {load.oldest:.0f} s")


@main.group("demo")
def demo_() -> None:
    """The demonstration."""


@demo_.command("load")
def demo_load() -> None:
    """Create the demonstration communes."""
    if not config().local:
        raise click.ClickException("The demonstration is for this machine only: its people can be played by anyone.")
    from civique.core.process import engines, provisioner
    from civique.demo import load

    load(engines(), provisioner())


@main.command()
@click.option("--managed", is_flag=True, help="The server gives nobody a superuser: what stays open is only said.")
def doctor(managed: bool) -> None:
    """Say what is wrong with this deployment, and what could be better. Exit status 1 when something is wrong."""
    from civique.health import examine

    found, known = examine(managed=managed)
    for sentence in found:
        click.secho(f"✗ {sentence}", fg="red")
    for sentence in known:
        click.secho(f"! {sentence}", fg="yellow")
    if not found:
        click.echo("✓ Ready.")
    sys.exit(1 if found else 0)


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--communes", type=click.IntRange(min=1), help="Number of communes, instead of the figure's own.")
@click.option("--rounds", type=click.IntRange(min=1), help="Number of repetitions, instead of the figure's own.")
def bench(names: tuple[str, ...], as_json: bool, communes: int | None, rounds: int | None) -> None:
    """For developers: measure our figures, on servers of their own in a temporary folder."""
    from civique.bench.runner import FIGURES, run
    from civique.core.config import ROOT

    unknown = set(names) - {figure.name for figure in FIGURES}
    if unknown:
        known = ", ".join(figure.name for figure in FIGURES)
        raise click.ClickException(f"Unknown figure: {', '.join(sorted(unknown))}. There are: {known}")
    keep = Path(os.environ.get("CIVIQUE_VAR", ROOT / "var")).resolve() / "bench.json"
    sys.exit(run(names, as_json=as_json, communes=communes, rounds=rounds, keep=keep))


@main.group()
def module() -> None:
    """For developers: modules."""


@module.command()
@click.argument("name")
@click.option("--label", default="", help="In English, as the catalogue of modules shows it.")
@click.option("--label-fr", default="", help="The same in French; addresses are made of it.")
def new(name: str, label: str, label_fr: str) -> None:
    """Write a module that works, to be filled in: pages, tables, migration, French, tests."""
    from civique.new_module import NotMade, make

    try:
        click.echo(make(name, label, label_fr))
    except NotMade as error:
        raise click.ClickException(str(error)) from error


@main.group()
def translations() -> None:
    """For developers: the French catalogues."""


@translations.command("update")
def translations_update() -> None:
    """Bring the catalogues in step with the texts of code and templates."""
    from civique.catalogues import update

    for line in update():
        click.echo(line)


@translations.command("check")
def translations_check() -> None:
    """Fail on a missing, fuzzy or stale French text, and on bad typography."""
    from civique.catalogues import problems

    found = list(problems())
    for line in found:
        click.echo(line, err=True)
    sys.exit(1 if found else 0)


class _progress:  # noqa: N801 (used as a function)
    """A progress line on the terminal; silent when the output is not one."""

    def __init__(self, label: str) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = SpinnerColumn(), TextColumn(label), TextColumn("{task.fields[step]}"), TimeElapsedColumn()
        self.bar = Progress(*columns, transient=True, disable=not sys.stderr.isatty())

    def __enter__(self) -> Any:
        self.bar.start()
        line = self.bar.add_task("", total=None, step="")
        return lambda step: self.bar.update(line, step=step)

    def __exit__(self, *error: object) -> None:
        self.bar.stop()


if __name__ == "__main__":
    main(prog_name="civique")
