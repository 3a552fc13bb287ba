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
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import agreements, endorsements, examination
from civique.modules.fund.operations.partners import keep_granted_cash
from civique.modules.fund.operations.payments import note_reading
from civique.modules.fund.queries import desk as desk_queries
from tenants.session import TenantSession


def find_application(session: TenantSession, sought: PaperSought) -> None:
    """An application that did not come by the site."""
    here = FundApplication.id == sought.object_id if sought.object_type == FundApplication.__tablename__ else None
    named = FundApplication.reference == sought.reference if sought.reference else None
    asked = [condition for condition in (here, named) if condition is not None]
    if not asked:
        return
    query = select(FundApplication).where(
        or_(*asked), FundApplication.channel != "web", FundApplication.state != ApplicationState.DRAFT
    )
    for r in session.scalars(query).unique():
        applicant = get_person(session, r.applicant_id)
        name = applicant.name if applicant else ""
        sought.found.append(
            Paper(r, r.reference or "", r.title, name, r.applicant_id, f"/mairie/fonds/demandes/{r.id}")
        )


def attach_application(session: TenantSession, claimed: PaperClaimed) -> None:
    """It is this person's: they follow it and answer for it."""
    application = (
        session.get(FundApplication, claimed.object_id)
        if claimed.object_type == FundApplication.__tablename__
        else None
    )
    if application is None:
        return
    application.applicant_id = claimed.person_id
    session.flush()
    applicant = get_person(session, claimed.person_id)
    if applicant is not None:
        withdraw_endorsement(session, application, applicant)  # nobody supports their own application
    audit.record(session, "fund.application_attached", application)


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
    Listener(PaperSought, find_application),
    Listener(PaperClaimed, attach_application),
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
