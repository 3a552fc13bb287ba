"""What happened to a request, from the audit trail and the messages: when, what, who."""

from sqlalchemy import and_, or_, select

from civique.core.agreements.models import Agreement
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.modules.fund.models import FundRequest
from civique.web.admin.audit_labels import CORE_LABELS
from civique.web.desk.history import Step, told
from tenants.session import TenantSession

LABELS = {
    "fund.request_started": _l("Request started"),
    "fund.request_submitted": _l("Request sent"),
    "fund.request_to_complete": _l("Sent back to be completed"),
    "fund.missing_given": _l("Something missing was given"),
    "fund.request_complete": _l("Declared complete"),
    "fund.request_admissible": _l("Declared admissible"),
    "fund.request_inadmissible": _l("Declared not admissible"),
    "fund.request_in_analysis": _l("Analysis begun"),
    "fund.request_opinion_given": _l("Opinion recorded"),
    "fund.request_graded": _l("Analysis grid filled in"),
    "fund.request_entrusted": _l("Entrusted to a colleague"),
    "fund.request_joined": _l("Tied to another request of the same project"),
    "fund.request_parted": _l("Said to be a project of its own"),
    "fund.request_adjourned": _l("Decision put off"),
    "fund.request_granted": _l("Granted"),
    "fund.request_partially_granted": _l("Granted in part"),
    "fund.request_refused": _l("Refused"),
    "fund.request_convention": _l("Agreement offered to be signed"),
    "fund.request_under_way": _l("Project under way"),
    "fund.request_report": _l("Report received"),
    "fund.request_settled": _l("Report accepted, file closed"),
    "fund.request_withdrawn": _l("Withdrawn by the holder"),
    "fund.request_lapsed": _l("Lapsed"),
    "fund.payee_set": _l("Bank details recorded"),
    "fund.payment_ordered": _l("Payment ordered"),
    "fund.payment_paid": _l("Payment noted as made"),
    "fund.payment_cancelled": _l("Payment order cancelled"),
    "fund.money_returned": _l("Money back to the envelope"),
    "fund.repayment_asked": _l("Money asked back"),
    "fund.repayment_waived": _l("Money no longer asked back"),
    "fund.log_written": _l("Work noted"),
    "fund.request_shown": _l("Shown to residents while examined: the holder agrees"),
    "fund.request_hidden": _l("No longer shown to residents"),
    "fund.iban_read": _l("Whole IBAN read"),
    "fund.bank_paper_read": _l("Bank details opened"),
    "fund.story_published": _l("Story published"),
    "fund.holder_forgotten": _l("Name of the holder erased after ten years"),
    "fund.story_withdrawn": _l("Story withdrawn"),
}

# « agreement.offered » is told by « fund.request_convention ».
AGREEMENT = ("broken", "checked", "drawn_up", "duty_done", "duty_undone", "ended", "rewritten", "signed", "withdrawn")
SAID = ("comment.published", "comment.refused", "comment.withdrawn", "endorsement.noted", "endorsement.withdrawn")
TOLD = {**LABELS, **{code: CORE_LABELS[code] for code in (*(f"agreement.{step}" for step in AGREEMENT), *SAID)}}


def history_of(session: TenantSession, demand: FundRequest) -> list[Step]:
    """What happened to a request and to its agreements, and what was written to its holder, oldest first."""
    agreements = select(Agreement.id).where(Agreement.object_id == demand.id)
    query = select(AuditEntry).where(
        or_(
            and_(AuditEntry.object_type == "fund_request", AuditEntry.object_id == demand.id),
            and_(AuditEntry.object_type == "agreement", AuditEntry.object_id.in_(agreements)),
        )
    )
    return told(session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)), TOLD, demand)
