"""Personal data of the fund: what is shown to its owner, what is erased, what stays as accounts."""

from typing import Any

from sqlalchemy import update

from civique.core.contributions.queries import contributions_to
from civique.core.people.models import Person
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import forgetting
from civique.modules.fund.queries import applications_of
from tenants.session import TenantSession


def export_applications(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Applications of the person with everything written on them."""
    own = [application for application in applications_of(session, person) if application.applicant_id == person.id]
    return [_application(session, application) for application in own]


def _application(session: TenantSession, application: FundApplication) -> dict[str, Any]:
    return {
        "reference": application.reference,
        "title": application.title,
        "purpose": application.purpose,
        "state": application.state,
        "shown_while_examined": application.shown_while_examined,
        "asked_cents": application.amount_asked_cents,
        "granted_cents": application.granted_cents,
        "lines": [{"label": line.label, "cents": line.amount_cents} for line in application.lines],
        "asks": [
            {"text": ask.description, "quantity": str(ask.quantity), "unit": ask.unit} for ask in application.asks
        ],
        "supports": [{"text": c.description, "nature": c.nature} for c in contributions_to(session, application)],
        "answers": [{"asked": item.label, "answer": item.answer} for item in application.missing],
        "account": f"{application.payee.name} … {application.payee.iban_end}" if application.payee else "",
        "report": application.report.text if application.report else "",
        "submitted_at": application.submitted_at.isoformat() if application.submitted_at else None,
    }


def erase_applications(session: TenantSession, person: Person) -> None:
    """Drafts go, with what was said to be brought to them; what was sent stays without the name, the account and their
    papers, since the commune must account for its money (CGCT). The scan of a signed agreement stays as long as the accounts
    (see ``operations/forgetting.py``)."""
    session.execute(update(FundApplication).where(FundApplication.assignee_id == person.id).values(assignee_id=None))
    for application in applications_of(session, person):
        if application.applicant_id != person.id:
            continue
        if application.state == ApplicationState.DRAFT:
            forgetting.forget_draft(session, application)
        else:
            forgetting.forget_applicant(session, application)
