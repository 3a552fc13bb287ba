"""Reading enquiries."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from civique.core.enquiries.models import Enquiry
from civique.core.stall.models import StallEntry
from tenants.session import TenantSession

ACCENTS, PLAIN = "àâäáãçéèêëîïíôöóõûüùúñÿ’", "aaaaaceeeeiiioooouuuuny'"


def find_enquiries(state: str | None = None, text: str = "", channel: str | None = None) -> Select[Enquiry]:
    """Query of the enquiries, newest first, whose reference, author or text holds every word, accents ignored."""
    query = select(Enquiry).order_by(Enquiry.created_at.desc(), Enquiry.id.desc())
    for word in text.casefold().translate(str.maketrans(ACCENTS, PLAIN)).split()[:8]:
        told = select(StallEntry.object_id).where(_key(StallEntry.reference).contains(word, autoescape=True))
        query = query.where(or_(*(_key(c).contains(word, autoescape=True) for c in SEARCHED), Enquiry.id.in_(told)))
    query = query.where(Enquiry.channel == channel) if channel else query
    return query.where(Enquiry.state == state) if state else query


SEARCHED = (Enquiry.reference, Enquiry.name, Enquiry.text)


def _key(column: Any) -> Any:
    return func.translate(func.lower(column), ACCENTS, PLAIN)


def enquiries_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Enquiry]:
    """These enquiries, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Enquiry).where(Enquiry.id.in_(ids)).order_by(Enquiry.created_at)).all()
