"""The convention of a granted request: what each side does (FON-10), signatures, upkeep, breach."""

from collections.abc import Sequence
from datetime import date, timedelta

from civique.core import clock, settings
from civique.core.commune import Identity, sender_name
from civique.core.conventions import operations as conventions
from civique.core.conventions.models import Convention, Signature
from civique.core.conventions.queries import convention_of
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund import messages, queries
from civique.modules.fund.models import GRANTED, WORKING, ApplicationState, FundRequest
from civique.modules.fund.operations.course import enter, lock, lock_fund, need_state, refuse_linked
from civique.modules.fund.operations.reports import return_money
from tenants.session import TenantSession

AGREEABLE = (*GRANTED, "convention")
"""States in which the agreement may be written."""
LONGEST_UPKEEP = timedelta(days=3653)
"""Ten years [D]: a longer one is a slip of the pen, and a visit is planned every six months."""


def draw_up_convention(
    session: TenantSession,
    request: FundRequest,
    holder_duties: Sequence[str],
    commune_duties: Sequence[str],
    upkeep_until: date | None = None,
    act: str = "",
) -> Convention:
    """Write the convention of a granted request, or write it again while nobody has signed.

    Raises:
        Refused: ``not_granted``; FON-10 when a side undertakes nothing, or a fifty-fifty without day of upkeep;
            ``upkeep_day``, a day that is over or years away; FON-07.
    """
    lock(session, request)
    need_state(request, *AGREEABLE, rule="not_granted")
    duties = [("holder", text.strip(), None) for text in holder_duties if text.strip()]
    duties += [("commune", text.strip(), None) for text in commune_duties if text.strip()]
    if {side for side, _text, _day in duties} != {"holder", "commune"}:
        raise Refused(_("Write at least one thing that each side undertakes."), rule="FON-10")
    if request.fund.preset == "fifty_fifty" and upkeep_until is None:
        raise Refused(
            _("A fifty-fifty says until when what is made will be looked after. Write this day."),
            "upkeep_until",
            rule="FON-10",
        )
    if upkeep_until is not None and not clock.today() < upkeep_until <= clock.today() + LONGEST_UPKEEP:
        raise Refused(
            _("Write a day to come, within %(years)s years.", years=LONGEST_UPKEEP.days // 365),
            "upkeep_until",
            rule="upkeep_day",
        )
    refuse_linked(session, request)
    decision = request.decision
    commune = sender_name(session.tenant, settings.get(session, Identity))
    convention = conventions.draw_up(
        session,
        request,
        duties,
        title=request.title,
        purpose=request.purpose,
        holder_name=queries.whom(request),
        commune_name=commune,
        amount_cents=request.granted_cents - request.returned_cents,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        upkeep_until=upkeep_until,
        act=act or (decision.act if decision else ""),
    )
    if request.state == ApplicationState.CONVENTION and convention.state == "draft" and decision is not None:
        enter(session, request, decision.kind)  # a new version is offered, and its holder told, as the first one was
    return convention


def offer_convention(session: TenantSession, request: FundRequest) -> Convention:
    """The convention is ready: the holder is asked to sign, by code or on paper.

    Raises:
        Refused: ``no_convention``, ``not_granted``, FON-07. Refused: from the convention.
    """
    lock(session, request)
    convention = _convention(session, request)
    if request.state == ApplicationState.CONVENTION and convention.state == "to_sign":
        return convention
    need_state(request, *GRANTED, rule="not_granted")
    refuse_linked(session, request)
    # The decision may have been corrected since this was written.
    convention.amount_cents = request.granted_cents - request.returned_cents
    conventions.offer_to_sign(session, convention)
    enter(session, request, ApplicationState.CONVENTION)
    messages.to_sign(session, request, convention)
    return convention


def sign_convention(
    session: TenantSession,
    request: FundRequest,
    side: str,
    *,
    name: str,
    means: str,
    function: str = "",
    person: Person | None = None,
    file: StoredFile | None = None,
    on: date | None = None,
    revision: int | None = None,
) -> Signature:
    """One side signs; once both have, the project is under way and money may be paid (FON-09).

    Raises:
        Refused: ``no_convention``; ``not_to_sign``, the request is no longer there; ``day_to_come``; FON-07, who holds
            the request does not sign for the commune. Refused, StaleDataError: from the convention.
    """
    if on is not None and on > clock.today():
        raise Refused(_("This day is still to come."), "on", rule="day_to_come")
    lock(session, request)
    convention = _convention(session, request)
    if convention.state == "to_sign":
        need_state(request, ApplicationState.CONVENTION, rule="not_to_sign")
    if side == "commune":
        refuse_linked(session, request)
    signature = conventions.sign(
        session,
        convention,
        side,
        name=name,
        means=means,
        function=function,
        person=person,
        file=file,
        on=on,
        revision=revision,
    )
    if convention.state == "signed":
        enter(session, request, ApplicationState.UNDER_WAY)
        if convention.upkeep_until is not None:
            _plan_checks(session, convention)
        messages.signed(session, request, convention)
    return signature


def _plan_checks(session: TenantSession, convention: Convention) -> None:
    """A visit every six months until the day of upkeep, and one on that day."""
    assert convention.upkeep_until is not None, "the caller checked"
    day = clock.today() + timedelta(days=182)
    while day < convention.upkeep_until:
        conventions.plan_check(session, convention, day)
        day += timedelta(days=182)
    conventions.plan_check(session, convention, convention.upkeep_until)


def break_convention(
    session: TenantSession, request: FundRequest, because: str, repay_cents: int | None = None
) -> None:
    """One side no longer keeps its word (LO-1: rupture): a project that goes on lapses, nothing more is paid, what was
    not paid comes back and what was paid is asked back. After the report only the upkeep ends: the accounts are closed.

    Args:
        repay_cents: what is asked back; by default all that was paid.

    Raises:
        Refused: ``no_convention``, ``payment_waits``, ``more_than_paid``. Refused: from the convention.
    """
    lock_fund(session, request)
    lock(session, request)
    refuse_linked(session, request)
    conventions.break_off(session, _convention(session, request), because)
    asked = 0
    if request.state in WORKING:
        asked = return_money(session, request, because, repay_cents)
        enter(session, request, ApplicationState.LAPSED, because)
    messages.broken(session, request, because, asked)


def _convention(session: TenantSession, request: FundRequest) -> Convention:
    convention = convention_of(session, request)
    if convention is None:
        raise Refused(_("Write the agreement first."), rule="no_convention")
    return convention
