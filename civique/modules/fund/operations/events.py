"""Events heard: papers claimed, what a committee reads and says of it, what becomes of agreements, bank papers opened,
contributions taken back, what residents say."""

from sqlalchemy import or_, select

from civique.core import audit
from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.claims.events import Paper, PaperClaimed, PaperSought
from civique.core.committees.events import ItemAdded, ItemsSought, OpinionRecorded
from civique.core.committees.models import AgendaItem
from civique.core.contributions.events import WithdrawalAsked
from civique.core.documents.events import FileRead
from civique.core.endorsements.operations import withdraw_endorsement
from civique.core.events import Listener
from civique.core.people.queries import get_person
from civique.modules.fund.models import ApplicationState, FundRequest
from civique.modules.fund.operations import agreements, endorsements, examination
from civique.modules.fund.operations.bank_papers import note_reading
from civique.modules.fund.operations.partners import keep_granted_cash
from civique.modules.fund.queries import desk as desk_queries
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
        withdraw_endorsement(session, request, holder)  # nobody supports their own request
    audit.record(session, "fund.request_attached", request)


def find_items(session: TenantSession, sought: ItemsSought) -> None:
    """Requests that a committee may read, eldest first, or those of these ids."""
    if sought.ids is None:
        found = desk_queries.decidable(session, sought.limit)
    else:
        found = desk_queries.sent(session, sought.ids)
    sought.found.extend(examination.item_source(request) for request in found)


def go_to_committee(session: TenantSession, added: ItemAdded) -> None:
    """A request is on an order of the day."""
    request = _request_of(session, added.item)
    if request is not None:
        examination.go_to_committee(session, request)


def receive_opinion(session: TenantSession, recorded: OpinionRecorded) -> None:
    """A committee said what it thinks of a request."""
    request = _request_of(session, recorded.item)
    if request is not None:
        examination.receive_opinion(session, request, recorded.item.verdict or "")


def _request_of(session: TenantSession, item: AgendaItem) -> FundRequest | None:
    return session.get(FundRequest, item.object_id) if item.object_type == FundRequest.__tablename__ else None


LISTENERS = (
    Listener(PaperSought, find_request),
    Listener(PaperClaimed, attach_request),
    Listener(ItemsSought, find_items),
    Listener(ItemAdded, go_to_committee),
    Listener(OpinionRecorded, receive_opinion),
    Listener(AgreementDrawnUp, agreements.note_drawn_up),
    Listener(AgreementOffered, agreements.note_offered),
    Listener(AgreementSigned, agreements.note_signed),
    Listener(AgreementBroken, agreements.note_broken),
    Listener(FileRead, note_reading),
    Listener(WithdrawalAsked, keep_granted_cash),
    *endorsements.LISTENERS,
)
