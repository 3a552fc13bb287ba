"""The fund of a year: prepared, opened with its rules (FON-01), changed by versions, closed."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit
from civique.core.contributions.queries import received_cents
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.models import Fund, FundApplication, FundCall, FundRules
from tenants.session import TenantSession

RULES = (
    "preset",
    "rhythm",
    "envelope_cents",
    "cap_cents",
    "eligible_costs",
    "decision_maker",
    "opinion_needed",
    "opens_on",
    "closes_on",
)


def prepare_fund(session: TenantSession, year: int, **facts: Any) -> Fund:
    """Start the fund of a year, in preparation: nobody sees it yet.

    Raises:
        Refused: ``one_a_year``, there is one already.
    """
    if session.scalars(select(Fund).where(Fund.year == year)).first() is not None:
        raise Refused(_("There is a fund for this year already. Find it in the list."), "year", rule="one_a_year")
    fund = Fund(year=year, **facts)
    session.add(fund)
    session.flush()
    audit.record(session, "fund.prepared", fund, year=year)
    return fund


def keep_past_year(session: TenantSession, year: int, figures: dict[str, Any]) -> None:
    """Keep the fund of a year before the software, closed: what it did is in the evaluation of the year.

    Raises:
        Refused: ``more_projects``, more of them than requests.
    """
    if figures["supported"] > figures["received"]:
        sentence = _("More projects than requests: check the two figures.")
        raise Refused(sentence, "supported", rule="more_projects")
    envelope = figures["envelope"]
    rules = {"envelope_cents": envelope, "cap_cents": envelope, "eligible_costs": "–", "decision_maker": "mayor"}
    session.add(Fund(year=year, state="closed", **rules))
    session.flush()


def change_fund(session: TenantSession, fund: Fund, revision: int, because: str = "", **facts: Any) -> None:
    """Change the rules of a fund; once it has opened, each change makes a version with its reason.

    Raises:
        StaleDataError: a colleague changed it in the meantime.
        Refused: FON-01 (an open fund made incomplete), FON-05 (envelope under the grants), ``cap_under_grants``,
            ``because`` (an opened fund changes its rules for a reason that residents can read).
    """
    session.refresh(fund, with_for_update={"of": Fund})
    if fund.revision != revision:
        raise StaleDataError
    changed = [name for name in RULES if name in facts and facts[name] != getattr(fund, name)]
    try:
        if fund.state != "preparing":
            _refuse_change(session, fund, facts, changed, because)
    except Refused:
        session.expire(fund)
        raise
    for name, value in facts.items():
        setattr(fund, name, value)
    if fund.state != "preparing" and changed:
        _keep_version(session, fund, because)
    session.flush()
    audit.record(session, "fund.changed", fund, fields=" ".join(sorted(changed)))


def _refuse_change(session: TenantSession, fund: Fund, facts: dict[str, Any], changed: list[str], because: str) -> None:
    _refuse_incomplete(fund, **facts)
    envelope = facts.get("envelope_cents", fund.envelope_cents) or 0
    cap = facts.get("cap_cents", fund.cap_cents) or 0
    committed = queries.committed_cents(session, fund)
    if committed > envelope + received_cents(session, fund):
        raise Refused(
            _("%(granted)s are granted already: the envelope cannot be less.", granted=money(committed)),
            "envelope_cents",
            rule="FON-05",
        )
    most = queries.most_granted_to_one(session, fund)
    if cap < most:
        raise Refused(
            _("One project received %(most)s already: the cap cannot be less.", most=money(most)),
            "cap_cents",
            rule="cap_under_grants",
        )
    if changed and not because.strip():
        raise Refused(_("Say why the rules change: residents can read it."), "because", rule="because")


def missing_rules(fund: Fund, **facts: Any) -> list[str]:
    """What a fund lacks to be open, in words (FON-01); ``facts`` are what is about to change."""
    needed = {
        "envelope_cents": _("the envelope of the year"),
        "cap_cents": _("the cap per project"),
        "eligible_costs": _("what can be paid"),
        "decision_maker": _("who decides"),
    }
    return [label for name, label in needed.items() if not facts.get(name, getattr(fund, name))]


def _refuse_incomplete(fund: Fund, **facts: Any) -> None:
    missing = missing_rules(fund, **facts)
    if missing:
        names = ", ".join(missing)
        raise Refused(_("The fund cannot open yet. Still to fill in: %(names)s.", names=names), rule="FON-01")


def open_fund(session: TenantSession, fund: Fund) -> None:
    """Open the fund to applications (FON-01). Its rules become version 1, or stay as they are when it reopens.

    Raises:
        Refused: FON-01, with the names of what is missing; ``no_call`` for a fund by calls without any;
            ``typed_as_history``, a year before the software has figures and no applications.
    """
    if queries.typed_as_history(session, fund):
        raise Refused(
            _(
                "The figures of this year were typed as history: it takes no requests. Prepare the fund of another year."
            ),
            rule="typed_as_history",
        )
    _refuse_incomplete(fund)
    if fund.rhythm == "calls" and not fund.calls:
        raise Refused(_("This fund works by calls: add at least one, with its dates."), rule="no_call")
    fund.state = "open"
    if fund.rules_version == 0:
        _keep_version(session, fund, "")
    session.flush()
    audit.record(session, "fund.opened", fund)


def close_fund(session: TenantSession, fund: Fund) -> None:
    """No more applications this year; those that are there are examined to the end."""
    fund.state = "closed"
    session.flush()
    audit.record(session, "fund.closed", fund)


def _keep_version(session: TenantSession, fund: Fund, because: str) -> None:
    fund.rules_version += 1
    rules = {name: value.isoformat() if isinstance(value := getattr(fund, name), date) else value for name in RULES}
    session.add(
        FundRules(fund_id=fund.id, version=fund.rules_version, rules=rules, because=because, by_id=session.actor_id)
    )


def add_call(
    session: TenantSession, fund: Fund, name: str, opens_on: date, closes_on: date, decides_on: date | None = None
) -> FundCall:
    """Add a call for projects to a year.

    Raises:
        Refused: ``call_dates``, the last day before the first, or the decision before the last day; ``calls_overlap``.
    """
    _refuse_dates(fund, None, opens_on, closes_on, decides_on)
    call = FundCall(name=name, opens_on=opens_on, closes_on=closes_on, decides_on=decides_on)
    fund.calls.append(call)
    session.flush()
    audit.record(session, "fund.call_added", fund, call=call.id)
    return call


def change_call(
    session: TenantSession, call: FundCall, name: str, opens_on: date, closes_on: date, decides_on: date | None = None
) -> None:
    """Change a call; applications already sent stay in it.

    Raises:
        Refused: as :func:`add_call`.
    """
    _refuse_dates(call.fund, call, opens_on, closes_on, decides_on)
    call.name, call.opens_on, call.closes_on, call.decides_on = name, opens_on, closes_on, decides_on
    session.flush()
    audit.record(session, "fund.call_changed", call.fund, call=call.id)


def remove_call(session: TenantSession, call: FundCall) -> None:
    """Take a call away.

    Raises:
        Refused: ``call_used``, applications were sent to it.
    """
    used = select(func.count()).select_from(FundApplication).where(FundApplication.call_id == call.id)
    if session.execute(used).scalar_one():
        raise Refused(_("Requests were sent to this call: it stays. Change its dates instead."), rule="call_used")
    audit.record(session, "fund.call_removed", call.fund, call=call.id)
    call.fund.calls.remove(call)
    session.flush()


def _refuse_dates(fund: Fund, call: FundCall | None, opens_on: date, closes_on: date, decides_on: date | None) -> None:
    if closes_on < opens_on or (decides_on is not None and decides_on < closes_on):
        raise Refused(_("A call ends after it begins, and is decided after it ends."), "closes_on", rule="call_dates")
    if any(other is not call and other.opens_on <= closes_on and opens_on <= other.closes_on for other in fund.calls):
        raise Refused(_("Two calls cannot be open on the same day."), "opens_on", rule="calls_overlap")
