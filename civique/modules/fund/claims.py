"""Requests left on paper, found by their reference and given to the holder who claims them."""

from sqlalchemy import or_, select

from civique.core import audit
from civique.core.claims.events import Paper, PaperClaimed, PaperSought
from civique.core.events import Listener
from civique.core.people.queries import get_person
from civique.modules.fund.models import ApplicationState, FundRequest
from civique.modules.fund.operations import voices
from tenants.session import TenantSession


def find_request(session: TenantSession, sought: PaperSought) -> None:
    """A request that did not come by the site."""
    here = FundRequest.id == sought.object_id if sought.object_type == FundRequest.__tablename__ else None
    named = FundRequest.reference == sought.reference if sought.reference else None
    asked = [condition for condition in (here, named) if condition is not None]
    if not asked:
        return
    query = select(FundRequest).where(
        or_(*asked), FundRequest.channel != "web", FundRequest.state != ApplicationState.DRAFT
    )
    for r in session.scalars(query).unique():
        holder = get_person(session, r.holder_id)
        name = holder.name if holder else ""
        sought.found.append(Paper(r, r.reference or "", r.title, name, r.holder_id, f"/mairie/fonds/demandes/{r.id}"))


def attach_request(session: TenantSession, claimed: PaperClaimed) -> None:
    """It is this person's: they follow it and answer for it."""
    request = session.get(FundRequest, claimed.object_id) if claimed.object_type == FundRequest.__tablename__ else None
    if request is None:
        return
    request.holder_id = claimed.person_id
    session.flush()
    holder = get_person(session, claimed.person_id)
    if holder is not None:
        voices.take_back(session, request, holder)  # nobody supports their own request
    audit.record(session, "fund.request_attached", request)


LISTENERS = (Listener(PaperSought, find_request), Listener(PaperClaimed, attach_request))
