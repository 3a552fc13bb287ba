"""Personal data of who proposed help: what is shown to them, what is erased."""

from typing import Any

from sqlalchemy import delete, or_, select, update

from civique.core import settings
from civique.core.commune import Retention, duration
from civique.core.contributions.models import ContributionProposal
from civique.core.contributions.proposals import NOBODY
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from tenants.session import TenantSession


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
        for p in session.scalars(
            select(ContributionProposal).where(_theirs(person)).order_by(ContributionProposal.created_at)
        )
    ]


def erase_proposals(session: TenantSession, person: Person) -> None:
    """A proposal that waits goes; of one that was answered, who made it."""
    session.execute(delete(ContributionProposal).where(_theirs(person), ContributionProposal.state == "waiting"))
    session.execute(update(ContributionProposal).where(_theirs(person)).values(**NOBODY))


def proposals_kept(session: TenantSession) -> str:
    """How long, in words."""
    return _("%(duration)s after the answer", duration=duration(settings.get(session, Retention).question))


def _theirs(person: Person) -> Any:
    addresses = [address.address for address in person.emails if address.confirmed_at]
    return or_(ContributionProposal.person_id == person.id, ContributionProposal.email.in_(addresses))
