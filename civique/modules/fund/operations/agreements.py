"""What the rules of the fund say of the agreement of a granted request, and what becomes of the request with it."""

from civique.core.agreements.declarations import Step
from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import messages
from civique.modules.fund.models import GRANTED, WORKING, ApplicationState, FundRequest
from civique.modules.fund.operations.course import enter, lock, lock_fund, need_state, refuse_linked
from civique.modules.fund.operations.reports import return_money
from tenants.session import TenantSession


def lock_agreed(session: TenantSession, request: FundRequest) -> None:
    """Take a request, and first its fund, for breaking an agreement frees money (FON-05)."""
    lock_fund(session, request)
    lock(session, request)


def check_step(session: TenantSession, request: FundRequest, step: Step) -> None:
    """Whether the agreement of a request may go a step further.

    Raises:
        Refused: ``not_granted``; ``not_to_sign``; ``not_reported``, the project goes on; FON-07, who holds the request acts
            for the holder alone.
    """
    if step == "draw_up":
        need_state(request, *GRANTED, ApplicationState.CONVENTION, rule="not_granted")
    elif step == "offer":
        need_state(request, *GRANTED, rule="not_granted")
    elif step in {"sign_holder", "sign_commune"}:
        need_state(request, ApplicationState.CONVENTION, rule="not_to_sign")
    elif step == "end":
        need_state(request, ApplicationState.REPORT, ApplicationState.SETTLED, rule="not_reported")
    if step != "sign_holder":
        refuse_linked(session, request)


def note_drawn_up(session: TenantSession, happened: AgreementDrawnUp) -> None:
    """An agreement was written; a new version is offered, and its holder told, as the first one was.

    Raises:
        Refused: FON-10 when a side undertakes nothing, or a fifty-fifty has no day of upkeep.
    """
    request, agreement = happened.about, happened.agreement
    if not isinstance(request, FundRequest):
        return
    if not agreement.duties_of("holder") or not agreement.duties_of("commune"):
        raise Refused(_("Write at least one thing that each side undertakes."), rule="FON-10")
    if request.fund.preset == "fifty_fifty" and agreement.upkeep_until is None:
        raise Refused(
            _("A fifty-fifty says until when what is made will be looked after. Write this day."),
            "upkeep_until",
            rule="FON-10",
        )
    decision = request.decision
    if request.state == ApplicationState.CONVENTION and agreement.is_draft and decision is not None:
        enter(session, request, decision.kind)


def note_offered(session: TenantSession, happened: AgreementOffered) -> None:
    """The holder is asked to sign."""
    if isinstance(happened.about, FundRequest):
        enter(session, happened.about, ApplicationState.CONVENTION)


def note_signed(session: TenantSession, happened: AgreementSigned) -> None:
    """Both have signed: the project is under way and money may be paid (FON-09)."""
    if isinstance(happened.about, FundRequest):
        enter(session, happened.about, ApplicationState.UNDER_WAY)
        happened.paragraphs.append(messages.keep_receipts)


def note_broken(session: TenantSession, happened: AgreementBroken) -> None:
    """One side no longer keeps its word: a project that goes on lapses, nothing more is paid, what was not paid comes back
    and what was paid is asked back. After the report only the upkeep ends: the accounts are closed.

    Raises:
        Refused: ``payment_waits``, ``more_than_paid``.
    """
    request = happened.about
    if not isinstance(request, FundRequest):
        return
    asked = 0
    if request.state in WORKING:
        asked = return_money(session, request, happened.because, happened.repay_cents)
        enter(session, request, ApplicationState.LAPSED, happened.because)
    happened.paragraphs.append(lambda: messages.after_a_breach(asked))
