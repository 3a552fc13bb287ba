"""How gifts were used in the years before the software, brought in a spreadsheet (ACC-03)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core import audit
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer, changed
from civique.core.refused import Refused
from civique.modules.welcome.models import WelcomeHistory
from civique.modules.welcome.workflow import MANAGE
from tenants.session import TenantSession

MOST = 100_000


def quantity(cell: str) -> int:
    """A whole number of vouchers."""
    compact = "".join(cell.split())
    if not compact.isascii() or not compact.isdecimal() or int(compact) > MOST:
        raise Refused(_("Write a whole number of vouchers, for instance 120."))
    return int(compact)


COLUMNS = (
    ImportColumn("year", _l("Year"), cells.year, "2024", ("an", "annee"), required=True),
    ImportColumn(
        "partner", _l("Partner"), cells.text(160), "Boulangerie du Port", ("commerce", "entreprise", "donateur"), True
    ),
    ImportColumn("gift", _l("Offer"), cells.text(120), "Une baguette", ("cadeau", "bon", "lot"), True),
    ImportColumn("handed", _l("Handed over"), quantity, "40", ("distribues", "donnes", "remis")),
    ImportColumn("used", _l("Used"), quantity, "31", ("utilises", "retours")),
)


def _key(values: Mapping[str, Any]) -> tuple[int, str, str]:
    return values["year"], fold(values["partner"]), fold(values["gift"])


def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """A year, a partner and its gift are one line."""
    return [("gift", _key(values))]


def known(session: TenantSession, _about: UUID | None) -> dict[tuple[int, str, str], WelcomeHistory]:
    """What is recorded already."""
    return {(row.year, row.folded_partner, row.folded_gift): row for row in session.scalars(select(WelcomeHistory))}


def decide(there: Mapping[Any, WelcomeHistory], values: Mapping[str, Any]) -> Decision:
    """The line of the same gift is completed; never more used than handed over.

    Raises:
        Refused: ``used`` is above ``handed``.
    """
    row = there.get(_key(values))
    handed = values["handed"] if values["handed"] is not None else (row.handed if row else None)
    used = values["used"] if values["used"] is not None else (row.used if row else None)
    if handed is not None and used is not None and used > handed:
        raise Refused(_("More vouchers are used than were handed over."), "used")
    return Decision(row, changed(row, values, ("handed", "used")) if row else {})


def write(session: TenantSession, _there: Any, decision: Decision, values: Mapping[str, Any]) -> None:
    """Keep the figures of the line."""
    row = decision.row
    if row is None:
        row = WelcomeHistory(**values, folded_partner=fold(values["partner"]), folded_gift=fold(values["gift"]))
        session.add(row)
    for name, value in decision.changes.items():
        setattr(row, name, value)
    session.flush()
    audit.record(session, "welcome.history_recorded", row, year=row.year)


IMPORTER = Importer(
    name="welcome.history",
    label=_l("Import the vouchers of past years"),
    summary=_l("A year, a partner and its gift a line; leave empty what nobody counted."),
    permission=MANAGE,
    endpoint="welcome_desk.usage",
    columns=COLUMNS,
    keys=keys,
    known=known,
    decide=decide,
    write=write,
)
