"""What happened to an application, from the audit trail and the messages: when, what, who."""

from sqlalchemy import and_, or_, select

from civique.core.agreements.models import Agreement
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.modules.fund.models import FundApplication
from civique.web.admin.audit_labels import CORE_LABELS
from civique.web.desk.history import Step, told
from tenants.session import TenantSession

LABELS = {
    "fund.application_started": _l("Request started"),
    "fund.application_submitted": _l("Request sent"),
    "fund.application_to_complete": _l("Sent back to be completed"),
    "fund.application_given": _l("Something missing was given"),
    "fund.application_complete": _l("Declared complete"),
    "fund.application_admissible": _l("Declared admissible"),
    "fund.application_inadmissible": _l("Declared not admissible"),
    "fund.application_in_analysis": _l("Analysis begun"),
    "fund.application_opinion_given": _l("Opinion recorded"),
    "fund.application_graded": _l("Analysis grid filled in"),
    "fund.application_assigned": _l("Entrusted to a colleague"),
    "fund.application_joined": _l("Tied to another request of the same project"),
    "fund.application_parted": _l("Said to be a project of its own"),
    "fund.application_adjourned": _l("Decision put off"),
    "fund.application_granted": _l("Granted"),
    "fund.application_partially_granted": _l("Granted in part"),
    "fund.application_refused": _l("Refused"),
    "fund.application_convention": _l("Agreement offered to be signed"),
    "fund.application_under_way": _l("Project under way"),
    "fund.application_report": _l("Report received"),
    "fund.application_settled": _l("Report accepted, file closed"),
    "fund.application_withdrawn": _l("Withdrawn by the applicant"),
    "fund.application_lapsed": _l("Lapsed"),
    "fund.payee_set": _l("Bank details recorded"),
    "fund.payment_ordered": _l("Payment ordered"),
    "fund.payment_paid": _l("Payment noted as made"),
    "fund.payment_cancelled": _l("Payment order cancelled"),
    "fund.money_returned": _l("Money back to the envelope"),
    "fund.repayment_asked": _l("Money asked back"),
    "fund.repayment_waived": _l("Money no longer asked back"),
    "fund.application_shown": _l("Shown to residents while examined: the applicant agrees"),
    "fund.application_hidden": _l("No longer shown to residents"),
    "fund.iban_read": _l("Whole IBAN read"),
    "fund.bank_paper_read": _l("Bank details opened"),
    "fund.applicant_forgotten": _l("Name of the applicant erased after ten years"),
}

# « agreement.offered » is told by « fund.application_convention ».
AGREEMENT = ("broken", "checked", "drawn_up", "duty_done", "duty_undone", "ended", "rewritten", "signed", "withdrawn")
STORY = ("story.day_noted", "story.published", "story.withdrawn")
SAID = ("comment.published", "comment.refused", "comment.withdrawn", "endorsement.noted", "endorsement.withdrawn")
TOLD = {**LABELS, **{code: CORE_LABELS[code] for code in (*(f"agreement.{step}" for step in AGREEMENT), *SAID, *STORY)}}


def history_of(session: TenantSession, application: FundApplication) -> list[Step]:
    """What happened to an application and to its agreements, and what was written to its applicant, oldest first."""
    agreements = select(Agreement.id).where(Agreement.object_id == application.id)
    query = select(AuditEntry).where(
        or_(
            and_(AuditEntry.object_type == "fund_application", AuditEntry.object_id == application.id),
            and_(AuditEntry.object_type == "agreement", AuditEntry.object_id.in_(agreements)),
        )
    )
    return told(session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)), TOLD, application)
