"""Requests that were noted in a spreadsheet. Nobody is written to."""

from collections.abc import Mapping
from typing import Any

from civique.core.cases.imports import case_importer
from civique.core.i18n import _l
from civique.core.imports import cells
from civique.core.imports.declarations import ImportColumn
from civique.modules.welcome.operations import ask
from civique.modules.welcome.workflow import MANAGE, WORKFLOW
from tenants.session import TenantSession

COLUMNS = (
    ImportColumn("title", _l("What"), cells.text(120), "4 tables", ("objet",), required=True),
    ImportColumn("starts_on", _l("First day"), cells.day, "01/06/2026", ("du", "date"), required=True),
    ImportColumn("ends_on", _l("Last day"), cells.day, "02/06/2026", ("au",)),
    ImportColumn("purpose", _l("What for"), cells.text(2000), "Fête des voisins", ("motif",)),
)


def write(session: TenantSession, values: Mapping[str, Any]) -> None:
    """Take the request, which came on paper; without a last day, it is for one."""
    facts = {**values, "purpose": values["purpose"] or "", "ends_on": values["ends_on"] or values["starts_on"]}
    ask(session, None, channel="paper", message=None, **facts)


IMPORTER = case_importer(
    WORKFLOW,
    COLUMNS,
    write,
    name="welcome.requests",
    label=_l("Import requests: new residents"),
    permission=MANAGE,
    endpoint="welcome_desk.queue",
    same=("title", "starts_on"),
)
