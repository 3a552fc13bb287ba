"""Personal data of the fund: what is shown to its owner, what is erased, what stays as accounts."""

from typing import Any

from sqlalchemy import delete

from civique.core.answers import operations as answers
from civique.core.people.models import Person
from civique.modules.fund.models import FundRequest
from civique.modules.fund.queries import requests_of
from tenants.session import TenantSession


def export_requests(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Requests of the person, with their budget and decisions."""
    return [
        {
            "reference": request.reference,
            "title": request.title,
            "purpose": request.purpose,
            "state": request.state,
            "asked_cents": request.amount_asked_cents,
            "granted_cents": request.granted_cents,
            "lines": [{"label": line.label, "cents": line.amount_cents} for line in request.lines],
            "submitted_at": request.submitted_at.isoformat() if request.submitted_at else None,
        }
        for request in requests_of(session, person)
        if request.holder_id == person.id
    ]


def erase_requests(session: TenantSession, person: Person) -> None:
    """Drafts go; what was sent stays without the name, since the commune must account for its money (CGCT)."""
    session.execute(delete(FundRequest).where(FundRequest.holder_id == person.id, FundRequest.state == "draft"))
    for request in requests_of(session, person):
        if request.holder_id == person.id:
            request.holder_id = None
            if request.organisation_id is None:
                answers.forget_author(session, request, request.title)
    session.flush()
