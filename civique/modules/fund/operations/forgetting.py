"""What goes with a person, and what goes with time: drafts, then who asked, ten years after the last thing that happened.

The commune must account for its money (CGCT), so an application that was sent stays, with its amounts, its decision and its
agreement. What names the applicant goes: their name, their account and its papers, photos and what they told. One thing that
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
from civique.core.stories.operations import forget_story
from civique.core.stories.queries import worked_since
from civique.modules.fund.models import ApplicationState, Ask, BudgetLine, FundApplication, Payment, Repayment
from civique.modules.fund.operations import applications
from tenants.session import TenantSession

DRAFT_LIFE = timedelta(days=365)
YEARS = 10
"""How long accounting records name people, from the end of the year in which something last happened to an application."""


def forget_draft(session: TenantSession, draft: FundApplication) -> None:
    """A draft goes, with what was said to be brought to it and what tied it to another application."""
    links.forget(session, draft)
    applications.delete_draft(session, draft)


def forget_applicant(session: TenantSession, application: FundApplication) -> None:
    """The applicant leaves an application that was sent. When an organisation carries it, what is theirs is only the tie and,
    when they were paid themselves, their account; otherwise nobody carries it any more, and what could name them goes."""
    freed = _forget_account(application)
    for gift in contributions_to(session, application):
        if application.applicant_id is not None and gift.person_id == application.applicant_id:
            gift.person_id, gift.giver_name = None, ""
    application.applicant_id = None
    if application.organisation_id is None:
        freed += _forget_words(session, application)
    session.flush()
    _drop(session, freed)


def _forget_account(application: FundApplication) -> list[StoredFile]:
    """Who was paid, and where, also in the payments. The name of an organisation or of a supplier stays there.

    Returns:
        Bank papers that nothing refers to any more.
    """
    payee, alone = application.payee, application.organisation_id is None
    theirs = {fold(application.applicant.name)} if application.applicant else set()
    if payee is not None and payee.kind == "applicant":
        theirs.add(fold(payee.name))
    lasting = {fold(payee.name)} if payee is not None and payee.kind in {"organisation", "supplier"} else set()
    for payment in application.payments:
        name = fold(payment.payee_name)
        if name in theirs or (alone and name not in lasting):
            payment.payee_name, payment.iban_end = "", ""
    if payee is None or not (alone or payee.kind == "applicant"):
        return []
    application.payee = None
    return [payee.file] if payee.file is not None else []


def _forget_words(session: TenantSession, application: FundApplication) -> list[StoredFile]:
    """What the applicant told, showed, gave and signed. Returns the files that nothing refers to any more."""
    answers.forget_author(session, application, application.title)
    links.rename(session, application, application.reference or "")
    freed = []
    for item in application.missing:
        freed += [item.file] if item.file is not None else []
        item.answer, item.file = "", None
    application.shown_while_examined = False
    forget_story(session, application.id)
    if application.report is not None:
        application.report.text = ""
    agreements.forget_applicant(session, application)
    search.remove(session, application)
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
        exists().where(model.application_id == FundApplication.id, model.created_at >= limit)
        for model in (BudgetLine, Ask)
    )
    given = exists().where(Contribution.object_id == FundApplication.id, Contribution.created_at >= limit)
    query = select(FundApplication).where(
        FundApplication.state == ApplicationState.DRAFT,
        FundApplication.changed_at < limit,
        ~given,
        *(~one for one in touched),
    )
    drafts = session.scalars(query.with_for_update(of=FundApplication, skip_locked=True)).unique().all()
    for draft in drafts:
        forget_draft(session, draft)
    return len(drafts)


def forget_old(session: TenantSession) -> int:
    """Ten years after the end of the year in which an application ended, or in which something last happened to one that
    nobody ever ended, erase its applicant from it as an erasure does, and the scans of its agreements too. Twice is once.

    Returns:
        How many applications named somebody.
    """
    query = select(FundApplication).where(
        *_still_for_long(), or_(FundApplication.applicant_id.is_not(None), _signed_on_paper())
    )
    old = session.scalars(query.with_for_update(of=FundApplication, skip_locked=True)).unique().all()
    for application in old:
        forget_applicant(session, application)
        _drop(session, agreements.forget_scans(session, application))
        audit.record(session, "fund.applicant_forgotten", application)
    return len(old)


def _still_for_long() -> tuple[ColumnElement[bool], ...]:
    """Nothing happened to the application, to its money or to what it made in the years that accounts are kept for."""
    day = clock.today().replace(year=clock.today().year - YEARS, month=1, day=1)
    moment = datetime(day.year, 1, 1, tzinfo=clock.zone())
    steps = exists().where(CaseStep.object_id == FundApplication.id, CaseStep.at >= moment)
    paid = exists().where(
        Payment.application_id == FundApplication.id, or_(Payment.ordered_on >= day, Payment.paid_on >= day)
    )
    repaid = exists().where(
        Repayment.application_id == FundApplication.id, or_(Repayment.state == "asked", Repayment.received_on >= day)
    )
    upkeep = exists().where(Agreement.object_id == FundApplication.id, Agreement.upkeep_until >= day)
    return (
        FundApplication.state != ApplicationState.DRAFT,
        FundApplication.submitted_at < moment,
        ~steps,
        ~paid,
        ~repaid,
        ~worked_since(FundApplication.id, day),
        ~upkeep,
    )


def _signed_on_paper() -> ColumnElement[bool]:
    return exists().where(
        Agreement.object_id == FundApplication.id,
        Signature.agreement_id == Agreement.id,
        Signature.file_id.is_not(None),
    )
