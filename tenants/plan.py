"""What a commune's schema is made of: tables a module, in order, and where their migrations live."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent.parent / "migrations"
VERSION_TABLE = "alembic_version"


@dataclass(frozen=True)
class SchemaPlan:
    """Tables of each module (``core`` first) and the folder of each module's Alembic branch.

    A table may narrow what the commune's role can do with it: ``info={"grants": "SELECT, INSERT"}``.
    """

    tables: Mapping[str, tuple[Table, ...]]
    branches: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def statements(self) -> Mapping[str, tuple[str, ...]]:
        """DDL of each module, one statement a string, compiled once a process."""
        return {module: tuple(_ddl(tables)) for module, tables in self.tables.items()}

    @cached_property
    def script(self) -> "ScriptDirectory":
        """Alembic's view of all branches."""
        from alembic.config import Config  # 11 MB that only creation and migration need
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", "\n".join(str(folder) for folder in self.branches.values()))
        return ScriptDirectory.from_config(config)

    def head(self, module: str) -> str:
        """Newest revision of a module's branch.

        Raises:
            LookupError: the module has tables and no migration.
        """
        heads = [revision for revision in self.script.get_heads() if self.branch_of(revision) == module]
        if len(heads) != 1:
            raise LookupError(f"module {module} has {len(heads)} newest migrations, one is needed")
        return heads[0]

    def branch_of(self, revision: str) -> str:
        """Module whose branch a revision belongs to: the folder that its file is in."""
        folder = Path(self.script.get_revision(revision).path).parent.resolve()
        return next(module for module, path in self.branches.items() if path.resolve() == folder)

    def has_tables(self, module: str) -> bool:
        """Whether a module keeps anything in the database."""
        return bool(self.tables.get(module))


def _ddl(tables: Iterable[Table]) -> Iterable[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()


def narrowed(tables: Iterable[Table]) -> Iterable[tuple[str, str]]:
    """Pairs (table, rights) for the tables that the commune's role may not freely change."""
    for table in tables:
        if "grants" in table.info:
            yield table.name, table.info["grants"]
