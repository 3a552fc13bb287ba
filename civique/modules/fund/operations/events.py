"""Events heard: what a committee reads and says of it, what becomes of agreements, bank papers opened, contributions taken
back."""

from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.committees.events import ItemAdded, ItemsSought, OpinionRecorded
from civique.core.committees.models import AgendaItem
from civique.core.contributions.events import WithdrawalAsked
from civique.core.documents.events import FileRead
from civique.core.events import Listener
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import agreements, examination
from civique.modules.fund.operations.partners import keep_granted_cash
from civique.modules.fund.operations.payments import note_reading
from civique.modules.fund.queries import desk as desk_queries
from tenants.session import TenantSession


def find_items(session: TenantSession, sought: ItemsSought) -> None:
    """Applications that a committee may read, eldest first, or those of these ids."""
    if sought.ids is None:
        found = desk_queries.decidable(session, sought.limit)
    else:
        found = desk_queries.sent(session, sought.ids)
    sought.found.extend(examination.item_source(application) for application in found)


def go_to_committee(session: TenantSession, added: ItemAdded) -> None:
    """An application is on an order of the day."""
    application = _application_of(session, added.item)
    if application is not None:
        examination.go_to_committee(session, application)


def receive_opinion(session: TenantSession, recorded: OpinionRecorded) -> None:
    """A committee said what it thinks of an application."""
    application = _application_of(session, recorded.item)
    if application is not None:
        examination.receive_opinion(session, application, recorded.item.verdict or "")


def _application_of(session: TenantSession, item: AgendaItem) -> FundApplication | None:
    return session.get(FundApplication, item.object_id) if item.object_type == FundApplication.__tablename__ else None


LISTENERS = (
    Listener(ItemsSought, find_items),
    Listener(ItemAdded, go_to_committee),
    Listener(OpinionRecorded, receive_opinion),
    Listener(AgreementDrawnUp, agreements.note_drawn_up),
    Listener(AgreementOffered, agreements.note_offered),
    Listener(AgreementSigned, agreements.note_signed),
    Listener(AgreementBroken, agreements.note_broken),
    Listener(FileRead, note_reading),
    Listener(WithdrawalAsked, keep_granted_cash),
)
