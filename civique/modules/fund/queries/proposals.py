"""Reading what partners propose from the site."""

from collections.abc import Sequence

from sqlalchemy import func, select

from civique.core.folding import fold
from civique.core.organisations.models import Organisation
from civique.modules.fund.models import Proposal
from tenants.session import TenantSession

WAITING_PROPOSALS = select(func.count()).where(Proposal.state == "waiting")
"""How many proposals nobody answered yet."""


def waiting(session: TenantSession, most: int = 50) -> Sequence[Proposal]:
    """Proposals that nobody answered yet, oldest first."""
    query = select(Proposal).where(Proposal.state == "waiting").order_by(Proposal.created_at, Proposal.id)
    return session.scalars(query.limit(most)).all()


def likely_organisation(session: TenantSession, proposal: Proposal) -> Organisation | None:
    """The organisation of the commune's directory that proposes: of the same SIREN, otherwise of the same name."""
    known = select(Organisation).where(Organisation.validated_at.is_not(None)).order_by(Organisation.created_at)
    if proposal.siren:
        found = session.scalars(known.where(Organisation.siret.startswith(proposal.siren)).limit(1)).first()
        if found is not None:
            return found
    return session.scalars(known.where(Organisation.folded == fold(proposal.giver_name)).limit(1)).first()
