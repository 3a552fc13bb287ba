"""Figures of a year: households, vouchers, the welcome event, what new residents joined."""

from sqlalchemy import exists, func, select

from civique.core.cases.indicators import received
from civique.core.cases.models import CaseStep
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import exact
from civique.core.indicators.formulas import percent
from civique.core.indicators.periods import Period, moments
from civique.core.loading import among
from civique.modules.welcome.models import HouseholdState as S
from civique.modules.welcome.models import WelcomeHousehold, WelcomeJoined, WelcomeVoucher
from civique.modules.welcome.queries.households import a_year_after
from civique.modules.welcome.queries.vouchers import HANDED
from tenants.session import TenantSession


def _vouchers(session: TenantSession, period: Period) -> tuple[int, int]:
    """Vouchers handed over in a period, and how many of those were used, whenever that was."""
    used = func.count().filter(WelcomeVoucher.state == "used")
    query = select(func.count(), used).where(
        WelcomeVoucher.handed_on.between(period.start, period.end), among(WelcomeVoucher.state, HANDED)
    )
    handed, count = session.execute(query).one()
    return int(handed), int(count)


def vouchers_handed(session: TenantSession, period: Period) -> list[Counted]:
    """Vouchers handed over in the period."""
    return [Counted(exact(_vouchers(session, period)[0]))]


def vouchers_used(session: TenantSession, period: Period) -> list[Counted]:
    """Those that were used, among the vouchers handed over in the period."""
    return [Counted(exact(_vouchers(session, period)[1]))]


def use_rate(session: TenantSession, period: Period) -> list[Counted]:
    """Used ÷ handed; unknown when nothing was handed over (ACC-03)."""
    handed, used = _vouchers(session, period)
    return [Counted(percent(used, handed), base=handed)]


def came(session: TenantSession, period: Period) -> list[Counted]:
    """Households that came to a welcome event, whenever it was, among those that were invited in the period."""
    begins, ends = moments(period)
    of, by = CaseStep.object_id, CaseStep.at
    # Came, then invited again at once: the arrival was noted by mistake.
    before, then = (step(CaseStep.state).over(partition_by=of, order_by=by) for step in (func.lag, func.lead))
    steps = (
        select(CaseStep.object_id, CaseStep.state, CaseStep.at, before.label("before"), then.label("then"))
        .where(CaseStep.object_type == WelcomeHousehold.__tablename__)
        .subquery()
    )
    invited = (
        select(steps.c.object_id, func.min(steps.c.at).label("at"))
        .where(steps.c.state == S.INVITED, steps.c.before.is_distinct_from(S.CAME))
        .where(steps.c.at >= begins, steps.c.at < ends)
        .group_by(steps.c.object_id)
        .subquery()
    )
    present = exists().where(
        steps.c.object_id == invited.c.object_id,
        steps.c.at > invited.c.at,
        steps.c.state == S.CAME,
        steps.c.then.is_distinct_from(S.INVITED),
    )
    asked, number = session.execute(select(func.count(), func.count().filter(present)).select_from(invited)).one()
    return [Counted(percent(number, asked), base=asked)]


def joined(session: TenantSession, period: Period) -> list[Counted]:
    """Households that joined something within twelve months, among those that declared themselves in the period."""
    begins, ends = moments(period)
    within = exists().where(
        WelcomeJoined.household_id == WelcomeHousehold.id,
        WelcomeJoined.joined_on <= a_year_after(),
    )
    query = select(func.count(), func.count().filter(within)).where(
        WelcomeHousehold.created_at >= begins, WelcomeHousehold.created_at < ends
    )
    declared, some = session.execute(query).one()
    return [Counted(percent(some, declared), base=declared)]


INDICATORS = (
    IndicatorDeclaration(
        "welcome.households", _l("New households"), "count", received(WelcomeHousehold), by_territory=True
    ),
    IndicatorDeclaration("welcome.handed", _l("Vouchers handed over"), "count", vouchers_handed, people=False),
    IndicatorDeclaration("welcome.used", _l("Vouchers used"), "count", vouchers_used, people=False),
    IndicatorDeclaration("welcome.use_rate", _l("Use rate of the vouchers"), "percentage", use_rate, people=False),
    IndicatorDeclaration("welcome.came", _l("Came to the welcome event, of those invited"), "percentage", came),
    IndicatorDeclaration(
        "welcome.joined", _l("New households that joined something within twelve months"), "percentage", joined
    ),
)
