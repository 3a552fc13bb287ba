"""Columns of the fund’s tables, and the versions of its rules in words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from civique.core import clock
from civique.core.i18n import _l, long_date, money
from civique.core.i18n import gettext as _
from civique.core.people.queries import names_of
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.queries import rules_versions, whom
from civique.modules.fund.workflow import WORKFLOW
from civique.web.desk.labels import CHANNELS
from civique.web.tables import Column
from tenants.session import TenantSession

COLUMNS = (
    Column(_l("Reference"), lambda r: r.reference),
    Column(_l("Project"), lambda r: r.title),
    Column(_l("Applicant"), whom),
    Column(_l("Village"), lambda r: r.territory.name if r.territory else ""),
    Column(_l("State"), lambda r: str(WORKFLOW.state(r).label)),
    Column(_l("In charge"), lambda r: r.assignee.name if r.assignee else ""),
    Column(_l("Received on"), lambda r: clock.local(r.submitted_at).date()),
    Column(_l("Channel"), lambda r: str(CHANNELS[r.channel])),
    Column(_l("Cost of the project (€)"), lambda r: r.total_cents / 100),
    Column(_l("Amount asked (€)"), lambda r: r.amount_asked_cents / 100),
    Column(_l("Amount granted (€)"), lambda r: r.granted_cents / 100),
    Column(_l("Decided on"), lambda r: clock.local(r.decision.decided_at).date() if r.decision else None),
    Column(_l("Reason"), lambda r: r.decision.motive if r.decision else ""),
)
TO_ORDER = (
    Column(_l("Reference"), lambda r: r.reference),
    Column(_l("Project"), lambda r: r.title),
    Column(_l("Applicant"), whom),
    Column(_l("Paid to"), lambda r: r.payee.name if r.payee else ""),
    Column(_l("Account ending in"), lambda r: r.payee.iban_end if r.payee else ""),
    Column(_l("Act"), lambda r: r.decision.act if r.decision else ""),
    Column(_l("Amount granted (€)"), lambda r: r.granted_cents / 100),
    Column(_l("To order (€)"), lambda r: left_of(r) / 100),
)
PAYMENTS = (
    Column(_l("Reference"), lambda p: p.application.reference),
    Column(_l("Project"), lambda p: p.application.title),
    Column(_l("Paid to"), lambda p: p.payee_name),
    Column(_l("Account ending in"), lambda p: p.iban_end),
    Column(_l("Act"), lambda p: p.application.decision.act if p.application.decision else ""),
    Column(_l("Order to pay (mandat)"), lambda p: p.mandate),
    Column(_l("Amount (€)"), lambda p: p.amount_cents / 100),
    Column(_l("Ordered on"), lambda p: p.ordered_on),
    Column(_l("Paid on"), lambda p: p.paid_on),
)
REPAYMENTS = (
    Column(_l("Reference"), lambda r: r.application.reference),
    Column(_l("Project"), lambda r: r.application.title),
    Column(_l("Applicant"), lambda r: whom(r.application)),
    Column(_l("Amount (€)"), lambda r: r.amount_cents / 100),
    Column(_l("Asked on"), lambda r: r.asked_on),
)
YEARS = (
    Column(_l("Year"), lambda row: row[0].year),
    Column(_l("Envelope (€)"), lambda row: row[1].envelope / 100),
    Column(_l("Partners’ cash (€)"), lambda row: row[1].partners / 100),
    Column(_l("Granted (€)"), lambda row: row[1].granted / 100),
    Column(_l("Paid (€)"), lambda row: row[1].paid / 100),
    Column(_l("Left (€)"), lambda row: row[1].left / 100),
    Column(_l("Projects helped"), lambda row: row[1].helped),
)


def left_of(application: FundApplication) -> int:
    """Cents still to be ordered for an application."""
    ordered = sum(p.amount_cents for p in application.payments if p.state == "ordered")
    return application.to_pay_cents - ordered


@dataclass(frozen=True)
class Version:
    """A version: when, by whom (empty: erased), why, and each rule that changed: its name, before, after."""

    number: int
    at: datetime
    who: str
    because: str
    changes: list[tuple[str, str, str]]


def versions_of(session: TenantSession, fund: Fund) -> list[Version]:
    """Versions of the rules of a fund, newest first."""
    rows = rules_versions(session, fund)
    names = names_of(session, {row.by_id for row in rows if row.by_id})
    shown = []
    for row, former in zip(rows, [*rows[1:], None], strict=False):
        before = former.rules if former else {}
        changes = [
            (label, _shown(name, before.get(name)), _shown(name, row.rules.get(name)))
            for name, label in rule_labels().items()
            if former is not None and before.get(name) != row.rules.get(name)
        ]
        who = names.get(row.by_id, "") if row.by_id else ""
        shown.append(Version(row.version, row.at, who, row.because, changes))
    return shown


def rule_labels() -> dict[str, str]:
    """Names of the rules that make a version."""
    return {
        "preset": _("Which kind of fund?"),
        "rhythm": _("When may one ask?"),
        "envelope_cents": _("Envelope of the year"),
        "cap_cents": _("Cap per project"),
        "eligible_costs": _("What can be paid, with examples"),
        "decision_maker": _("Who decides"),
        "opinion_needed": _("An opinion is needed before the decision"),
        "opens_on": _("First day to ask"),
        "closes_on": _("Last day to ask"),
    }


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if name.endswith("_cents"):
        return money(value)
    if name.endswith("_on"):
        return long_date(date.fromisoformat(value), weekday=False)
    words = {
        "continuous": _("All year"),
        "calls": _("by calls"),
        "citizen_fund": _("Citizen fund"),
        "fifty_fifty": _("Fifty-fifty"),
        "council": _("The municipal council"),
        "mayor": _("The mayor"),
        "committee": _("A committee"),
        "True": _("yes"),
        "False": _("no"),
    }
    return words.get(str(value), str(value))
