"""Open data of the grants: the national schema SCDL « subventions » 2.1.1 as CSV, and the same as JSON.

Only organisations with a number (SIRET or RNA) are named: données essentielles des conventions de subvention (décret
2017-779). What went to people, or to groups without legal personality, is a sum by year in the JSON.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from civique.core import clock, settings
from civique.core.agreements.models import Agreement, Signature
from civique.core.commune import siret_of
from civique.core.formulas import neutral
from civique.core.i18n import _l, money
from civique.core.i18n import gettext as _
from civique.core.open_data import LICENCE, Dataset, Feed
from civique.core.organisations.models import Organisation
from civique.modules.fund.models import GRANTED, HELPED, Decision, Fund, FundApplication, Payment, Return
from civique.modules.fund.settings import FundSettings
from civique.web.feeds import Entry
from tenants.db import db
from tenants.session import TenantSession

SCHEMA = "https://schema.data.gouv.fr/scdl/subventions/2.1.1"
FIELDS = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
)
LAST_CHANGE = select(
    func.greatest(
        select(func.max(Decision.decided_at)).where(Decision.kind.in_(GRANTED)).scalar_subquery(),
        select(func.max(Return.at)).scalar_subquery(),
        select(func.max(Payment.created_at)).scalar_subquery(),
    )
)
"""When a grant, what came back or a payment was last written; NULL while nothing is granted."""
FEED = Feed(
    _l("Projects helped"),
    "fund.listing_feed",
    _l("Each project that the citizen initiative fund helps, on the day it is decided, then its story."),
    ("fund.listing",),
)
DATASET = Dataset(
    "subventions",
    _l("Grants of the citizen initiative fund"),
    _l("What associations received, for what, and when. People are never named: they are a sum by year."),
    LAST_CHANGE,
    {"CSV": "fund.grants_csv", "JSON": "fund.grants_json"},
    SCHEMA,
)


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


def records(session: TenantSession) -> list[dict[str, str]]:
    """One record of the schema for each grant to an organisation."""
    siret = siret_of(session.tenant, settings.get(session, FundSettings).siret)
    return [_record(session.tenant.name, siret, grant) for grant in grants(session)]


def _record(commune: str, siret: str, grant: Grant) -> dict[str, str]:
    natures = [
        *(["aide en numéraire"] if grant.amount_cents or not grant.in_kind else []),
        *(["aide en nature"] if grant.in_kind else []),
    ]
    facts = (
        commune,
        siret,
        grant.agreed_on.isoformat(),
        grant.act or grant.reference,
        grant.name,
        grant.siret,
        grant.rna,
        grant.title,
        f"{grant.amount_cents / 100:.2f}",
        ";".join(natures),
        "échelonné" if grant.payments > 1 else "unique",
        _paid(grant),
        "",
        "non",
        "1.00",
        "",
    )
    return dict(zip(FIELDS, facts, strict=True))


def _paid(grant: Grant) -> str:
    """Day of the payment, or the period when there are several or when it is still to come."""
    if grant.paid_from is None or grant.paid_to is None:
        end = max(grant.agreed_on.replace(month=12, day=31), clock.today().replace(month=12, day=31))
        return f"{grant.agreed_on.isoformat()}/{end.isoformat()}"
    if grant.paid_from == grant.paid_to:
        return grant.paid_from.isoformat()
    return f"{grant.paid_from.isoformat()}/{grant.paid_to.isoformat()}"


def as_csv(session: TenantSession) -> str:
    """The file of the schema: UTF-8, commas. A text that a spreadsheet would run as a formula is neutralised."""
    target = io.StringIO()
    writer = csv.DictWriter(target, FIELDS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: neutral(text) for name, text in record.items()} for record in records(session))
    return target.getvalue()


def as_json(session: TenantSession) -> dict[str, Any]:
    """The same records with typed values, and the sums that name nobody."""
    typed = [
        {
            name: float(text)
            if name in {"montant", "pourcentageSubvention"}
            else text == "oui"
            if name == "notificationUE"
            else text or None
            for name, text in record.items()
        }
        for record in records(session)
    ]
    return {
        "schema": SCHEMA,
        "licence": LICENCE,
        "subventions": typed,
        "autresBeneficiaires": [
            {"annee": line.year, "nombre": line.count, "montant": line.amount_cents / 100} for line in others(session)
        ],
        "note": "Les personnes et les groupes sans personnalité morale ne sont jamais nommés : seuls le nombre et le total par année sont publiés.",
    }


def as_entry(row: Any) -> Entry:
    """A helped project in the feed. No name of a person; no amount where the commune shows none."""
    shown = row.granted_cents and settings.get(db.session, FundSettings).show_amounts
    words = (row.organisation or _("Residents"), row.territory, money(row.granted_cents) if shown else "", row.in_kind)
    path, at = f"/fonds/projets/{row.id}", row.story_published_at or row.decided_at
    return Entry(path, row.title, at, " · ".join(filter(None, words)))
