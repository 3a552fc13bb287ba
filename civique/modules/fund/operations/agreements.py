"""What the rules of the fund say of the agreement of a granted application, and what becomes of the application with it."""

from civique.core.agreements.declarations import Step
from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import messages
from civique.modules.fund.models import GRANTED, WORKING, ApplicationState, FundApplication
from civique.modules.fund.operations.course import enter, lock, lock_fund, need_state, refuse_linked
from civique.modules.fund.operations.reports import return_money
from tenants.session import TenantSession


def lock_agreed(session: TenantSession, application: FundApplication) -> None:
    """Take an application, and first its fund, for breaking an agreement frees money (FON-05)."""
    lock_fund(session, application)
    lock(session, application)


def check_step(session: TenantSession, application: FundApplication, step: Step) -> None:
    """Whether the agreement of an application may go a step further.

    Raises:
        Refused: ``not_granted``; ``not_to_sign``; ``not_reported``, the project goes on; FON-07, who holds the application acts
            for the applicant alone.
    """
    if step == "draw_up":
        need_state(application, *GRANTED, ApplicationState.CONVENTION, rule="not_granted")
    elif step == "offer":
        need_state(application, *GRANTED, rule="not_granted")
    elif step in {"sign_applicant", "sign_commune"}:
        need_state(application, ApplicationState.CONVENTION, rule="not_to_sign")
    elif step == "end":
        need_state(application, ApplicationState.REPORT, ApplicationState.SETTLED, rule="not_reported")
    if step != "sign_applicant":
        refuse_linked(session, application)


def note_drawn_up(session: TenantSession, happened: AgreementDrawnUp) -> None:
    """An agreement was written; a new version is offered, and its applicant told, as the first one was.

    Raises:
        Refused: FON-10 when a side undertakes nothing, or a fifty-fifty has no day of upkeep.
    """
    application, agreement = happened.about, happened.agreement
    if not isinstance(application, FundApplication):
        return
    if not agreement.duties_of("applicant") or not agreement.duties_of("commune"):
        raise Refused(_("Write at least one thing that each side undertakes."), rule="FON-10")
    if application.fund.preset == "fifty_fifty" and agreement.upkeep_until is None:
        raise Refused(
            _("A fifty-fifty says until when what is made will be looked after. Write this day."),
            "upkeep_until",
            rule="FON-10",
        )
    decision = application.decision
    if application.state == ApplicationState.CONVENTION and agreement.is_draft and decision is not None:
        enter(session, application, decision.kind)


def note_offered(session: TenantSession, happened: AgreementOffered) -> None:
    """The applicant is asked to sign."""
    if isinstance(happened.about, FundApplication):
        enter(session, happened.about, ApplicationState.CONVENTION)


def note_signed(session: TenantSession, happened: AgreementSigned) -> None:
    """Both have signed: the project is under way and money may be paid (FON-09)."""
    if isinstance(happened.about, FundApplication):
        enter(session, happened.about, ApplicationState.UNDER_WAY)
        happened.paragraphs.append(messages.keep_receipts)


def note_broken(session: TenantSession, happened: AgreementBroken) -> None:
    """One side no longer keeps its word: a project that goes on lapses, nothing more is paid, what was not paid comes back
    and what was paid is asked back. After the report only the upkeep ends: the accounts are closed.

    Raises:
        Refused: ``payment_waits``, ``more_than_paid``.
    """
    application = happened.about
    if not isinstance(application, FundApplication):
        return
    asked = 0
    if application.state in WORKING:
        asked = return_money(session, application, happened.because, happened.repay_cents)
        enter(session, application, ApplicationState.LAPSED, happened.because)
    happened.paragraphs.append(lambda: messages.after_a_breach(session, asked))
