"""A request on the holder's side: drafted in three steps, sent, completed, withdrawn."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from civique.core import audit, clock, settings
from civique.core.answers import operations as answers
from civique.core.cases.models import MissingItem
from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to
from civique.core.documents.models import StoredFile
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.links import End, link
from civique.core.people.models import Person
from civique.core.references import next_reference
from civique.core.refused import Refused
from civique.modules.fund import messages, queries
from civique.modules.fund.models import ApplicationState, Ask, BudgetLine, Fund, FundRequest
from civique.modules.fund.operations.course import enter, lock, need_state
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

MOST_LINES = 30
LONGEST = 5
"""Years after the fund's own in which a project may still end."""


def start_request(session: TenantSession, fund: Fund, holder: Person, **facts: Any) -> FundRequest:
    """Start a request as a draft: it can be left and taken up again.

    Raises:
        Refused: ``not_open``; ``dates`` outside the fund's period.
    """
    _refuse_closed(fund)
    _refuse_dates(fund, facts.get("starts_on"), facts.get("ends_on"))
    request = FundRequest(fund_id=fund.id, holder_id=holder.id, folded=fold(facts["title"])[:120], **facts)
    session.add(request)
    session.flush()
    session.refresh(request, ["fund", "organisation", "territory"])
    audit.record(session, "fund.request_started", request)
    return request


def ask_again(session: TenantSession, fund: Fund, former: FundRequest, holder: Person) -> FundRequest:
    """Start another request for the same project: the cap counts them together (FON-03).

    Raises:
        Refused: as :func:`start_request`.
    """
    request = start_request(
        session,
        fund,
        holder,
        title=former.title,
        purpose=former.purpose,
        place=former.place,
        territory_id=former.territory_id,
        organisation_id=former.organisation_id,
        project_id=former.project_id,
    )
    link(
        session,
        "follows",
        End(request, request.title, f"/fonds/demandes/{request.id}"),
        End(former, former.title, f"/fonds/demandes/{former.id}"),
    )
    return request


def change_request(session: TenantSession, request: FundRequest, **facts: Any) -> None:
    """Change a draft, or a request sent back to be completed.

    Raises:
        Refused: ``not_draft``; ``dates`` outside the fund's period.
    """
    _take_to_change(session, request)
    _refuse_dates(request.fund, facts.get("starts_on", request.starts_on), facts.get("ends_on", request.ends_on))
    for name, value in facts.items():
        setattr(request, name, value)
    request.folded = fold(request.title)[:120]
    session.flush()


def add_line(session: TenantSession, request: FundRequest, label: str, amount_cents: int, kind: str) -> BudgetLine:
    """Add a cost.

    Raises:
        Refused: FON-02 for an investment (bien durable), ``not_draft``, ``too_many_lines`` beyond 30.
    """
    _take_to_change(session, request)
    if kind != "running":
        raise Refused(
            _(
                "The fund pays what is used up by the project, not what stays for years. Remove this cost, or ask the town hall whether it can lend you the thing."
            ),
            "kind",
            rule="FON-02",
        )
    if len(request.lines) >= MOST_LINES:
        raise Refused(_("Thirty costs at most. Group the small ones."), "costs", rule="too_many_lines")
    position = max((line.position for line in request.lines), default=0) + 1
    line = BudgetLine(label=label, amount_cents=amount_cents, kind=kind, position=position)
    request.lines.append(line)
    session.flush()
    return line


def remove_line(session: TenantSession, request: FundRequest, line_id: UUID) -> None:
    """Take a cost out; one that is gone already changes nothing."""
    _take_to_change(session, request)
    request.lines = [line for line in request.lines if line.id != line_id]
    session.flush()


def add_ask(
    session: TenantSession, request: FundRequest, nature: str, description: str, quantity: Decimal, unit: str = ""
) -> Ask:
    """Ask for things or for time, beside money (FON-06).

    Raises:
        Refused: ``not_draft``, ``too_many_lines``.
    """
    _take_to_change(session, request)
    if len(request.asks) >= MOST_LINES:
        raise Refused(_("Thirty costs at most. Group the small ones."), "costs", rule="too_many_lines")
    position = max((ask.position for ask in request.asks), default=0) + 1
    ask = Ask(nature=nature, description=description, quantity=quantity, unit=unit, position=position)
    request.asks.append(ask)
    session.flush()
    return ask


def remove_ask(session: TenantSession, request: FundRequest, ask_id: UUID) -> None:
    """Take an ask out; one that is gone already changes nothing."""
    _take_to_change(session, request)
    request.asks = [ask for ask in request.asks if ask.id != ask_id]
    session.flush()


def add_support(session: TenantSession, request: FundRequest, nature: str, **facts: Any) -> Contribution:
    """Say what the holder or others bring to the project: the other resources of FON-04.

    Raises:
        Refused: ``not_draft``, ``too_many_lines``.
    """
    _take_to_change(session, request)
    if len(contributions_to(session, request)) >= MOST_LINES:
        raise Refused(_("Thirty costs at most. Group the small ones."), "costs", rule="too_many_lines")
    return contributions.promise(session, request, nature, **facts)


def remove_support(session: TenantSession, request: FundRequest, contribution_id: UUID) -> None:
    """Take a support out; one that is gone already changes nothing."""
    _take_to_change(session, request)
    found = next((c for c in contributions_to(session, request) if c.id == contribution_id), None)
    if found is not None:
        session.delete(found)
        session.flush()


def submit_request(session: TenantSession, request: FundRequest) -> None:
    """Send the request: it receives its reference, an answer is due, a receipt leaves (art. L112-8 CRPA).

    Sending it twice changes nothing.

    Raises:
        Refused: ``not_open``, ``nothing_asked``, ``no_lines``, ``more_than_cost`` (an amount above the costs), FON-04
            (no other resource), FON-03 (above the cap), ``charter`` (an association that has not accepted the contrat
            d'engagement républicain, décret 2021-1947), FON-09 (a report of the same holder is late).
    """
    lock(session, request)
    if request.state != ApplicationState.DRAFT:
        return
    fund = request.fund
    _refuse_closed(fund)
    call = queries.open_call(session, fund) if fund.rhythm == "calls" else None
    _refuse_incomplete(session, request)
    late = queries.late_reports(session, request)
    if late:
        raise Refused(
            _(
                "The report of « %(title)s » is late. Send it first: it takes ten minutes, and the town hall can help.",
                title=late[0].title,
            ),
            rule="FON-09",
        )
    request.reference = next_reference(session, "FIC")
    request.call_id = call.id if call else None
    request.rules_version = fund.rules_version
    request.submitted_at = clock.now()
    enter(session, request, ApplicationState.SUBMITTED)
    due = clock.today() + timedelta(days=settings.get(session, FundSettings).answer_days)
    answers.open_answer(
        session,
        request,
        module="fund",
        title=request.title,
        whom=queries.whom(request),
        due_on=due,
        channel=request.channel,
        path=f"/mairie/fonds/demandes/{request.id}",
    )
    messages.received(session, request, due)


def need_whole(session: TenantSession, request: FundRequest) -> None:
    """What a request must hold to be sent, declared complete or helped, whatever its holder changed since.

    Raises:
        Refused: ``nothing_asked``, ``no_lines``, ``more_than_cost``, FON-04, ``charter``.
    """
    if request.amount_asked_cents <= 0 and not request.asks:
        raise Refused(
            _("Say what you ask from the fund: money, things, or somebody’s time."),
            "amount_asked_cents",
            rule="nothing_asked",
        )
    if request.amount_asked_cents > 0 and not request.lines:
        raise Refused(_("Add at least one cost."), "costs", rule="no_lines")
    if request.amount_asked_cents > request.total_cents:
        raise Refused(
            _(
                "You ask for more than the project costs (%(total)s). Add costs, or lower the amount.",
                total=money(request.total_cents),
            ),
            "amount_asked_cents",
            rule="more_than_cost",
        )
    supports = contributions_to(session, request)
    in_kind = [support for support in supports if support.nature != "financial"]
    if not supports or (request.amount_asked_cents >= request.total_cents > 0 and not in_kind):
        raise Refused(
            _(
                "The fund helps beside others: say at least one thing that you or others bring (money, things, or simply hours of your time)."
            ),
            "supports",
            rule="FON-04",
        )
    association = request.organisation is not None and request.organisation.kind == "association"
    if association and request.charter_accepted_at is None:
        raise Refused(
            _(
                "An association accepts the contrat d’engagement républicain before it receives public help. Tick the box."
            ),
            "charter",
            rule="charter",
        )


def _refuse_incomplete(session: TenantSession, request: FundRequest) -> None:
    need_whole(session, request)
    if request.amount_asked_cents > (request.fund.cap_cents or 0):
        raise above_cap(request.fund)


def accept_charter(session: TenantSession, request: FundRequest) -> None:
    """The association accepts the contrat d'engagement républicain (décret 2021-1947, for cash and in-kind aid)."""
    request.charter_accepted_at = request.charter_accepted_at or clock.now()
    session.flush()


def take_request(
    session: TenantSession,
    fund: Fund,
    holder: Person,
    *,
    lines: Sequence[tuple[str, int]],
    supports: Sequence[tuple[str, dict[str, Any]]],
    asks: Sequence[tuple[str, str, Decimal, str]] = (),
    amount_asked_cents: int = 0,
    **facts: Any,
) -> FundRequest:
    """Enter a request for somebody who came, wrote or called: same rights, same receipt (as a letter without e-mail).

    The charter counts as accepted when the paper form says so (``charter_accepted_at`` among the facts).

    Raises:
        Refused: as :func:`start_request`, :func:`add_line` and :func:`submit_request`.
    """
    request = start_request(session, fund, holder, **facts)
    for label, cents in lines:
        add_line(session, request, label, cents, "running")
    for nature, description, quantity, unit in asks:
        add_ask(session, request, nature, description, quantity, unit)
    for nature, brought in supports:
        add_support(session, request, nature, **brought)
    change_request(session, request, amount_asked_cents=amount_asked_cents)
    submit_request(session, request)
    return request


def give_missing(
    session: TenantSession, request: FundRequest, item: MissingItem, answer: str, file: StoredFile | None = None
) -> None:
    """The holder gives something that was missing; with the last one the request goes back to the mairie.

    Raises:
        Refused: ``not_waiting``, ``given_already``, ``nothing_given``; with the last one, as :func:`submit_request` for what was changed
            in the meantime.
    """
    lock(session, request)
    need_state(request, ApplicationState.TO_COMPLETE)
    session.refresh(item)
    if item.given_at is not None:
        raise Refused(_("This was given in the meantime: read it below. Nothing was changed."), rule="given_already")
    if not answer.strip() and file is None:
        raise Refused(_("Write a few words, or add a file."), "answer", rule="nothing_given")
    last = all(other.given_at for other in request.missing if other is not item)
    if last:
        _refuse_incomplete(session, request)
    item.answer, item.file_id, item.given_at = answer, file.id if file else None, clock.now()
    session.flush()
    audit.record(session, "fund.missing_given", request)
    if last:
        enter(session, request, ApplicationState.SUBMITTED)
        due = clock.today() + timedelta(days=settings.get(session, FundSettings).answer_days)
        answers.resume_answer(session, request)
        answers.postpone_answer(session, request, due)


def delete_draft(session: TenantSession, request: FundRequest) -> None:
    """Throw a draft away, with what was said to be brought to it."""
    lock(session, request)
    need_state(request, ApplicationState.DRAFT, rule="not_draft")
    for support in contributions_to(session, request):
        session.delete(support)
    session.delete(request)
    session.flush()


def not_open(opens_on: date | None = None) -> Refused:
    """Refusal of what comes while the fund takes no request, with the day on which it opens when it is known."""
    if opens_on is None:
        return Refused(_("The fund does not take requests at the moment. Your draft is kept."), rule="not_open")
    day = long_date(opens_on)
    return Refused(_("Requests open on %(opens_on)s. Your draft is kept.", opens_on=day), rule="not_open")


def above_cap(fund: Fund, others_cents: int = 0) -> Refused:
    """Refusal of an amount above the cap of the fund (FON-03).

    Args:
        others_cents: what other requests of the same project received this year.
    """
    cap = money(fund.cap_cents or 0)
    if not others_cents:
        sentence = _("At most %(cap)s for one project. Lower the amount.", cap=cap)
    else:
        others = money(others_cents)
        sentence = _(
            "At most %(cap)s for one project in a year, of which %(others)s are granted already.",
            cap=cap,
            others=others,
        )
    return Refused(sentence, "amount_cents", rule="FON-03")


def _refuse_closed(fund: Fund) -> None:
    today = clock.today()
    early = fund.opens_on is not None and today < fund.opens_on
    late = fund.closes_on is not None and today > fund.closes_on
    if fund.state != "open" or early or late:
        raise not_open(fund.opens_on if early else None)
    if fund.rhythm == "calls" and not any(call.opens_on <= today <= call.closes_on for call in fund.calls):
        coming = min((call.opens_on for call in fund.calls if call.opens_on > today), default=None)
        raise not_open(coming)


def _refuse_dates(fund: Fund, starts_on: date | None, ends_on: date | None) -> None:
    """A project begins in the fund's year or the next one, and ends within five years [D]."""
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refused(_("The last day comes before the first one."), "ends_on", rule="dates_backwards")
    if starts_on is not None and not fund.year <= starts_on.year <= fund.year + 1:
        raise Refused(
            _("A project of this fund begins in %(year)s or the year after.", year=fund.year), "starts_on", rule="dates"
        )
    if ends_on is not None and not fund.year <= ends_on.year <= fund.year + LONGEST:
        raise Refused(
            _("A project of this fund ends in %(year)s at the latest.", year=fund.year + LONGEST),
            "ends_on",
            rule="dates_far",
        )


def _take_to_change(session: TenantSession, request: FundRequest) -> None:
    """Lock a request that its holder may change: another tab that sends it meanwhile waits, or is waited for."""
    lock(session, request)
    need_state(request, ApplicationState.DRAFT, ApplicationState.TO_COMPLETE, rule="not_draft")
