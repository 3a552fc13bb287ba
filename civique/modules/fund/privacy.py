"""Personal data of the fund: what is shown to its owner, what is erased, what stays as accounts."""

from typing import Any

from sqlalchemy import update

from civique.core.contributions.queries import contributions_to
from civique.core.people.models import Person
from civique.modules.fund.models import ApplicationState, FundRequest
from civique.modules.fund.operations import forgetting
from civique.modules.fund.queries import requests_of
from tenants.session import TenantSession


def export_requests(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Requests of the person with everything written on them."""
    own = [request for request in requests_of(session, person) if request.holder_id == person.id]
    return [_request(session, request) for request in own]


def _request(session: TenantSession, request: FundRequest) -> dict[str, Any]:
    return {
        "reference": request.reference,
        "title": request.title,
        "purpose": request.purpose,
        "state": request.state,
        "shown_while_examined": request.shown_while_examined,
        "asked_cents": request.amount_asked_cents,
        "granted_cents": request.granted_cents,
        "lines": [{"label": line.label, "cents": line.amount_cents} for line in request.lines],
        "asks": [{"text": ask.description, "quantity": str(ask.quantity), "unit": ask.unit} for ask in request.asks],
        "supports": [{"text": c.description, "nature": c.nature} for c in contributions_to(session, request)],
        "answers": [{"asked": item.label, "answer": item.answer} for item in request.missing],
        "account": f"{request.payee.name} … {request.payee.iban_end}" if request.payee else "",
        "report": request.report.text if request.report else "",
        "log": [{"date": entry.day.isoformat(), "text": entry.text} for entry in request.log],
        "submitted_at": request.submitted_at.isoformat() if request.submitted_at else None,
    }


def erase_requests(session: TenantSession, person: Person) -> None:
    """Drafts go, with what was said to be brought to them; what was sent stays without the name, the account, their papers
    and photos, since the commune must account for its money (CGCT). The scan of a signed agreement stays as long as the
    accounts (see ``operations/forgetting.py``); the story that was public stays when an organisation carries it."""
    session.execute(update(FundRequest).where(FundRequest.examiner_id == person.id).values(examiner_id=None))
    for request in requests_of(session, person):
        if request.holder_id != person.id:
            continue
        if request.state == ApplicationState.DRAFT:
            forgetting.forget_draft(session, request)
        else:
            forgetting.forget_holder(session, request)
