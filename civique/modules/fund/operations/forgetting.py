"""What goes with a person, and what goes with time: drafts, then who asked, ten years after the last thing that happened.

The commune must account for its money (CGCT), so a request that was sent stays, with its amounts, its decision and its
agreement. What names the holder goes: their name, their account and its papers, photos and what they told. One thing that
bears their name stays for the ten years of accounting records, the scan of a signed agreement: it is the voucher of a
payment. It is no longer tied to the person, and holds no account number.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from civique.core import audit, clock, links, search
from civique.core.agreements import forgetting as agreements
from civique.core.agreements.models import Agreement, Signature
from civique.core.answers import operations as answers
from civique.core.cases.models import CaseStep
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.folding import fold
from civique.modules.fund.models import ApplicationState, Ask, BudgetLine, FundRequest, LogEntry, Payment, Repayment
from civique.modules.fund.operations import requests
from tenants.session import TenantSession

DRAFT_LIFE = timedelta(days=365)
YEARS = 10
"""How long accounting records name people, from the end of the year in which something last happened to a request."""


def forget_draft(session: TenantSession, draft: FundRequest) -> None:
    """A draft goes, with what was said to be brought to it and what tied it to another request."""
    links.forget(session, draft)
    requests.delete_draft(session, draft)


def forget_holder(session: TenantSession, request: FundRequest) -> None:
    """The holder leaves a request that was sent. When an organisation carries it, what is theirs is only the tie and,
    when they were paid themselves, their account; otherwise nobody carries it any more, and what could name them goes."""
    freed = _forget_account(request)
    for gift in contributions_to(session, request):
        if request.holder_id is not None and gift.person_id == request.holder_id:
            gift.person_id, gift.giver_name = None, ""
    request.holder_id = None
    if request.organisation_id is None:
        freed += _forget_words(session, request)
    session.flush()
    _drop(session, freed)


def _forget_account(request: FundRequest) -> list[StoredFile]:
    """Who was paid, and where, also in the payments. The name of an organisation or of a supplier stays there.

    Returns:
        Bank papers that nothing refers to any more.
    """
    payee, alone = request.payee, request.organisation_id is None
    theirs = {fold(request.holder.name)} if request.holder else set()
    if payee is not None and payee.kind == "holder":
        theirs.add(fold(payee.name))
    lasting = {fold(payee.name)} if payee is not None and payee.kind in {"organisation", "supplier"} else set()
    for payment in request.payments:
        name = fold(payment.payee_name)
        if name in theirs or (alone and name not in lasting):
            payment.payee_name, payment.iban_end = "", ""
    if payee is None or not (alone or payee.kind == "holder"):
        return []
    request.payee = None
    return [payee.file] if payee.file is not None else []


def _forget_words(session: TenantSession, request: FundRequest) -> list[StoredFile]:
    """What the holder told, showed, gave and signed. Returns the files that nothing refers to any more."""
    answers.forget_author(session, request, request.title)
    links.rename(session, request, request.reference or "")
    freed = [picture.file for picture in request.pictures]
    for item in request.missing:
        freed += [item.file] if item.file is not None else []
        item.answer, item.file = "", None
    request.shown_while_examined = False
    request.story, request.story_published_at = "", None
    request.pictures.clear()
    request.log.clear()
    if request.report is not None:
        request.report.text = ""
    agreements.forget_holder(session, request)
    search.remove(session, request)
    return freed


def _drop(session: TenantSession, files: list[StoredFile]) -> None:
    for file in {file.id: file for file in files}.values():
        drop_file(session, file)


# With time -----------------------------------------------------------------------------------------------------------


def forget_drafts(session: TenantSession) -> int:
    """Erase the drafts that nobody touched for a year. Twice is once.

    Returns:
        How many went.
    """
    limit = clock.now() - DRAFT_LIFE
    touched = (
        exists().where(model.request_id == FundRequest.id, model.created_at >= limit) for model in (BudgetLine, Ask)
    )
    given = exists().where(Contribution.object_id == FundRequest.id, Contribution.created_at >= limit)
    query = select(FundRequest).where(
        FundRequest.state == ApplicationState.DRAFT, FundRequest.changed_at < limit, ~given, *(~one for one in touched)
    )
    drafts = session.scalars(query.with_for_update(of=FundRequest, skip_locked=True)).unique().all()
    for draft in drafts:
        forget_draft(session, draft)
    return len(drafts)


def forget_old(session: TenantSession) -> int:
    """Ten years after the end of the year in which a request ended, or in which something last happened to one that
    nobody ever ended, erase its holder from it as an erasure does, and the scans of its agreements too. Twice is once.

    Returns:
        How many requests named somebody.
    """
    query = select(FundRequest).where(*_still_for_long(), or_(FundRequest.holder_id.is_not(None), _signed_on_paper()))
    old = session.scalars(query.with_for_update(of=FundRequest, skip_locked=True)).unique().all()
    for request in old:
        forget_holder(session, request)
        _drop(session, agreements.forget_scans(session, request))
        audit.record(session, "fund.holder_forgotten", request)
    return len(old)


def _still_for_long() -> tuple[ColumnElement[bool], ...]:
    """Nothing happened to the request, to its money or to what it made in the years that accounts are kept for."""
    day = clock.today().replace(year=clock.today().year - YEARS, month=1, day=1)
    moment = datetime(day.year, 1, 1, tzinfo=clock.zone())
    steps = exists().where(CaseStep.object_id == FundRequest.id, CaseStep.at >= moment)
    paid = exists().where(Payment.request_id == FundRequest.id, or_(Payment.ordered_on >= day, Payment.paid_on >= day))
    repaid = exists().where(
        Repayment.request_id == FundRequest.id, or_(Repayment.state == "asked", Repayment.received_on >= day)
    )
    work = exists().where(LogEntry.request_id == FundRequest.id, LogEntry.day >= day)
    upkeep = exists().where(Agreement.object_id == FundRequest.id, Agreement.upkeep_until >= day)
    return (
        FundRequest.state != ApplicationState.DRAFT,
        FundRequest.submitted_at < moment,
        ~steps,
        ~paid,
        ~repaid,
        ~work,
        ~upkeep,
    )


def _signed_on_paper() -> ColumnElement[bool]:
    return exists().where(
        Agreement.object_id == FundRequest.id,
        Signature.agreement_id == Agreement.id,
        Signature.file_id.is_not(None),
    )
