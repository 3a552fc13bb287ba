"""Reading the grants for open data: organisations by name, natural persons only as a sum (loi 2000-321, art. 10)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from civique.core import clock
from civique.core.agreements.models import Agreement, Signature
from civique.core.organisations.models import Organisation
from civique.modules.fund.models import GRANTED, HELPED, Decision, Fund, FundApplication, Payment, Return
from tenants.session import TenantSession

LAST_CHANGE = select(
    func.greatest(
        select(func.max(Decision.decided_at)).where(Decision.kind.in_(GRANTED)).scalar_subquery(),
        select(func.max(Return.at)).scalar_subquery(),
        select(func.max(Payment.created_at)).scalar_subquery(),
    )
)
"""When a grant, what came back or a payment was last written; NULL while nothing is granted."""


@dataclass(frozen=True)
class Grant:
    """One grant to an organisation, amounts in cents, net of what came back."""

    reference: str
    act: str
    title: str
    name: str
    siret: str
    rna: str
    amount_cents: int
    in_kind: str
    agreed_on: date
    year: int
    paid_from: date | None
    paid_to: date | None
    payments: int


@dataclass(frozen=True)
class Others:
    """Grants of a year to people and to groups without legal personality, as a sum."""

    year: int
    count: int
    amount_cents: int


def _named() -> Any:
    """An organisation that is a legal person: it has a number."""
    return and_(Organisation.id.is_not(None), or_(Organisation.siret.is_not(None), Organisation.rna.is_not(None)))


def _net() -> Any:
    back = select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.application_id == FundApplication.id)
    return Decision.amount_cents - back.scalar_subquery()


def _helped(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(FundApplication)
        .join(Decision, and_(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)))
        .join(Fund, Fund.id == FundApplication.fund_id)
        .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
        .where(FundApplication.state.in_(HELPED))
    )


def grants(session: TenantSession) -> list[Grant]:
    """Grants to organisations, newest first."""
    signed = (
        select(func.max(Signature.signed_on))
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .where(
            Agreement.object_id == FundApplication.id,
            Agreement.replaced_at.is_(None),
            Agreement.state.in_(("signed", "ended", "broken")),
        )
        .scalar_subquery()
    )
    paid = (
        select(
            Payment.application_id,
            func.min(Payment.paid_on).label("first"),
            func.max(Payment.paid_on).label("last"),
            func.count().label("number"),
        )
        .where(Payment.state != "cancelled")
        .group_by(Payment.application_id)
        .subquery()
    )
    query = (
        _helped(
            FundApplication.reference,
            Decision.act,
            FundApplication.title,
            Organisation.name,
            Organisation.siret,
            Organisation.rna,
            _net(),
            Decision.in_kind,
            signed,
            Decision.act_on,
            Decision.decided_at,
            Fund.year,
            paid.c.first,
            paid.c.last,
            paid.c.number,
        )
        .outerjoin(paid, paid.c.application_id == FundApplication.id)
        .where(_named())
        .order_by(Decision.decided_at.desc(), FundApplication.reference)
    )
    return [
        Grant(
            row[0] or "",
            row[1],
            row[2],
            row[3],
            row[4] or "",
            row[5] or "",
            int(row[6]),
            row[7],
            row[8] or row[9] or clock.local(row[10]).date(),
            row[11],
            row[12],
            row[13],
            row[14] or 0,
        )
        for row in session.execute(query)
    ]


def others(session: TenantSession) -> list[Others]:
    """What went to everybody else, a line a year, newest first: nobody is named."""
    query = (
        _helped(Fund.year, func.count(), func.coalesce(func.sum(_net()), 0))
        .where(~func.coalesce(_named(), False))
        .group_by(Fund.year)
        .order_by(Fund.year.desc())
    )
    return [Others(year, count, int(cents)) for year, count, cents in session.execute(query)]
