"""Reading claims, and finding papers by their reference."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from civique.core.claims.events import Paper, PaperSought
from civique.core.claims.models import PaperClaim
from civique.core.events import tell
from civique.core.folding import each_word, folded
from civique.core.people.models import Person
from civique.core.stall import references
from civique.core.stall.operations import find_entry
from tenants.session import TenantSession


def find_claims(state: str | None = None) -> Select[PaperClaim]:
    """Query of the claims, oldest first."""
    query = select(PaperClaim).options(joinedload(PaperClaim.person)).order_by(PaperClaim.created_at, PaperClaim.id)
    return query.where(PaperClaim.state == state) if state else query


def said_in(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search in references and names of those who claim."""

    def says(word: str) -> ColumnElement[bool]:
        people = select(Person.id).where(Person.folded.contains(word))
        return or_(PaperClaim.person_id.in_(people), folded(PaperClaim.reference).contains(word))

    return each_word(text, says)


def claims_of(session: TenantSession, person: Person) -> Sequence[PaperClaim]:
    """What a person claimed, newest first."""
    query = select(PaperClaim).where(PaperClaim.person_id == person.id).order_by(PaperClaim.created_at.desc())
    return session.scalars(query.limit(50)).all()


def find_paper(session: TenantSession, reference: str) -> Paper | None:
    """What was left under a reference, of the mairie or of a stall; what came by the site is no paper."""
    try:
        entry = find_entry(session, references.normal(reference))
    except references.NotAReference:
        sought = PaperSought("-".join(reference.upper().split()))
    else:
        if entry is None or entry.object_type is None:
            return None
        sought = PaperSought("", entry.object_type, entry.object_id)
    tell(session, sought)
    return sought.found[0] if sought.found else None


def paper_of(session: TenantSession, claim: PaperClaim) -> Paper | None:
    """What a claim is about, if it is still there."""
    sought = PaperSought("", claim.object_type, claim.object_id)
    tell(session, sought)
    return sought.found[0] if sought.found else None
