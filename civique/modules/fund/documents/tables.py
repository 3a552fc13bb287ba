"""Columns of the fund’s tables."""

from civique.core import clock
from civique.core.i18n import _l
from civique.modules.fund.models import FundApplication
from civique.modules.fund.queries import whom
from civique.modules.fund.workflow import WORKFLOW
from civique.web.desk.labels import CHANNELS
from civique.web.tables import Column

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
