"""Personal data of the fund: what is shown to its owner, what is erased, what stays as accounts."""

from typing import Any

from sqlalchemy import delete, or_, select, update

from civique.core import settings
from civique.core.commune import Retention, duration
from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.modules.fund.models import ApplicationState, FundRequest, Proposal, Voice
from civique.modules.fund.operations import forgetting
from civique.modules.fund.operations.proposals import NOBODY
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


def export_voices(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What the person said of others' requests, and what the mairie did with their comments."""
    query = select(Voice).where(Voice.person_id == person.id).order_by(Voice.created_at)
    return [
        {
            "supported_request": voice.request.title,
            "created_at": voice.created_at.isoformat(),
            "comment": voice.comment,
            "comment_state": voice.state if voice.comment else "",
            "motive": voice.motive,
            "channel": voice.channel,
        }
        for voice in session.scalars(query).unique()
    ]


def erase_voices(session: TenantSession, person: Person) -> None:
    """Supports and comments go. One by one: that changes what the public pages show."""
    for voice in session.scalars(select(Voice).where(Voice.person_id == person.id)).unique():
        session.delete(voice)
    session.flush()


# Proposals of partners -----------------------------------------------------------------------------------------------


def export_proposals(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What the person proposed in the name of a company or an association, or from an address of theirs."""
    return [
        {
            "reference": p.reference,
            "organisation": p.giver_name,
            "nature": p.nature,
            "text": p.description,
            "quantity": str(p.quantity or ""),
            "unit": p.unit,
            "value_cents": p.value_cents,
            "name": p.contact_name,
            "email": p.email,
            "phone": p.phone,
            "state": p.state,
            "answer": p.word,
            "date": p.created_at.isoformat(),
        }
        for p in session.scalars(select(Proposal).where(_theirs(person)).order_by(Proposal.created_at))
    ]


def erase_proposals(session: TenantSession, person: Person) -> None:
    """A proposal that waits goes; of one that was answered, who made it."""
    session.execute(delete(Proposal).where(_theirs(person), Proposal.state == "waiting"))
    session.execute(update(Proposal).where(_theirs(person)).values(**NOBODY))


def proposals_kept(session: TenantSession) -> str:
    """How long, in words."""
    return _("%(duration)s after the answer", duration=duration(settings.get(session, Retention).question))


def _theirs(person: Person) -> Any:
    addresses = [address.address for address in person.emails if address.confirmed_at]
    return or_(Proposal.person_id == person.id, Proposal.email.in_(addresses))
