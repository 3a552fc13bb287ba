"""The funds as recipients of contributions: what projects still wait for."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, or_, select

from civique.core.contributions.declarations import Need, Recipient
from civique.core.contributions.models import ContributionUse
from civique.core.i18n import gettext as _
from civique.core.loading import among
from civique.modules.fund import queries
from civique.modules.fund.models import HELPED, ApplicationState, Ask, Fund, FundApplication
from tenants.session import TenantSession


def find_recipients(session: TenantSession) -> list[Recipient]:
    """Every year's fund, newest first. Partners propose to the newest open one; one in preparation thanks nobody yet."""
    current = queries.current_fund(session)
    return [
        Recipient(
            fund,
            f"fonds-{fund.year}",
            _("Citizen initiative fund %(year)s", year=fund.year),
            open=fund is current and fund.state == "open",
            public=fund.state != "preparing",
        )
        for fund in queries.funds(session)
    ]


def find_needs(session: TenantSession, fund: Fund) -> list[Need]:
    """Things and time granted to projects of a fund that nobody has given yet."""
    return [
        Need(
            ask.id,
            application.title,
            f"/mairie/fonds/demandes/{application.id}",
            ask.nature,
            ask.description,
            ask.unit,
            lacking,
        )
        for ask, application, lacking in waiting_asks(session, fund)
    ]


def given_to(session: TenantSession, ask: Ask) -> Decimal:
    """What partners gave for an ask already."""
    query = select(func.coalesce(func.sum(ContributionUse.amount), 0)).where(ContributionUse.object_id == ask.id)
    return Decimal(session.execute(query).scalar_one())


def waiting_asks(session: TenantSession, fund: Fund) -> Sequence[tuple[Ask, FundApplication, Decimal]]:
    """Things and time granted to projects of a fund that nobody has given yet, with what is lacking."""
    given = (
        select(func.coalesce(func.sum(ContributionUse.amount), 0))
        .where(ContributionUse.object_id == Ask.id)
        .scalar_subquery()
    )
    lacking = Ask.granted_quantity - given
    query = (
        select(Ask, FundApplication, lacking)
        .join(FundApplication, FundApplication.id == Ask.application_id)
        .where(FundApplication.fund_id == fund.id, among(FundApplication.state, HELPED), lacking > 0)
        .where(or_(FundApplication.state != ApplicationState.SETTLED, Ask.provider == ""))
        .order_by(FundApplication.submitted_at)
    )
    return [(ask, application, left or Decimal(0)) for ask, application, left in session.execute(query).unique()]
