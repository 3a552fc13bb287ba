"""Reading contributions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from civique.core import clock
from civique.core.contributions.declarations import Need
from civique.core.contributions.models import Contribution, ContributionProposal
from civique.core.folding import fold
from civique.core.organisations.models import Organisation
from tenants.session import TenantSession


@dataclass(frozen=True)
class Natures:
    """Value in cents of each nature, never mixed."""

    financial: int = 0
    material: int = 0
    human: int = 0

    @property
    def in_kind(self) -> int:
        """Things and time together, in cents."""
        return self.material + self.human


def contributions_to(session: TenantSession, about: Any, nature: str = "") -> Sequence[Contribution]:
    """What was brought to an object, cancelled promises left out, by nature then oldest first."""
    return session.scalars(live(nature).where(Contribution.object_id == about.id)).unique().all()


def live(nature: str = "") -> Select[Contribution]:
    """Query of the contributions that stand."""
    query = (
        select(Contribution)
        .where(Contribution.withdrawn_at.is_(None))
        .options(joinedload(Contribution.uses), selectinload(Contribution.person))
        .order_by(Contribution.nature, Contribution.created_at, Contribution.id)
    )
    return query.where(Contribution.nature == nature) if nature else query


def received_cents(session: TenantSession, about: Any) -> int:
    """Cash received for an object; what is only promised does not count (FON-05)."""
    return int(session.execute(received_cents_of(about.id)).scalar_one() or 0)


def received_cents_of(object_id: Any) -> Select[int | None]:
    """Query of the cash received for an object, to be a part of another query."""
    return select(func.coalesce(func.sum(Contribution.value_cents), 0)).where(
        Contribution.object_id == object_id,
        Contribution.nature == "financial",
        Contribution.received_on.is_not(None),
        Contribution.withdrawn_at.is_(None),
    )


def brought_to_each(session: TenantSession, objects: Select[UUID] | Sequence[UUID]) -> dict[UUID, Natures]:
    """Value of what was brought to each of some objects, by nature (FON-06: the three are reported apart)."""
    query = (
        select(Contribution.object_id, Contribution.nature, func.coalesce(func.sum(Contribution.value_cents), 0))
        .where(Contribution.object_id.in_(objects), Contribution.withdrawn_at.is_(None))
        .group_by(Contribution.object_id, Contribution.nature)
    )
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for object_id, nature, cents in session.execute(query):
        found[object_id][nature] = int(cents or 0)
    return {object_id: Natures(**values) for object_id, values in found.items()}


def usable(session: TenantSession, about: Any, nature: str = "") -> Sequence[Contribution]:
    """Contributions of things and time to an object that are still valid and not used up: what can be proposed to a need."""
    today = clock.today()
    query = live(nature).where(
        Contribution.object_id == about.id,
        Contribution.nature != "financial",
        or_(Contribution.valid_until.is_(None), Contribution.valid_until >= today),
    )
    return [found for found in session.scalars(query).unique() if found.left > 0]


def suggestions(contributions: Sequence[Contribution], need: Need) -> Sequence[Contribution]:
    """Among usable contributions, those that could serve a need: same nature; those that share a word come first."""
    words = {word for word in fold(f"{need.description} {need.unit}").split() if len(word) > 2}

    def shared(contribution: Contribution) -> int:
        return len(words & set(fold(f"{contribution.description} {contribution.unit}").split()))

    return sorted((c for c in contributions if c.nature == need.nature), key=lambda contribution: -shared(contribution))


def thanked(session: TenantSession, objects: Sequence[UUID]) -> dict[UUID, list[Contribution]]:
    """Contributions to some objects whose givers agreed to be thanked, oldest first, by object."""
    query = live().where(Contribution.thanked, Contribution.object_id.in_(objects))
    found: dict[UUID, list[Contribution]] = defaultdict(list)
    for contribution in session.scalars(query.order_by(None).order_by(Contribution.created_at)).unique():
        found[contribution.object_id].append(contribution)
    return found


WAITING_PROPOSALS = select(func.count()).where(ContributionProposal.state == "waiting")
"""How many proposals nobody answered yet."""


def waiting_proposals(session: TenantSession, most: int = 50) -> Sequence[ContributionProposal]:
    """Proposals that nobody answered yet, oldest first."""
    query = select(ContributionProposal).where(ContributionProposal.state == "waiting")
    return session.scalars(query.order_by(ContributionProposal.created_at, ContributionProposal.id).limit(most)).all()


def likely_organisation(session: TenantSession, proposal: ContributionProposal) -> Organisation | None:
    """The organisation of the commune's directory that proposes: of the same SIREN, otherwise of the same name."""
    known = select(Organisation).where(Organisation.validated_at.is_not(None)).order_by(Organisation.created_at)
    if proposal.siren:
        found = session.scalars(known.where(Organisation.siret.startswith(proposal.siren)).limit(1)).first()
        if found is not None:
            return found
    return session.scalars(known.where(Organisation.folded == fold(proposal.giver_name)).limit(1)).first()
