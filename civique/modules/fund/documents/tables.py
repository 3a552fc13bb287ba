"""Columns of the fund’s tables."""

from civique.core.i18n import _l
from civique.modules.fund.queries import whom
from civique.modules.fund.words import state_labels
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
