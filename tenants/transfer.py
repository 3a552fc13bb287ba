"""A commune's whole content as one zip: JSON Lines, files, schema revisions and a manifest with SHA-256.

Importing it elsewhere and exporting again gives the same bytes: no date of export inside, fixed times in the zip, rows by
primary key. Sessions, second factors, codes and job receipts stay out (``info={"export": False}`` on their tables).
"""

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg import sql
from sqlalchemy import Connection, Table
from sqlalchemy.exc import SQLAlchemyError

from tenants.check import present_modules
from tenants.engines import Engines
from tenants.plan import SchemaPlan
from tenants.provision import Provisioner
from tenants.tenant import Tenant

FORMAT = 1
EPOCH = (1980, 1, 1, 0, 0, 0)
BATCH = 500
FACTS = ("slug", "insee", "siren", "name", "time_zone", "trial_ends_on")
# What an archive may hold, and how much more than its own size it may unfold to: rows compress some twenty times.
ENTRY = re.compile(r"manifest\.json|data/[a-z0-9_]{1,40}/[a-z0-9_]{1,63}\.jsonl|files/[0-9a-f]{64}")
MOST_RATIO = 200
SMALL = 10_000_000
LONGEST_ROW = 8_000_000
LONGEST_MANIFEST = 100_000_000


class ImportRefused(ValueError):
    """The archive is damaged, altered, or made by another version; nothing was kept."""


class Files(Protocol):
    """What this module needs of the file store."""

    def open(self, space: str, sha256: str) -> BinaryIO:
        """Content of a file."""

    def put(self, space: str, stream: BinaryIO, max_bytes: int) -> Any:
        """Keep a file."""

    def delete_space(self, space: str) -> None:
        """Remove every file of a commune."""


def export_tenant(
    engines: Engines, plan: SchemaPlan, files: Files, tenant: Tenant, target: Path, on_step: Callable[[str], None]
) -> None:
    """Write a commune's archive: rows read in one snapshot, then the files that they refer to.

    The file appears under its name only when complete; what fails leaves nothing, what is killed leaves a file whose name
    ends in « .partial ».
    """
    partial = target.with_name(f"{target.name}.{uuid4().hex[:8]}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            _write_all(archive, engines, plan, files, tenant, on_step)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_all(
    archive: zipfile.ZipFile,
    engines: Engines,
    plan: SchemaPlan,
    files: Files,
    tenant: Tenant,
    on_step: Callable[[str], None],
) -> None:
    entries: dict[str, str] = {}
    digests: set[str] = set()
    with (
        engines.owner.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
    ):
        modules = present_modules(connection, tenant.schema, plan)
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        for module in modules:
            for table in exported_tables(plan, module):
                name = f"data/{module}/{table.name}.jsonl"
                on_step(name)
                entries[name] = _write(archive, name, _rows(connection, table))
                digests |= _digests(connection, table)
    for sha in sorted(digests):
        on_step(f"files/{sha}")
        with suppress(FileNotFoundError), files.open(tenant.schema, sha) as stream:
            entries[f"files/{sha}"] = _write(archive, f"files/{sha}", iter(lambda: stream.read(1 << 16), b""))
    manifest = {
        "format": FORMAT,
        "commune": {fact: _plain(getattr(tenant, fact)) for fact in FACTS},
        "enabled": sorted(tenant.modules),
        "revisions": {module: plan.head(module) for module in modules},
        "columns": {f"{m}/{t.name}": columns(t) for m in modules for t in exported_tables(plan, m)},
        "sha256": entries,
    }
    _write(archive, "manifest.json", [json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()])


def _plain(fact: Any) -> Any:
    return fact.isoformat() if isinstance(fact, date) else fact


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

    Rows and files are put in by the transaction that opens the site: it answers with all of them or not at all. What is
    killed leaves a commune in state « creating », which answers nothing; the same import takes it up again.

    Raises:
        ImportRefused: damaged or altered archive, or one of another version of the modules.
        TenantExists: the commune or the subdomain is already here.
    """
    begun = False
    with _readable(source) as archive:
        manifest = _manifest(archive, provisioner.plan)
        facts = dict(manifest["commune"])
        end = facts["trial_ends_on"]
        facts["trial_ends_on"] = date.fromisoformat(end) if end else None
        facts["slug"] = slug or facts["slug"]

        def fill(connection: Connection, schema: str) -> None:
            nonlocal begun
            begun = True
            for module in manifest["revisions"]:
                for table in exported_tables(provisioner.plan, module):
                    on_step(table.name)
                    _load(connection, table, archive, f"data/{module}/{table.name}.jsonl")
            for name in sorted(manifest["sha256"]):
                if name.startswith("files/"):
                    on_step(name)
                    with archive.open(name) as stream:
                        files.put(schema, cast(BinaryIO, stream), archive.getinfo(name).file_size)

        try:
            return provisioner.create(
                modules=manifest["revisions"], switched_on=manifest["enabled"], fill=fill, **facts
            )
        except BaseException as error:
            half_made = provisioner.registry.by_insee(facts["insee"])
            if begun and half_made is not None and half_made.state == "creating":
                provisioner.delete(half_made, forget_files=files.delete_space, rest=timedelta(0))
            if isinstance(error, (SQLAlchemyError, UnicodeDecodeError)):
                raise ImportRefused("its rows are not those of this version, or the database went away") from error
            raise


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


def _digests(connection: Connection, table: Table) -> set[str]:
    """Files that the rows of a table refer to (columns with ``info={"file": True}``)."""
    found: set[str] = set()
    for column in table.columns:
        if column.info.get("file"):
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL").format(
                sql.Identifier(column.name), sql.Identifier(table.name)
            )
            found |= set(connection.exec_driver_sql(query.as_string()).scalars())
    return found


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


@contextmanager
def _readable(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, opened; whatever is wrong with the zip itself is said in one sentence."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ImportRefused("this is not a zip, or it is damaged") from error


def _manifest(archive: zipfile.ZipFile, plan: SchemaPlan) -> dict[str, Any]:
    """Read the manifest and check the whole archive against it before anything is created."""
    _check_entries(archive)
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        if manifest["format"] != FORMAT:
            raise ImportRefused(
                f"this archive is of format {manifest['format']}, this version reads {FORMAT}: update Civique first"
            )
        _check_shape(manifest)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused("this is not an archive of a commune") from error
    listed = manifest["sha256"]
    if set(listed) | {"manifest.json"} != set(archive.namelist()):
        raise ImportRefused("the archive does not hold what its manifest lists")
    for module, revision in manifest["revisions"].items():
        if module not in plan.tables or plan.head(module) != revision:
            raise ImportRefused(f"module {module} is at another revision here: update both sides to one version first")
        tables = {f"data/{module}/{table.name}.jsonl" for table in exported_tables(plan, module)}
        if tables != {name for name in listed if name.startswith(f"data/{module}/")}:
            raise ImportRefused(f"module {module} has not the tables of its revision")
    for name, expected in listed.items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            for part in iter(lambda: entry.read(1 << 16), b""):
                digest.update(part)
        if digest.hexdigest() != expected or (name.startswith("files/") and name != f"files/{expected}"):
            raise ImportRefused(f"{name} was altered or damaged")
    return manifest


def _check_entries(archive: zipfile.ZipFile) -> None:
    """Refuse, from the directory of the zip alone, what no export writes: other names, a bomb, a password."""
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) != len(entries):
        raise ImportRefused("the archive holds the same name twice")
    for entry in entries:
        if not ENTRY.fullmatch(entry.filename):
            raise ImportRefused(f"the archive holds « {entry.filename[:80]} », which is not part of a commune")
        if entry.filename == "manifest.json" and entry.file_size > LONGEST_MANIFEST:
            raise ImportRefused("the manifest is too long")
        if entry.flag_bits & 0x1:
            raise ImportRefused("the archive is protected by a password")
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise ImportRefused(f"{entry.filename} unfolds to {entry.file_size // 1_000_000} MB: this is not an export")
    if (
        archive.filename
        and sum(entry.file_size for entry in entries) > shutil.disk_usage(Path(archive.filename).parent).free
    ):
        raise ImportRefused("there is not enough room on the disk for what the archive holds")


def _check_shape(manifest: dict[str, Any]) -> None:
    """Refuse a manifest that says nothing sensible of a commune.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: something is missing or of another kind.
    """
    facts, revisions = manifest["commune"], manifest["revisions"]
    if set(facts) != set(FACTS) or not re.fullmatch(r"\d[0-9AB]\d{3}", facts["insee"]) or not facts["name"].strip():
        raise ValueError("commune")
    if facts["siren"] is not None and not re.fullmatch(r"\d{9}", facts["siren"]):
        raise ValueError("siren")
    try:
        ZoneInfo(facts["time_zone"])
    except ZoneInfoNotFoundError as error:
        raise ValueError("time zone") from error
    if facts["trial_ends_on"] is not None:
        date.fromisoformat(facts["trial_ends_on"])
    if "core" not in revisions or not set(manifest["enabled"]) <= set(revisions):
        raise ValueError("modules")
    for digest in manifest["sha256"].values():
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("digest")


def _load(connection: Connection, table: Table, archive: zipfile.ZipFile, name: str) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns(table))
    query = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM json_populate_recordset(NULL::{0}, %s::json)").format(
        sql.Identifier(table.name), names
    )
    with archive.open(name) as lines:
        batch: list[str] = []
        for line in iter(lambda: lines.readline(LONGEST_ROW), b""):
            if len(line) == LONGEST_ROW:
                raise ImportRefused(f"{name} holds a row of more than {LONGEST_ROW // 1_000_000} MB")
            batch.append(line.decode())
            if len(batch) == BATCH:
                connection.exec_driver_sql(query.as_string(), ("[" + ",".join(batch) + "]",))
                batch.clear()
        if batch:
            connection.exec_driver_sql(query.as_string(), ("[" + ",".join(batch) + "]",))
