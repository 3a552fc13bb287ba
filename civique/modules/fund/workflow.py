"""States and transitions of an application to the fund."""

from collections.abc import Iterator
from typing import Any

from civique.core.cases import missing
from civique.core.cases.course import Stage, Step
from civique.core.cases.lines import decided_by
from civique.core.cases.workflow import APPLICANT, NOBODY, State, Transition, Workflow
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.modules.fund import messages, queries
from civique.modules.fund.models import DECIDABLE, EXAMINED, GRANTED, HELPED, WORKING, ApplicationState, FundApplication
from civique.modules.fund.operations import applications, decisions, examination, reports, whole
from civique.modules.fund.operations.course import ELSEWHERE, lock_fund, refuse_linked
from tenants.session import TenantSession

S = ApplicationState
EXAMINE, DECIDE = "fund.examine", "fund.decide"

AGAIN = _l("You can send another request while the fund is open.")
CONTEST = _l("If something is not clear, call the town hall. You may contest the decision within two months.")
READ = _l("Is this request complete, and within the rules?")
RULES = _l(
    "Running costs only, near residents, not for profit, and something brought by others. Read it below, then say."
)


STATES = (
    State(
        S.DRAFT,
        _l("Draft"),
        told=_l("Not sent yet: to be finished"),
        waits_for=APPLICANT,
        next=_l("The town hall reads it once you have sent it."),
        todo=_l("Finish it, then send it."),
    ),
    State(S.SUBMITTED, _l("Received"), "wait", groups=("waiting",), heading=READ, hint=RULES),
    missing.state(S.TO_COMPLETE),
    State(S.COMPLETE, _l("Complete"), "wait", groups=("waiting",), heading=READ, hint=RULES),
    State(
        S.ADMISSIBLE,
        _l("Admissible, to be decided"),
        "wait",
        told=_l("Your request is complete and can be helped"),
        groups=("waiting",),
    ),
    State(
        S.INADMISSIBLE,
        _l("Not admissible"),
        "stop",
        told=_l("Outside the rules of the fund"),
        waits_for=NOBODY,
        next=AGAIN,
        todo=CONTEST,
        groups=("closed",),
        hint=_l("This request is not admissible. The applicant knows why."),
        step=_l("Not admissible"),
    ),
    State(S.IN_ANALYSIS, _l("Being analysed"), "wait", groups=("waiting",), told_of=decided_by),
    State(S.OPINION_GIVEN, _l("Opinion given, to be decided"), "wait", groups=("waiting",), told_of=decided_by),
    State(
        S.ADJOURNED,
        _l("Put off"),
        "wait",
        told=_l("Decision put off"),
        groups=("waiting",),
        step=_l("Decision put off"),
    ),
    State(
        S.GRANTED,
        _l("Granted"),
        "ok",
        next=_l("The town hall writes the agreement, then sends it to be signed."),
        groups=("helped",),
        step=_l("Decision: granted"),
    ),
    State(
        S.PARTIALLY_GRANTED,
        _l("Granted in part"),
        "ok",
        next=_l("The town hall writes the agreement, then sends it to be signed."),
        groups=("helped",),
        step=_l("Decision: granted in part"),
    ),
    State(
        S.REFUSED,
        _l("Refused"),
        "stop",
        waits_for=NOBODY,
        next=AGAIN,
        todo=CONTEST,
        groups=("closed",),
        hint=_l("This request was refused. The applicant knows why, and how to contest."),
        step=_l("Decision: refused"),
    ),
    State(
        S.CONVENTION,
        _l("Agreement to sign"),
        "wait",
        waits_for=APPLICANT,
        next=_l("The money can be paid once both sides have signed."),
        todo=_l("Read the agreement, then sign it on this site or at the town hall."),
        groups=("helped",),
        step=_l("Agreement to sign"),
    ),
    State(
        S.UNDER_WAY,
        _l("Under way"),
        "ok",
        waits_for=APPLICANT,
        next=_l("After the project, its report."),
        todo=_l("Carry out your project, then tell in a few lines what you did and what you spent."),
        groups=("helped",),
    ),
    State(
        S.REPORT,
        _l("Report received"),
        "wait",
        next=_l("The town hall reads your report, then closes the file."),
        groups=("helped",),
        heading=_l("Read the report"),
        hint=_l("It is below, with what was spent on each cost."),
    ),
    State(
        S.SETTLED,
        _l("Done and closed"),
        "ok",
        told=_l("Finished. Nothing to do. Thank you!"),
        waits_for=NOBODY,
        groups=("helped", "closed"),
    ),
    State(
        S.WITHDRAWN,
        _l("Withdrawn"),
        waits_for=NOBODY,
        next=AGAIN,
        groups=("closed",),
        hint=_l("The applicant withdrew this request. Nothing is to be done."),
    ),
    State(
        S.LAPSED,
        _l("Lapsed"),
        told=_l("Deadline passed: request stopped"),
        told_of=lambda application: (
            "" if any(item.given_at is None for item in application.missing) else _("Request stopped")
        ),
        waits_for=NOBODY,
        next=AGAIN,
        groups=("closed",),
        hint=_l("This request lapsed. Nothing is to be done."),
    ),
)


def linked(session: TenantSession, application: FundApplication, **_facts: Any) -> None:
    """FON-07: who asks does not examine, advise or decide."""
    refuse_linked(session, application)


def elsewhere(rule: str) -> dict[str, Any]:
    """What is said when an application is elsewhere in its course."""
    return {"otherwise": ELSEWHERE[rule], "rule": rule}


TRANSITIONS = (
    Transition(
        "declare_admissible",
        _l("Declare admissible"),
        (S.SUBMITTED, S.COMPLETE),
        S.ADMISSIBLE,
        EXAMINE,
        "recevable",
        done=_l("The request is admissible. It can now be decided."),
        **elsewhere("not_waiting"),
        check=linked,
        effect=examination.complete_first,
        bulk=_l("They are complete and within the rules. The decision comes next."),
    ),
    Transition(
        "declare_complete",
        _l("Nothing is missing: it is complete"),
        (S.SUBMITTED, S.TO_COMPLETE),
        S.COMPLETE,
        EXAMINE,
        "complete",
        done=_l("The request is complete."),
        **elsewhere("not_waiting"),
        check=examination.check_whole,
        answer="resume",
    ),
    *missing.transitions(
        (S.SUBMITTED, S.COMPLETE),
        S.TO_COMPLETE,
        S.SUBMITTED,
        EXAMINE,
        completed={
            **elsewhere("not_waiting"),
            "check": whole.refuse_incomplete,
            "effect": applications.go_on,
            "answer": "",
        },
        **elsewhere("not_waiting"),
        check=linked,
        message=lambda session, application, labels, **_facts: messages.to_complete(session, application, labels),
    ),
    Transition(
        "declare_inadmissible",
        _l("Declare not admissible and tell the applicant"),
        (S.SUBMITTED, S.COMPLETE),
        S.INADMISSIBLE,
        EXAMINE,
        "irrecevable",
        done=_l("The applicant is told why the request is not admissible."),
        fold=_l("It is outside the rules"),
        **elsewhere("not_waiting"),
        motive="FON-08",
        check=linked,
        answer="close",
        message=messages.inadmissible,
    ),
    Transition(
        "lapse",
        _l("Close the request and tell the applicant"),
        EXAMINED,
        S.LAPSED,
        EXAMINE,
        "caduque",
        done=_l("The request is closed and the applicant is told."),
        fold=_l("Close without decision"),
        **elsewhere("not_waiting"),
        motive="FON-08",
        check=linked,
        answer="drop",
        message=messages.lapsed,
    ),
    Transition(
        "decide",
        _l("Decide"),
        DECIDABLE,
        permission=DECIDE,
        path="decision",
        done=_l("The decision is recorded and sent to the applicant."),
        **elsewhere("not_admissible"),
        lock=lock_fund,
        check=decisions.check_decidable,
        effect=decisions.decide,
        answer="close",
        message=lambda session, application, **_facts: messages.decided(session, application, application.decision),
    ),
    Transition(
        "adjourn",
        _l("Put the decision off"),
        DECIDABLE,
        S.ADJOURNED,
        DECIDE,
        "ajourner",
        done=_l("The decision is put off and the applicant is told why."),
        **elsewhere("not_admissible"),
        motive="FON-08",
        check=linked,
        effect=decisions.adjourn,
        message=lambda session, application, motive, **_facts: messages.adjourned(session, application, motive),
    ),
    Transition(
        "correct",
        _l("Correct the decision"),
        (*GRANTED, S.REFUSED),
        permission=DECIDE,
        path="correction",
        done=_l("The decision is corrected and the applicant is told."),
        **elsewhere("not_decided"),
        lock=lock_fund,
        check=linked,
        effect=decisions.correct,
        message=lambda session, application, because, **_facts: messages.corrected(
            session, application, application.decision, because
        ),
    ),
    Transition(
        "give_up",
        _l("The project does not take place"),
        WORKING,
        S.LAPSED,
        DECIDE,
        "abandon",
        done=_l("The file is closed. What was not paid is back in the envelope."),
        **elsewhere("not_helped"),
        lock=lock_fund,
        motive="FON-08",
        effect=reports.give_up,
        message=lambda session, application, motive, asked_back_cents, **_facts: messages.lapsed(
            session, application, motive, asked_back_cents
        ),
    ),
    Transition(
        "ask_report_again",
        _l("Send it back to the applicant"),
        (S.REPORT,),
        S.UNDER_WAY,
        EXAMINE,
        "bilan/renvoyer",
        done=_l("The applicant is told what the report still needs."),
        fold=_l("Something is missing in it"),
        **elsewhere("not_under_way"),
        motive="FON-08",
        effect=reports.reopen_report,
        message=messages.report_incomplete,
    ),
    Transition(
        "settle",
        _l("Accept the report and close"),
        (S.REPORT,),
        S.SETTLED,
        EXAMINE,
        "solder",
        done=_l("The report is accepted and the file is closed. The applicant is thanked."),
        **elsewhere("not_reported"),
        lock=lock_fund,
        effect=reports.settle,
        message=lambda session, application, returned_cents, asked_back_cents, **_facts: messages.settled(
            session, application, returned_cents, asked_back_cents
        ),
    ),
    Transition(
        "withdraw",
        _l("Withdraw my request"),
        EXAMINED,
        S.WITHDRAWN,
        **elsewhere("already_decided"),
        done=_l("Your request is withdrawn."),
        answer="drop",
    ),
)


def _payment(application: FundApplication) -> Iterator[Step]:
    """Money: paid, on its way, or to come."""
    if application.state not in HELPED or not application.granted_cents:
        return
    paid = [payment for payment in application.payments if payment.state == "paid"]
    signed = application.state in (S.UNDER_WAY, S.REPORT, S.SETTLED)
    if (paid and application.to_pay_cents <= 0) or application.state == S.SETTLED:
        days = ", ".join(long_date(payment.paid_on, weekday=False) for payment in paid if payment.paid_on)
        yield Step(_("Paid"), f"{days}." if days else _("Nothing had to be paid."), "done")
    elif any(payment.state == "ordered" for payment in application.payments):
        yield Step(_("Payment"), _("Ordered: the treasurer pays it."), "now")
    else:
        first = _("A first part is paid.") if paid else _("After the agreement is signed, on the account given.")
        yield Step(_("Payment"), first, "now" if signed else "todo")


def _helped(application: FundApplication) -> bool:
    return application.state in HELPED


STAGES = (
    Stage(
        _l("Reading by the town hall"),
        (S.SUBMITTED, S.TO_COMPLETE, S.COMPLETE, S.INADMISSIBLE),
        (S.ADMISSIBLE,),
        _l("Your request is complete and can be helped"),
        _l("Somebody checks that nothing is missing."),
    ),
    Stage(
        _l("Opinion"),
        (S.IN_ANALYSIS,),
        (S.OPINION_GIVEN,),
        _l("Opinion given"),
        _l("Services or a committee say what they think of it."),
        when=lambda application: application.fund.opinion_needed,
    ),
    Stage(_l("Decision"), (S.ADMISSIBLE, S.OPINION_GIVEN, S.ADJOURNED), (*GRANTED, S.REFUSED), answered=True),
    Stage(
        _l("Agreement"),
        (*GRANTED, S.CONVENTION),
        (S.UNDER_WAY,),
        _l("Agreement signed"),
        _l("The town hall writes it, then sends it to be signed."),
        when=_helped,
    ),
    Stage(own=_payment),
    Stage(
        _l("The project, then its report"),
        (S.UNDER_WAY,),
        (S.REPORT,),
        _l("Report received"),
        _l("A few lines, what was spent, some photos."),
        when=_helped,
    ),
    Stage(_l("Closing"), (S.REPORT,), (S.SETTLED,), _l("Done and closed"), when=_helped),
)


def _service(_session: TenantSession, application: FundApplication) -> str:
    """Who reads an application and who decides, or decided; once it is helped, who follows it."""
    if application.state in (*HELPED, S.LAPSED, S.WITHDRAWN):
        return _("The town hall.")
    if application.state == S.INADMISSIBLE:
        return _("The town hall.")
    decided = application.state == S.REFUSED
    match application.fund.decision_maker:
        case "council":
            return (
                _("The municipal council.") if decided else _("The town hall reads it; the municipal council decides.")
            )
        case "mayor":
            return _("The mayor.") if decided else _("The town hall reads it; the mayor decides.")
    return _("A committee.") if decided else _("The town hall reads it; a committee decides.")


WORKFLOW = Workflow(
    name="application",
    model=FundApplication,
    states=STATES,
    transitions=TRANSITIONS,
    title=lambda application: application.title,
    path=lambda application: f"/fonds/demandes/{application.id}",
    desk_path=lambda application: f"/mairie/fonds/demandes/{application.id}",
    service=_service,
    mine=queries.applications_of,
    groups={"waiting": _l("For us to do"), "helped": _l("Helped"), "closed": _l("Closed")},
    may_take=examination.may_take,
    reason=_l("You receive this message because you asked the citizen initiative fund for help."),
    stages=STAGES,
)
