"""Reading what partners give: what projects still wait for, what could serve it, who is thanked."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, or_, select

from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.folding import fold
from civique.core.loading import among
from civique.modules.fund.models import HELPED, ApplicationState, Ask, Fund, FundRequest
from tenants.session import TenantSession


def given_to(session: TenantSession, ask: Ask) -> Decimal:
    """What partners gave for an ask already."""
    query = select(func.coalesce(func.sum(ContributionUse.amount), 0)).where(ContributionUse.object_id == ask.id)
    return Decimal(session.execute(query).scalar_one())


def waiting_asks(session: TenantSession, fund: Fund) -> Sequence[tuple[Ask, FundRequest, Decimal]]:
    """Things and time granted to projects of a fund that nobody has given yet, with what is lacking."""
    given = (
        select(func.coalesce(func.sum(ContributionUse.amount), 0))
        .where(ContributionUse.object_id == Ask.id)
        .scalar_subquery()
    )
    lacking = Ask.granted_quantity - given
    query = (
        select(Ask, FundRequest, lacking)
        .join(FundRequest, FundRequest.id == Ask.request_id)
        .where(FundRequest.fund_id == fund.id, among(FundRequest.state, HELPED), lacking > 0)
        .where(or_(FundRequest.state != ApplicationState.SETTLED, Ask.provider == ""))
        .order_by(FundRequest.submitted_at)
    )
    return [(ask, request, left or Decimal(0)) for ask, request, left in session.execute(query).unique()]


def suggestions(pledges: Sequence[Contribution], ask: Ask) -> Sequence[Contribution]:
    """Among the usable pledges of a fund, those that could serve an ask: same nature; those that share a word come first."""
    words = {word for word in fold(f"{ask.description} {ask.unit}").split() if len(word) > 2}

    def shared(pledged: Contribution) -> int:
        return len(words & set(fold(f"{pledged.description} {pledged.unit}").split()))

    return sorted((p for p in pledges if p.nature == ask.nature), key=lambda pledged: -shared(pledged))


def thanked(session: TenantSession) -> Sequence[tuple[Contribution, int]]:
    """Gifts whose partners agreed to be thanked, with their year, newest year first."""
    query = (
        select(Contribution, Fund.year)
        .join(Fund, Fund.id == Contribution.object_id)
        .where(Contribution.thanked, Contribution.cancelled_at.is_(None), Fund.state != "preparing")
        .order_by(Fund.year.desc(), Contribution.created_at)
    )
    return [(gift, year) for gift, year in session.execute(query).unique()]
