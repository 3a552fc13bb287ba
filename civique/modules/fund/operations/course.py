"""What every stage of a request shares: the broken rule, the step to another state, the lock, who may not take part."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.people.queries import get_person
from civique.modules.fund.models import Fund, FundRequest, RequestStep
from civique.modules.fund.queries import may_follow
from tenants.session import TenantSession


class RuleBroken(ValueError):
    """A rule of the fund forbids it. ``rule`` is its number, ``facts`` what the sentence needs (amounts in cents)."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts


def enter(session: TenantSession, request: FundRequest, state: str, motive: str = "") -> None:
    """A request enters a state: the step keeps when, who and why."""
    request.state = state
    request.steps.append(RequestStep(state=state, at=clock.now(), actor_id=session.actor_id, motive=motive))
    session.flush()
    audit.record(session, f"fund.request_{state}", request, fund=request.fund_id)


def lock(session: TenantSession, request: FundRequest, revision: int | None = None) -> None:
    """Take a request for oneself until the end of the transaction.

    Raises:
        StaleDataError: it is no longer the one that was read.
    """
    session.refresh(request, with_for_update={"of": FundRequest})
    if revision is not None and request.revision != revision:
        raise StaleDataError


def lock_fund(session: TenantSession, request: FundRequest) -> Fund:
    """Take the fund of a request: whoever commits or frees money waits here for each other (FON-05)."""
    query = select(Fund).where(Fund.id == request.fund_id).with_for_update(of=Fund)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def need_state(request: FundRequest, *states: str, rule: str = "not_waiting") -> None:
    """Refuse when the request is elsewhere in its course."""
    if request.state not in states:
        raise RuleBroken(rule, state=request.state)


def need_motive(motive: str) -> None:
    """FON-08: a refusal, a part, a delay says why."""
    if not motive.strip():
        raise RuleBroken("FON-08")


def refuse_linked(session: TenantSession, request: FundRequest) -> None:
    """FON-07: who asks, or speaks for who asks, does not examine, advise or decide."""
    actor = get_person(session, session.actor_id)
    if actor is not None and may_follow(session, request, actor):
        raise RuleBroken("FON-07")
