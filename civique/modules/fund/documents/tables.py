"""Columns of the fund’s tables."""

from civique.core.i18n import _l
from civique.modules.fund.queries import whom
from civique.modules.fund.words import nature_labels, state_labels
from civique.web.tables import Column

COLUMNS = (
    Column(_l("Reference"), lambda r: r.reference),
    Column(_l("Project"), lambda r: r.title),
    Column(_l("Holder"), whom),
    Column(_l("Village"), lambda r: r.territory.name if r.territory else ""),
    Column(_l("State"), lambda r: state_labels()[r.state][0]),
    Column(_l("Received on"), lambda r: r.submitted_at),
    Column(_l("Channel"), lambda r: r.channel),
    Column(_l("Cost of the project (€)"), lambda r: r.total_cents / 100),
    Column(_l("Amount asked (€)"), lambda r: r.amount_asked_cents / 100),
    Column(_l("Amount granted (€)"), lambda r: r.granted_cents / 100),
    Column(_l("Decided on"), lambda r: r.decision.decided_at if r.decision else None),
    Column(_l("Reason"), lambda r: r.decision.motive if r.decision else ""),
)

PLEDGES = (
    Column(_l("Partner"), lambda c: c.giver),
    Column(_l("Nature"), lambda c: nature_labels()[c.nature]),
    Column(_l("What exactly"), lambda c: c.description),
    Column(_l("Quantity"), lambda c: float(c.quantity) if c.quantity is not None else None),
    Column(_l("Unit"), lambda c: c.unit),
    Column(_l("Value (€)"), lambda c: c.value_cents / 100 if c.value_cents is not None else None),
    Column(_l("Pledged on"), lambda c: c.promised_on),
    Column(_l("Valid until"), lambda c: c.valid_until),
    Column(_l("Received on"), lambda c: c.received_on),
    Column(_l("Used"), lambda c: float(c.used) if c.nature != "financial" else None),
    Column(_l("Left"), lambda c: float(c.left) if c.nature != "financial" else None),
)
