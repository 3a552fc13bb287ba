"""Reading indicators and their measures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import KINDS, Period
from tenants.session import TenantSession

IN_FORCE = Measure.status != "superseded"
PUBLIC_FIGURE = or_(Measure.status == "frozen", and_(Measure.status == "to_date", Measure.source == "computed"))
IN_ORDER = (Indicator.module, Indicator.position, Indicator.code)
"""Order of the indicators, blanks where they stand."""


def find_indicators(modules: Collection[str]) -> Select[Any]:
    """Indicators of the modules that are on."""
    return select(Indicator).where(Indicator.module.in_(modules))


def is_in(state: str, today: date) -> ColumnElement[bool]:
    """Condition of a state: ``to_define`` (blanks), ``to_complete`` (target missing), ``to_validate`` (a period is over and
    its figures wait), ``public``."""
    conditions: dict[str, ColumnElement[bool]] = {
        "to_define": Indicator.label == "",
        "to_complete": and_(Indicator.to_complete, Indicator.label != ""),
        "to_validate": _waits(today),
        "public": Indicator.public.is_(True),
    }
    return conditions[state]


def _waits(today: date) -> ColumnElement[bool]:
    over = or_(
        *(and_(Indicator.period_kind == kind, Measure.period < Period.containing(kind, today).year) for kind in KINDS)
    )
    return exists().where(Measure.indicator_id == Indicator.id, Measure.status == "to_date", over)


def count_states(session: TenantSession, modules: Collection[str], today: date) -> dict[str, int]:
    """How many indicators are to define, to complete, to validate."""
    states = ("to_define", "to_complete", "to_validate")
    columns = [func.count().filter(is_in(state, today)) for state in states]
    row = session.execute(select(*columns).where(Indicator.module.in_(modules))).one()
    return dict(zip(states, map(int, row), strict=True))


def public_indicators(modules: Collection[str]) -> Select[Any]:
    """What residents may see: public indicators, blanks included (« à définir » is never hidden)."""
    return find_indicators(modules).where(Indicator.public).order_by(*IN_ORDER)


def has_public_figures(session: TenantSession, modules: Collection[str]) -> bool:
    """Whether at least one figure may be read by everybody."""
    query = select(Measure.id).join(Indicator, Indicator.id == Measure.indicator_id)
    query = query.where(Indicator.module.in_(modules), Indicator.public, PUBLIC_FIGURE, Measure.qualifier != "unknown")
    return session.execute(query.limit(1)).first() is not None


def by_code(session: TenantSession, code: str) -> Indicator | None:
    """One indicator by its code."""
    return session.scalars(select(Indicator).where(Indicator.code == code)).one_or_none()


def in_force(session: TenantSession, ids: Collection[UUID]) -> dict[UUID, list[Measure]]:
    """Measures in force of several indicators, by period."""
    found: dict[UUID, list[Measure]] = defaultdict(list)
    if ids:
        query = select(Measure).where(Measure.indicator_id.in_(ids), IN_FORCE)
        for measure in session.scalars(query.order_by(Measure.period, Measure.territory_name, Measure.id)):
            found[measure.indicator_id].append(measure)
    return found


def period_measures(session: TenantSession, indicator: Indicator, year: int) -> Sequence[Measure]:
    """Measures in force of one period, read anew: somebody else may just have changed them."""
    query = select(Measure).where(Measure.indicator_id == indicator.id, Measure.period == year, IN_FORCE)
    return session.scalars(query.order_by(Measure.id).execution_options(populate_existing=True)).all()


def versions(session: TenantSession, indicator: Indicator) -> Sequence[Measure]:
    """Every version of every figure, newest period first, then the newest version."""
    query = select(Measure).where(Measure.indicator_id == indicator.id)
    order = (Measure.period.desc(), Measure.territory_name, Measure.channel, Measure.category, Measure.version.desc())
    return session.scalars(query.order_by(*order)).all()


def version_after(session: TenantSession, indicator: Indicator, year: int, part: tuple[UUID | None, str, str]) -> int:
    """Number of the next version of a part."""
    territory_id, channel, category = part
    query = select(func.coalesce(func.max(Measure.version), 0)).where(
        Measure.indicator_id == indicator.id,
        Measure.period == year,
        Measure.channel == channel,
        Measure.category == category,
        Measure.territory_id.is_not_distinct_from(territory_id),
    )
    return int(session.execute(query).scalar_one()) + 1
