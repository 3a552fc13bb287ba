"""Writing the fund: each function is a clerk's verb and says which rule it keeps."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, search, settings
from civique.core.answers import operations as answers
from civique.core.folding import fold
from civique.core.people.models import Person
from civique.core.references import next_reference
from civique.modules.fund import messages, queries
from civique.modules.fund.models import EXAMINED, BudgetLine, Decision, Fund, FundRequest, RequestStep
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession


class RuleBroken(ValueError):
    """A rule of the fund forbids it. ``rule`` is its number, ``facts`` what the sentence needs (amounts in cents)."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts


# The fund of a year --------------------------------------------------------------------------------------------------


def prepare_fund(session: TenantSession, year: int, **facts: Any) -> Fund:
    """Start the fund of a year, in preparation: nobody sees it yet.

    Raises:
        RuleBroken: ``one_a_year``, there is one already.
    """
    if session.scalars(select(Fund).where(Fund.year == year)).first() is not None:
        raise RuleBroken("one_a_year", year=year)
    fund = Fund(year=year, **facts)
    session.add(fund)
    session.flush()
    audit.record(session, "fund.prepared", fund, year=year)
    return fund


def change_fund(session: TenantSession, fund: Fund, revision: int, **facts: Any) -> None:
    """Change the rules of a fund. The envelope cannot go under what is granted.

    Raises:
        StaleDataError: a colleague changed it in the meantime.
        RuleBroken: FON-01 (an open fund made incomplete), FON-05 (envelope under the grants).
    """
    session.refresh(fund, with_for_update=True)
    if fund.revision != revision:
        raise StaleDataError
    granted = queries.granted_cents(session, fund)
    for name, value in facts.items():
        setattr(fund, name, value)
    if fund.state != "preparing":
        _refuse_incomplete(fund)
    if granted > (fund.envelope_cents or 0):
        envelope = fund.envelope_cents
        session.expire(fund)
        raise RuleBroken("FON-05", granted=granted, envelope=envelope)
    session.flush()
    audit.record(session, "fund.changed", fund, fields=" ".join(sorted(facts)))


def open_fund(session: TenantSession, fund: Fund) -> None:
    """Open the fund to requests (FON-01).

    Raises:
        RuleBroken: FON-01, with the names of what is missing.
    """
    _refuse_incomplete(fund)
    fund.state = "open"
    session.flush()
    audit.record(session, "fund.opened", fund)


def close_fund(session: TenantSession, fund: Fund) -> None:
    """No more requests this year; those that are there are examined to the end."""
    fund.state = "closed"
    session.flush()
    audit.record(session, "fund.closed", fund)


def _refuse_incomplete(fund: Fund) -> None:
    needed = ("envelope_cents", "cap_cents", "eligible_costs", "decision_maker")
    missing = [name for name in needed if not getattr(fund, name)]
    if missing:
        raise RuleBroken("FON-01", missing=missing)


# A request, on the holder's side -------------------------------------------------------------------------------------


def start_request(session: TenantSession, fund: Fund, holder: Person, **facts: Any) -> FundRequest:
    """Start a request as a draft: it can be left and taken up again.

    Raises:
        RuleBroken: ``not_open``.
    """
    _refuse_closed(fund)
    request = FundRequest(fund_id=fund.id, holder_id=holder.id, folded=fold(facts["title"])[:120], **facts)
    session.add(request)
    session.flush()
    session.refresh(request, ["fund", "organisation", "territory"])
    audit.record(session, "fund.request_started", request)
    return request


def change_request(session: TenantSession, request: FundRequest, **facts: Any) -> None:
    """Change a draft.

    Raises:
        RuleBroken: ``not_draft``.
    """
    _refuse_unless_draft(request)
    for name, value in facts.items():
        setattr(request, name, value)
    request.folded = fold(request.title)[:120]
    session.flush()


def add_line(session: TenantSession, request: FundRequest, label: str, amount_cents: int, kind: str) -> BudgetLine:
    """Add a cost to a draft.

    Raises:
        RuleBroken: FON-02 for an investment (bien durable), ``not_draft``, ``too_many_lines`` beyond 30.
    """
    _refuse_unless_draft(request)
    if kind != "running":
        raise RuleBroken("FON-02")
    if len(request.lines) >= 30:
        raise RuleBroken("too_many_lines")
    position = max((line.position for line in request.lines), default=0) + 1
    line = BudgetLine(label=label, amount_cents=amount_cents, kind=kind, position=position)
    request.lines.append(line)
    session.flush()
    return line


def remove_line(session: TenantSession, request: FundRequest, line_id: UUID) -> None:
    """Take a cost out of a draft; one that is gone already changes nothing."""
    _refuse_unless_draft(request)
    request.lines = [line for line in request.lines if line.id != line_id]
    session.flush()


def submit_request(session: TenantSession, request: FundRequest) -> None:
    """Send the request: it receives its reference, an answer is due, a receipt leaves (art. L112-8 CRPA).

    Sending it twice changes nothing.

    Raises:
        RuleBroken: ``not_open``, ``no_lines``, ``no_amount``, ``more_than_cost`` (FON-04: the fund co-finances),
            FON-03 when the amount is above the cap.
    """
    session.refresh(request, with_for_update={"of": FundRequest})
    if request.state != "draft":
        return
    _refuse_closed(request.fund)
    if not request.lines:
        raise RuleBroken("no_lines")
    if request.amount_asked_cents <= 0:
        raise RuleBroken("no_amount")
    if request.amount_asked_cents > request.total_cents:
        raise RuleBroken("more_than_cost", total=request.total_cents)
    if request.amount_asked_cents > (request.fund.cap_cents or 0):
        raise RuleBroken("FON-03", cap=request.fund.cap_cents, others=0)
    request.reference = next_reference(session, "FIC")
    request.submitted_at = clock.now()
    _enter(session, request, "submitted")
    due = clock.today() + timedelta(days=settings.get(session, FundSettings).answer_days)
    answers.open_answer(
        session, request, module="fund", title=request.title, whom=whom(request), due_on=due, channel=request.channel,
        path=f"/mairie/fonds/demandes/{request.id}",
    )  # fmt: skip
    messages.received(session, request, due)


def take_request(
    session: TenantSession,
    fund: Fund,
    holder: Person,
    *,
    label: str,
    total_cents: int,
    amount_asked_cents: int,
    **facts: Any,
) -> FundRequest:
    """Enter a request for somebody who came, wrote or called: same rights, same receipt (as a letter without e-mail).

    Raises:
        RuleBroken: as :func:`start_request`, :func:`add_line` and :func:`submit_request`.
    """
    request = start_request(session, fund, holder, **facts)
    add_line(session, request, label, total_cents, "running")
    change_request(session, request, amount_asked_cents=amount_asked_cents)
    submit_request(session, request)
    return request


def withdraw_request(session: TenantSession, request: FundRequest) -> None:
    """The holder gives up: nothing is owed any more.

    Raises:
        RuleBroken: ``already_decided``.
    """
    session.refresh(request, with_for_update={"of": FundRequest})
    if request.state not in EXAMINED:
        raise RuleBroken("already_decided")
    _enter(session, request, "withdrawn")
    answers.drop_answer(session, request)


def delete_draft(session: TenantSession, request: FundRequest) -> None:
    """Throw a draft away."""
    _refuse_unless_draft(request)
    session.delete(request)
    session.flush()


# A request, on the mairie's side -------------------------------------------------------------------------------------


def declare_admissible(session: TenantSession, request: FundRequest, revision: int) -> None:
    """The file is complete and within the rules: it goes to the decision.

    Raises:
        StaleDataError: a colleague changed the file. RuleBroken: ``not_waiting``.
    """
    _lock(session, request, revision)
    if request.state != "submitted":
        raise RuleBroken("not_waiting")
    _enter(session, request, "admissible")


def declare_inadmissible(session: TenantSession, request: FundRequest, motive: str, revision: int) -> None:
    """The request is outside the fund's rules; the holder reads why, and what can be done (FON-08).

    Raises:
        StaleDataError, RuleBroken: ``not_waiting``; FON-08 without motive.
    """
    _lock(session, request, revision)
    if request.state != "submitted":
        raise RuleBroken("not_waiting")
    _need_motive(motive)
    _enter(session, request, "inadmissible", motive)
    answers.close_answer(session, request)
    messages.inadmissible(session, request, motive)


def decide_request(
    session: TenantSession, request: FundRequest, amount_cents: int, motive: str, revision: int
) -> Decision:
    """Grant in full, in part, or refuse (an amount of 0).

    The fund's row is locked first: decisions taken at once on the last euros wait for each other, and the second sees
    what the first left (FON-05).

    Raises:
        StaleDataError: a colleague changed the file.
        RuleBroken: FON-03 above the cap for this project this year, FON-05 above what is left, FON-08 without motive
            for a refusal or a part, ``more_than_asked``, ``not_admissible``.
    """
    fund = session.scalars(select(Fund).where(Fund.id == request.fund_id).with_for_update()).one()
    _lock(session, request, revision)
    if request.state != "admissible":
        raise RuleBroken("not_admissible")
    decision = _decide(session, fund, request, amount_cents, motive)
    answers.close_answer(session, request)
    messages.decided(session, request, decision)
    return decision


def correct_decision(
    session: TenantSession, request: FundRequest, amount_cents: int, motive: str, because: str, revision: int
) -> Decision:
    """Replace a mistaken decision: the former one stays readable, the holder is told what was wrong.

    Raises:
        As :func:`decide_request`; RuleBroken ``not_decided``, and FON-08 without the reason of the correction.
    """
    fund = session.scalars(select(Fund).where(Fund.id == request.fund_id).with_for_update()).one()
    _lock(session, request, revision)
    former = request.decision
    if former is None:
        raise RuleBroken("not_decided")
    _need_motive(because)
    former.replaced_at, former.replaced_because = clock.now(), because
    session.flush()
    decision = _decide(session, fund, request, amount_cents, motive, because)
    messages.corrected(session, request, decision, because)
    return decision


def _decide(
    session: TenantSession, fund: Fund, request: FundRequest, amount: int, motive: str, because: str = ""
) -> Decision:
    """The checks and the row that a first decision and a correction share; the fund is locked by the caller."""
    if amount > request.amount_asked_cents:
        raise RuleBroken("more_than_asked", asked=request.amount_asked_cents)
    others = queries.project_granted_cents(session, request)
    if amount + others > (fund.cap_cents or 0):
        raise RuleBroken("FON-03", cap=fund.cap_cents, others=others)
    left = (fund.envelope_cents or 0) - queries.granted_cents(session, fund)
    if amount > left:
        raise RuleBroken("FON-05", left=left)
    kind = "refused" if amount == 0 else "granted" if amount == request.amount_asked_cents else "partially_granted"
    if kind != "granted":
        _need_motive(motive)
    decision = Decision(
        fund_id=fund.id, kind=kind, amount_cents=amount, motive=motive, decided_by_id=session.actor_id,
        decided_at=clock.now(),
    )  # fmt: skip
    request.decisions.append(decision)
    _enter(session, request, kind, because or motive)
    if kind == "refused":
        search.remove(session, request)
    else:
        search.index(session, request, title=request.title, text=request.purpose, path=f"/fonds/projets/{request.id}")
    return decision


def whom(request: FundRequest) -> str:
    """Who asks, as the mairie reads it."""
    if request.organisation is not None:
        return request.organisation.name
    return request.holder.name if request.holder else ""


def _enter(session: TenantSession, request: FundRequest, state: str, motive: str = "") -> None:
    request.state = state
    request.steps.append(RequestStep(state=state, at=clock.now(), actor_id=session.actor_id, motive=motive))
    session.flush()
    audit.record(session, f"fund.request_{state}", request, fund=request.fund_id)


def _lock(session: TenantSession, request: FundRequest, revision: int) -> None:
    session.refresh(request, with_for_update={"of": FundRequest})
    if request.revision != revision:
        raise StaleDataError


def _need_motive(motive: str) -> None:
    if not motive.strip():
        raise RuleBroken("FON-08")


def _refuse_closed(fund: Fund) -> None:
    today = clock.today()
    early = fund.opens_on is not None and today < fund.opens_on
    late = fund.closes_on is not None and today > fund.closes_on
    if fund.state != "open" or early or late:
        raise RuleBroken("not_open", opens_on=fund.opens_on if early else None)


def _refuse_unless_draft(request: FundRequest) -> None:
    if request.state != "draft":
        raise RuleBroken("not_draft")
