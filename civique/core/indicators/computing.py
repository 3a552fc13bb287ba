"""Figures that the software counts itself: declared by modules, counted every day, never touched once validated."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from civique.core import clock, i18n
from civique.core.folding import fold
from civique.core.indicators import queries
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import UNKNOWN, Figure
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.territory.models import Territory
from tenants.session import TenantSession

if TYPE_CHECKING:
    from civique.core.manifest import Manifest


def declare(session: TenantSession, manifest: "Manifest") -> None:
    """Make the rows of the indicators that a module brings. Those that are there keep what the mairie decided of them."""
    for position, declaration in enumerate(manifest.indicators):
        if not declaration.code.startswith(f"{manifest.name}."):
            raise ValueError(f"{declaration.code}: the code of an indicator begins with the name of its module")
        values = _row(manifest.name, position, declaration)
        done = session.execute(
            insert(Indicator).values(values).on_conflict_do_nothing(index_elements=["code"]).returning(Indicator.id)
        )
        if done.first() is not None:
            session.info["changed"] = True


def _row(module: str, position: int, declaration: IndicatorDeclaration) -> dict[str, object]:
    with i18n.speaking("fr"):
        label, unit = str(declaration.label), str(declaration.unit)
    today = clock.today()
    now = Period.containing(declaration.period_kind, today)
    first = now if now.start == today else now.after()
    copied = ("code", "nature", "period_kind", "horizon", "polarity", "by_territory", "public", "people", "dated")
    return {name: getattr(declaration, name) for name in copied} | {
        "module": module,
        "position": position,
        "label": label,
        "folded": fold(label),
        "unit": unit,
        "source": "computed",
        "first_period": first.year,
    }


def known_since(indicator: Indicator) -> date:
    """First day that the software knows of: before it, figures are history."""
    return clock.local(indicator.created_at).date()


def still_counted(period: Period) -> bool:
    """Whether a period may be counted anew: until a year after its end. Later, rows it rests on may have been purged, and
    what was counted last is kept."""
    return clock.today() <= period.last_day + timedelta(days=366)


def recompute(session: TenantSession, manifests: Iterable["Manifest"]) -> None:
    """Count anew what is not validated, for the modules given. Twice in a row changes nothing the second time."""
    for manifest in manifests:
        declare(session, manifest)
        for declaration in manifest.indicators:
            query = select(Indicator).where(Indicator.code == declaration.code).with_for_update()
            indicator = session.scalars(query).one()
            for period in _open_periods(indicator, declaration):
                if not any(m.status == "frozen" for m in queries.period_measures(session, indicator, period.year)):
                    record(session, indicator, period, declaration)


def _open_periods(indicator: Indicator, declaration: IndicatorDeclaration) -> Iterable[Period]:
    """Periods since the software knows, up to the current one: nothing is counted as 0 for the time before."""
    current = Period.containing(declaration.period_kind, clock.today())
    period = Period.containing(declaration.period_kind, known_since(indicator))
    while period.year <= current.year:
        if still_counted(period):
            yield period
        period = period.after()


def record(session: TenantSession, indicator: Indicator, period: Period, declaration: IndicatorDeclaration) -> None:
    """Count a period and keep its figures to date; what did not change is not touched."""
    there = {measure.part: measure for measure in queries.period_measures(session, indicator, period.year)}
    counted = list(declaration.compute(session, period))
    names = _territory_names(session, counted)
    for one in counted:
        kept = there.pop(one.part, None)
        if kept is not None and (kept.figure, kept.base, kept.words) == (one.figure, one.base, one.words):
            continue
        if kept is None:
            version = queries.version_after(session, indicator, period.year, one.part)
            kept = measure(indicator, period.year, one, version=version)
            kept.territory_name = names.get(one.territory_id, "")
            session.add(kept)
        else:
            write(kept, one)
            kept.at = clock.now()
    for gone in there.values():
        if gone.source == "computed" and gone.status == "to_date":
            session.delete(gone)
    session.flush()


def _territory_names(session: TenantSession, counted: Sequence[Counted]) -> dict[UUID | None, str]:
    ids = {one.territory_id for one in counted if one.territory_id}
    rows = session.execute(select(Territory.id, Territory.name).where(Territory.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def measure(indicator: Indicator, year: int, counted: Counted, *, version: int) -> Measure:
    """A new measure, to date, not yet in the session."""
    made = Measure(
        indicator_id=indicator.id,
        period=year,
        territory_id=counted.territory_id,
        channel=counted.channel,
        category=counted.category,
        version=version,
        status="to_date",
        territory_name="",
        source="computed",
        note="",
        reason="",
    )
    write(made, counted)
    return made


def write(kept: Measure, counted: Counted) -> None:
    """Put a counted figure in a measure."""
    figure = counted.figure
    kept.qualifier, kept.value = str(figure.qualifier), figure.value
    kept.lower, kept.upper, kept.base, kept.words = figure.lower, figure.upper, counted.base, counted.words


def preview(
    session: TenantSession, indicator: Indicator, period: Period, declaration: IndicatorDeclaration
) -> list[Measure]:
    """What :func:`record` would keep for a period, not written: what somebody reads before validating."""
    counted = list(declaration.compute(session, period))
    names = _territory_names(session, counted)
    made = [measure(indicator, period.year, one, version=1) for one in counted]
    for one in made:
        one.territory_name = names.get(one.territory_id, "")
    return made


def to_the_day(session: TenantSession, indicator: Indicator, declaration: IndicatorDeclaration, year: int) -> Figure:
    """Figure of an earlier period counted to the same day as today; unknown when the software did not know that day yet."""
    today = clock.today()
    current = Period.containing(indicator.period_kind, today)
    period = Period(indicator.period_kind, year).to_the_same_day(today, current)
    if not declaration.dated or period.start < known_since(indicator):
        return UNKNOWN
    return next((c.figure for c in declaration.compute(session, period) if c.part == (None, "", "")), UNKNOWN)
