"""Past figures of one indicator, brought in a spreadsheet: a year, a figure as people say it, where it comes from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from civique.core import clock
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer
from civique.core.indicators import computing, operations, queries
from civique.core.indicators.figures import UNKNOWN, Figure, about, between, exact, more_than
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.refused import Refused
from tenants.session import TenantSession

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[ .]\d{3})+|\d+)(?:,\d+)?|[+-]?\d+\.\d+")
MOST = Decimal(10) ** 12


@dataclass
class Known:
    """The indicator and its figures in force, by year."""

    indicator: Indicator
    measures: dict[int, Measure]


def known(session: TenantSession, about_id: UUID | None) -> Known:
    """The figures of the whole commune, all channels together."""
    indicator = session.get_one(Indicator, about_id)
    measures = queries.in_force(session, [indicator.id])[indicator.id]
    return Known(indicator, {m.period: m for m in measures if m.part == (None, "", "")})


def figure(cell: str) -> Figure:
    """« 1 250,5 », « environ 7 », « plus de 65 », « de 7 à 8 », « n. d. »; the sign of euros or percents is passed over."""
    text = " ".join(cell.replace("€", " ").replace("%", " ").split()).casefold()
    if fold(text) in {"n d", "nd", "inconnu", "non disponible", "n a"}:
        return UNKNOWN
    ranged = re.fullmatch(r"(?:de|entre|from) (.+) (?:à|et|to) (.+)", text)
    if ranged:
        low, high = _number(ranged[1]), _number(ranged[2])
        if low > high:
            raise Refused(_("Write the lower number first: from 7 to 8."))
        return between(low, high)
    for words, made in (
        ("plus de ", more_than),
        (">", more_than),
        ("environ ", about),
        ("about ", about),
        ("more than ", more_than),
    ):
        if text.startswith(words):
            return made(_number(text.removeprefix(words).strip()))
    return exact(_number(text))


def _number(text: str) -> Decimal:
    if NUMBER.fullmatch(text):
        plain = text.replace(" ", "")
        # « 1.250 » is twelve hundred and fifty, as in a French table; a spreadsheet's own point is before other digits.
        plain = plain.replace(".", "") if "," in plain or re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", plain) else plain
        try:
            value = Decimal(plain.replace(",", "."))
        except InvalidOperation:
            value = MOST
        if abs(value) < MOST:
            return value
    raise Refused(_("This is not a figure. Write for instance 1 250,50, about 7, more than 65, from 7 to 8 or n/a."))


def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """One figure a year."""
    return [("year", values["year"])]


def decide(there: Known, values: Mapping[str, Any]) -> Decision:
    """A new figure, or another version of a provisional one; a validated one is not replaced by a list."""
    period = Period(there.indicator.period_kind, values["year"])
    if Period.containing(period.kind, period.start) != period:
        raise Refused(_("No term begins that year: write 2014, 2020 or 2026."), "year")
    if period.start > clock.today():
        raise Refused(_("This period has not begun."), "year")
    if there.indicator.source == "computed" and period.last_day >= computing.known_since(there.indicator):
        raise Refused(_("The site counts this period itself. Only earlier periods can be entered by hand."), "year")
    current = there.measures.get(values["year"])
    if current is None:
        return Decision()
    if _same(current.figure, values["figure"]):
        return Decision(current)
    if current.status == "frozen":
        raise Refused(
            _("This year has a validated figure already. Open the indicator to correct it, with a reason."), "year"
        )
    return Decision(current, {"figure": values["figure"]})


def _same(one: Figure, other: Figure) -> bool:
    return (one.qualifier, one.value, one.lower, one.upper) == (other.qualifier, other.value, other.lower, other.upper)


def write(session: TenantSession, there: Known, decision: Decision, values: Mapping[str, Any]) -> None:
    """Enter the figure as by hand."""
    operations.enter(
        session,
        there.indicator,
        values["year"],
        values["figure"],
        note=values["note"] or _("Brought in a list"),
        seen=decision.row.id if decision.row is not None else None,
    )


def takes_figures(indicator: Indicator) -> bool:
    """Whether a plain figure a year says something: a blank, words or shares of several kinds do not."""
    return not indicator.blank and indicator.nature in {"count", "amount", "percentage", "frequency"}


IMPORTER = Importer(
    name="core.figures",
    label=_l("Import past figures"),
    summary=_l(
        "One figure a year for the whole commune, as people say it: 120, about 7, more than 65, from 7 to 8, n/a."
    ),
    permission="indicators.manage",
    endpoint="desk_indicators.card",
    columns=(
        ImportColumn("year", _l("Year"), cells.year, "2024", ("année", "an", "période", "exercice"), required=True),
        ImportColumn(
            "figure", _l("Figure"), figure, "environ 120", ("valeur", "nombre", "total", "montant"), required=True
        ),
        ImportColumn(
            "note",
            _l("Where does it come from?"),
            cells.text(1000),
            "Rapport d’activité 2024",
            ("d’où vient-il ?", "note", "source", "origine", "commentaire", "remarque"),
        ),
    ),
    keys=keys,
    known=known,
    decide=decide,
    write=write,
    about=Indicator,
    argument="indicator_id",
    ready=takes_figures,
)
