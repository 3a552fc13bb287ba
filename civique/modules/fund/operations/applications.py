"""An application on the applicant's side: drafted in three steps, sent, completed, withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from civique.core import audit, clock, settings
from civique.core.answers import operations as answers
from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.links import End, link
from civique.core.people.models import Person
from civique.core.references import next_reference
from civique.core.refused import Refused, refuse_all
from civique.modules.fund import messages, queries
from civique.modules.fund.models import ApplicationState, Ask, BudgetLine, Fund, FundApplication
from civique.modules.fund.operations.course import enter, lock, need_state
from civique.modules.fund.operations.whole import date_faults, refuse_incomplete
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

MOST_LINES = 30


def start_application(
    session: TenantSession, fund: Fund, applicant: Person, *, day: date | None = None, **facts: Any
) -> FundApplication:
    """Start an application as a draft: it can be left and taken up again.

    Args:
        day: on which it reached the mairie, today without it.

    Raises:
        Refused: ``not_open``; ``dates`` outside the fund's period.
    """
    _refuse_closed(fund, day)
    refuse_all(date_faults(fund, facts.get("starts_on"), facts.get("ends_on")))
    application = FundApplication(
        fund_id=fund.id, applicant_id=applicant.id, folded=fold(facts["title"])[:120], **facts
    )
    session.add(application)
    session.flush()
    session.refresh(application, ["fund", "organisation", "territory"])
    audit.record(session, "fund.application_started", application)
    return application


def ask_again(session: TenantSession, fund: Fund, former: FundApplication, applicant: Person) -> FundApplication:
    """Start another application for the same project: the cap counts them together (FON-03).

    Raises:
        Refused: as :func:`start_request`.
    """
    application = start_application(
        session,
        fund,
        applicant,
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
        End(application, application.title, f"/fonds/demandes/{application.id}"),
        End(former, former.title, f"/fonds/demandes/{former.id}"),
    )
    return application


def change_application(session: TenantSession, application: FundApplication, **facts: Any) -> None:
    """Change a draft, or an application sent back to be completed.

    Raises:
        Refused: ``not_draft``; ``dates`` outside the fund's period.
    """
    _take_to_change(session, application)
    refuse_all(
        date_faults(
            application.fund, facts.get("starts_on", application.starts_on), facts.get("ends_on", application.ends_on)
        )
    )
    for name, value in facts.items():
        setattr(application, name, value)
    application.folded = fold(application.title)[:120]
    session.flush()


def add_line(
    session: TenantSession, application: FundApplication, label: str, amount_cents: int, kind: str
) -> BudgetLine:
    """Add a cost.

    Raises:
        Refused: FON-02 for an investment (bien durable), ``not_draft``, ``too_many_lines`` beyond 30.
    """
    _take_to_change(session, application)
    if kind != "running":
        raise Refused(
            _(
                "The fund pays what is used up by the project, not what stays for years. Remove this cost, or ask the town hall whether it can lend you the thing."
            ),
            "kind",
            rule="FON-02",
        )
    _refuse_full(application.lines)
    position = max((line.position for line in application.lines), default=0) + 1
    line = BudgetLine(label=label, amount_cents=amount_cents, kind=kind, position=position)
    application.lines.append(line)
    session.flush()
    return line


def remove_line(session: TenantSession, application: FundApplication, line_id: UUID) -> None:
    """Take a cost out; one that is gone already changes nothing."""
    _take_to_change(session, application)
    application.lines = [line for line in application.lines if line.id != line_id]
    session.flush()


def add_ask(
    session: TenantSession,
    application: FundApplication,
    nature: str,
    description: str,
    quantity: Decimal,
    unit: str = "",
) -> Ask:
    """Ask for things or for time, beside money (FON-06).

    Raises:
        Refused: ``not_draft``, ``too_many_lines``.
    """
    _take_to_change(session, application)
    _refuse_full(application.asks)
    position = max((ask.position for ask in application.asks), default=0) + 1
    ask = Ask(nature=nature, description=description, quantity=quantity, unit=unit, position=position)
    application.asks.append(ask)
    session.flush()
    return ask


def remove_ask(session: TenantSession, application: FundApplication, ask_id: UUID) -> None:
    """Take an ask out; one that is gone already changes nothing."""
    _take_to_change(session, application)
    application.asks = [ask for ask in application.asks if ask.id != ask_id]
    session.flush()


def add_support(session: TenantSession, application: FundApplication, nature: str, **facts: Any) -> Contribution:
    """Say what the applicant or others bring to the project: the other resources of FON-04.

    Raises:
        Refused: ``not_draft``, ``too_many_lines``.
    """
    _take_to_change(session, application)
    _refuse_full(contributions_to(session, application))
    return contributions.record_contribution(session, application, nature, **facts)


def remove_support(session: TenantSession, application: FundApplication, contribution_id: UUID) -> None:
    """Take a support out; one that is gone already changes nothing."""
    _take_to_change(session, application)
    found = next((c for c in contributions_to(session, application) if c.id == contribution_id), None)
    if found is not None:
        session.delete(found)
        session.flush()


def submit_application(session: TenantSession, application: FundApplication, received_on: date | None = None) -> None:
    """Send the application: it receives its reference, an answer is due, a receipt leaves (art. L112-8 CRPA).

    Sending it twice changes nothing. ``received_on`` is the day on which it reached the mairie, today without it.

    Raises:
        Refused: ``not_open``; as :func:`refuse_incomplete`, all at once; FON-09 (a report of the same applicant is late).
    """
    lock(session, application)
    if application.state != ApplicationState.DRAFT:
        return
    fund = application.fund
    day = received_on or clock.today()
    _refuse_closed(fund, day)
    call = queries.open_call(session, fund, day) if fund.rhythm == "calls" else None
    refuse_incomplete(session, application)
    late = queries.late_reports(session, application)
    if late:
        raise Refused(
            _(
                "The report of « %(title)s » is late. Send it first: it takes ten minutes, and the town hall can help.",
                title=late[0].title,
            ),
            rule="FON-09",
        )
    application.reference = next_reference(session, "FIC")
    application.call_id = call.id if call else None
    application.rules_version = fund.rules_version
    moment = clock.now()
    application.submitted_at = moment if day == clock.today() else datetime.combine(day, time(12), clock.zone())
    enter(session, application, ApplicationState.SUBMITTED, at=application.submitted_at)
    due = day + timedelta(days=settings.get(session, FundSettings).answer_days)
    answers.open_answer(
        session,
        application,
        module="fund",
        title=application.title,
        whom=queries.whom(application),
        due_on=due,
        channel=application.channel,
        path=f"/mairie/fonds/demandes/{application.id}",
        opened_at=application.submitted_at,
    )
    messages.received(session, application, due)


def accept_charter(session: TenantSession, application: FundApplication) -> None:
    """The association accepts the contrat d'engagement républicain (décret 2021-1947, for cash and in-kind aid)."""
    application.charter_accepted_at = application.charter_accepted_at or clock.now()
    session.flush()


def take_application(
    session: TenantSession,
    fund: Fund,
    applicant: Person,
    *,
    lines: Sequence[tuple[str, int]],
    supports: Sequence[tuple[str, dict[str, Any]]],
    asks: Sequence[tuple[str, str, Decimal, str]] = (),
    amount_asked_cents: int = 0,
    received_on: date | None = None,
    **facts: Any,
) -> FundApplication:
    """Enter an application for somebody who came, wrote or called: same rights, same receipt (as a letter without e-mail).

    The charter counts as accepted when the paper form says so (``charter_accepted_at`` among the facts).

    Args:
        received_on: day on which it reached the mairie, from which its delays are counted; today without it.

    Raises:
        Refused: as :func:`start_request`, :func:`add_line` and :func:`submit_request`.
    """
    application = start_application(session, fund, applicant, day=received_on, **facts)
    for label, cents in lines:
        add_line(session, application, label, cents, "running")
    for nature, description, quantity, unit in asks:
        add_ask(session, application, nature, description, quantity, unit)
    for nature, brought in supports:
        add_support(session, application, nature, **brought)
    change_application(session, application, amount_asked_cents=amount_asked_cents)
    submit_application(session, application, received_on)
    return application


def go_on(session: TenantSession, application: FundApplication) -> None:
    """The last missing thing was given: the mairie reads the application again, and has its days anew."""
    answers.resume_answer(session, application)
    days = settings.get(session, FundSettings).answer_days
    answers.postpone_answer(session, application, clock.today() + timedelta(days=days))


def delete_draft(session: TenantSession, application: FundApplication) -> None:
    """Throw a draft away, with what was said to be brought to it."""
    lock(session, application)
    need_state(application, ApplicationState.DRAFT, rule="not_draft")
    for support in contributions_to(session, application):
        session.delete(support)
    session.delete(application)
    session.flush()


def not_open(opens_on: date | None = None) -> Refused:
    """Refusal of what comes while the fund takes no application, with the day on which it opens when it is known."""
    if opens_on is None:
        return Refused(_("The fund does not take requests at the moment. Your draft is kept."), rule="not_open")
    day = long_date(opens_on)
    return Refused(_("Requests open on %(opens_on)s. Your draft is kept.", opens_on=day), rule="not_open")


def _refuse_closed(fund: Fund, day: date | None = None) -> None:
    today = day or clock.today()
    early = today < fund.first_day
    late = fund.closes_on is not None and today > fund.closes_on
    if fund.state != "open" or early or late:
        raise not_open(fund.first_day if early else None)
    if fund.rhythm == "calls" and not any(call.opens_on <= today <= call.closes_on for call in fund.calls):
        coming = min((call.opens_on for call in fund.calls if call.opens_on > today), default=None)
        raise not_open(coming)


def _refuse_full(rows: Sequence[Any]) -> None:
    if len(rows) >= MOST_LINES:
        raise Refused(_("Thirty lines at most. Group the small ones."), "costs", rule="too_many_lines")


def _take_to_change(session: TenantSession, application: FundApplication) -> None:
    """Lock an application that its applicant may change: another tab that sends it meanwhile waits, or is waited for."""
    lock(session, application)
    need_state(application, ApplicationState.DRAFT, ApplicationState.TO_COMPLETE, rule="not_draft")
