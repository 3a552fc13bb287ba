"""Cases that were noted in a spreadsheet, brought in once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core.cases.workflow import Workflow
from civique.core.i18n import _l
from civique.core.imports.declarations import Decision, ImportColumn, Importer
from tenants.session import TenantSession


def case_importer(
    workflow: Workflow,
    columns: tuple[ImportColumn, ...],
    write: Callable[[TenantSession, Mapping[str, Any]], object],
    *,
    name: str,
    label: Any,
    permission: str,
    endpoint: str,
    same: tuple[str, ...],
) -> Importer:
    """The importer of the cases of a table. A line that is there already changes nothing.

    Args:
        write: takes the case of a line, by the operation of the module.
        same: columns that no two cases share.
    """

    def key(values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[column] for column in same)

    def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
        return [(same[0], key(values))]

    def known(session: TenantSession, _about: UUID | None) -> dict[tuple[Any, ...], Any]:
        rows = session.scalars(select(workflow.model)).unique()
        return {tuple(getattr(case, column) for column in same): case for case in rows}

    def decide(there: Mapping[Any, Any], values: Mapping[str, Any]) -> Decision:
        return Decision(there.get(key(values)))

    def take(session: TenantSession, _there: Any, _decision: Decision, values: Mapping[str, Any]) -> None:
        write(session, values)

    return Importer(name, label, _l("One request a line."), permission, endpoint, columns, keys, known, decide, take)
