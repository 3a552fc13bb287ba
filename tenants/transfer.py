"""A commune's whole content as one zip: JSON Lines, files, schema revisions and a manifest with SHA-256.

Importing it elsewhere and exporting again gives the same bytes: no date of export inside, fixed times in the zip, rows by
primary key. Sessions, second factors, codes and job receipts stay out (``info={"export": False}`` on their tables).
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from psycopg import sql
from sqlalchemy import Connection, Table

from tenants.check import present_modules
from tenants.engines import Engines
from tenants.plan import SchemaPlan
from tenants.provision import Provisioner
from tenants.registry import Tenant

FORMAT = 1
EPOCH = (1980, 1, 1, 0, 0, 0)
BATCH = 500
FACTS = ("slug", "insee", "siren", "name", "time_zone")


class ImportRefused(ValueError):
    """The archive is damaged, altered, or made by another version; nothing was kept."""


class Files(Protocol):
    """What this module needs of the file store."""

    def iter_space(self, space: str) -> Iterable[Any]:
        """SHA-256 of every file of a commune."""

    def open(self, space: str, sha256: str) -> BinaryIO:
        """Content of a file."""

    def put(self, space: str, stream: BinaryIO, max_bytes: int) -> Any:
        """Keep a file."""

    def delete_space(self, space: str) -> None:
        """Remove every file of a commune."""


def export_tenant(
    engines: Engines, plan: SchemaPlan, files: Files, tenant: Tenant, target: Path, on_step: Callable[[str], None]
) -> None:
    """Write a commune's archive, read in one snapshot. The file appears under its name only when complete."""
    partial = target.with_name(target.name + ".partial")
    entries: dict[str, str] = {}
    with (
        engines.owner.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        modules = present_modules(connection, tenant.schema, plan)
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        for module in modules:
            for table in exported_tables(plan, module):
                name = f"data/{module}/{table.name}.jsonl"
                on_step(name)
                entries[name] = _write(archive, name, _rows(connection, table))
        for sha in sorted(file.sha256 for file in files.iter_space(tenant.schema)):
            on_step(f"files/{sha}")
            with files.open(tenant.schema, sha) as stream:
                entries[f"files/{sha}"] = _write(archive, f"files/{sha}", iter(lambda: stream.read(1 << 16), b""))
        manifest = {
            "format": FORMAT,
            "commune": {fact: getattr(tenant, fact) for fact in FACTS},
            "enabled": sorted(tenant.modules),
            "revisions": {module: plan.head(module) for module in modules},
            "columns": {f"{m}/{t.name}": columns(t) for m in modules for t in exported_tables(plan, m)},
            "sha256": entries,
        }
        _write(archive, "manifest.json", [json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()])
    partial.replace(target)


def import_tenant(
    engines: Engines,
    provisioner: Provisioner,
    files: Files,
    source: Path,
    *,
    slug: str | None = None,
    on_step: Callable[[str], None] = lambda name: None,
) -> Tenant:
    """Create a commune from an archive, checking every hash. What fails leaves no commune behind.

    Raises:
        ImportRefused: damaged or altered archive, or one of another version of the modules.
        TenantExists: the commune or the subdomain is already here.
    """
    with zipfile.ZipFile(source) as archive:
        manifest = _manifest(archive, provisioner.plan)
        facts = dict(manifest["commune"])
        facts["slug"] = slug or facts["slug"]
        tenant = provisioner.create(modules=manifest["revisions"], **facts)
        try:
            with engines.owner.begin() as connection:
                path = sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(tenant.schema))
                connection.exec_driver_sql(path.as_string())
                for module in manifest["revisions"]:
                    for table in exported_tables(provisioner.plan, module):
                        on_step(table.name)
                        _load(connection, table, archive, f"data/{module}/{table.name}.jsonl")
            for name in sorted(manifest["sha256"]):
                if name.startswith("files/"):
                    with archive.open(name) as stream:
                        files.put(tenant.schema, cast(BinaryIO, stream), archive.getinfo(name).file_size)
        except BaseException:
            provisioner.delete(tenant, forget_files=files.delete_space, rest=timedelta(0))
            raise
    for module in set(manifest["revisions"]) - set(manifest["enabled"]):
        tenant = provisioner.disable(tenant, module)
    return tenant


def exported_tables(plan: SchemaPlan, module: str) -> list[Table]:
    """Tables of a module that leave with the commune, parents before children."""
    return [table for table in plan.tables.get(module, ()) if table.info.get("export", True)]


def columns(table: Table) -> list[str]:
    """Columns that an archive holds: all but those that the database computes."""
    return [column.name for column in table.columns if column.computed is None]


def _rows(connection: Connection, table: Table) -> Iterator[bytes]:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns(table))
    key = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key)
    query = sql.SQL("SELECT row_to_json(r)::text FROM (SELECT {} FROM {} ORDER BY {}) r").format(
        names, sql.Identifier(table.name), key
    )
    for row in connection.execution_options(yield_per=BATCH).exec_driver_sql(query.as_string()):
        yield row[0].encode() + b"\n"


def _write(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w") as entry:
        for part in parts:
            digest.update(part)
            entry.write(part)
    return digest.hexdigest()


def _manifest(archive: zipfile.ZipFile, plan: SchemaPlan) -> dict[str, Any]:
    """Read the manifest and check the whole archive against it before anything is created."""
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        listed = manifest["sha256"]
    except (KeyError, ValueError) as error:
        raise ImportRefused("this is not an archive of a commune") from error
    if manifest.get("format") != FORMAT:
        raise ImportRefused(f"archive of format {manifest.get('format')}, this version reads {FORMAT}")
    if set(listed) | {"manifest.json"} != set(archive.namelist()):
        raise ImportRefused("the archive does not hold what its manifest lists")
    for module, revision in manifest["revisions"].items():
        if module not in plan.tables or plan.head(module) != revision:
            raise ImportRefused(f"module {module} is at another revision here: update both sides to one version first")
    for name, expected in listed.items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            for part in iter(lambda: entry.read(1 << 16), b""):
                digest.update(part)
        if digest.hexdigest() != expected:
            raise ImportRefused(f"{name} was altered or damaged")
    return manifest


def _load(connection: Connection, table: Table, archive: zipfile.ZipFile, name: str) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns(table))
    query = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM json_populate_recordset(NULL::{0}, %s::json)").format(
        sql.Identifier(table.name), names
    )
    with archive.open(name) as lines:
        batch: list[str] = []
        for line in lines:
            batch.append(line.decode())
            if len(batch) == BATCH:
                connection.exec_driver_sql(query.as_string(), ("[" + ",".join(batch) + "]",))
                batch.clear()
        if batch:
            connection.exec_driver_sql(query.as_string(), ("[" + ",".join(batch) + "]",))
