"""« Où en est-on ? »: the course of an application as steps done, current and to come."""

from collections.abc import Iterator
from dataclasses import dataclass

from civique.core.answers.models import AnswerDue
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.models import HELPED, ApplicationState, FundApplication

CHANNELS = {
    "web": lambda: _("by you, on this site"),
    "paper": lambda: _("on paper"),
    "phone": lambda: _("by telephone"),
    "counter": lambda: _("at the town hall"),
    "market": lambda: _("at the market"),
    "meeting": lambda: _("at a meeting"),
    "letter": lambda: _("by letter (channel)"),
    "box": lambda: _("in the suggestion box"),
    "doorstep": lambda: _("on your doorstep"),
}
SIGNED = ("under_way", "report", "settled")


@dataclass(frozen=True)
class Step:
    """One step: ``state`` is done, now or todo."""

    title: str
    text: str
    state: str


def timeline(application: FundApplication, due: AnswerDue | None) -> list[Step]:
    """Steps of an application that was sent: what is done with its date, what is under way, what is to come."""
    course = _Course(application, due)
    steps = [*course.examination()]
    if application.state in HELPED:
        steps += course.agreement()
    if application.state in {ApplicationState.WITHDRAWN, ApplicationState.LAPSED}:
        title = _("Withdrawn") if application.state == ApplicationState.WITHDRAWN else _("Lapsed")
        steps.append(Step(title, course.said(application.state), "done"))
    return steps


class _Course:
    """An application with the day on which it last entered each state."""

    def __init__(self, application: FundApplication, due: AnswerDue | None) -> None:
        self.application, self.due = application, due
        self.state = application.state
        self.entered = {step.state: step for step in application.steps}
        self.signed_at = next((step.at for step in application.steps if step.state == ApplicationState.UNDER_WAY), None)
        self.ended = self.state in {ApplicationState.WITHDRAWN, ApplicationState.LAPSED, ApplicationState.INADMISSIBLE}

    def on(self, state: str) -> str:
        """Day on which the application entered a state, in words."""
        return long_date(self.entered[state].at, weekday=False) if state in self.entered else ""

    def said(self, state: str) -> str:
        """Day and reason of a state."""
        return f"{self.on(state)}. {self.entered[state].motive}".strip() if state in self.entered else ""

    def examination(self) -> Iterator[Step]:
        """From the sending to the decision."""
        how = CHANNELS[self.application.channel]()
        sent = self.application.submitted_at
        yield Step(_("Sent"), f"{long_date(sent, weekday=False) if sent else ''}, {how}.", "done")
        decided = self.application.decision is not None and self.application.decision.kind != "adjourned"
        if self.state == ApplicationState.TO_COMPLETE:
            yield Step(_("Something is missing"), _("Asked on %(date)s.", date=self.on("to_complete")), "now")
        elif self.state == ApplicationState.INADMISSIBLE:
            yield Step(_("Not admissible"), self.said("inadmissible"), "done")
        elif ApplicationState.ADMISSIBLE in self.entered:
            yield Step(_("Complete and within the rules"), f"{self.on('admissible')}.", "done")
        elif not self.ended and not decided:
            yield Step(_("Reading by the town hall"), _("Somebody checks that nothing is missing."), "now")
        if ApplicationState.OPINION_GIVEN in self.entered:
            yield Step(_("Opinion given"), f"{self.on('opinion_given')}.", "done")
        elif (
            not self.ended
            and not decided
            and (self.state == ApplicationState.IN_ANALYSIS or self.application.fund.opinion_needed)
        ):
            now = "now" if self.state == ApplicationState.IN_ANALYSIS else "todo"
            yield Step(_("Opinion"), _("Services or a committee say what they think of it."), now)
        if decided or not self.ended:
            yield self.decision(decided)

    def decision(self, decided: bool) -> Step:
        """Made, put off, or to come."""
        decision = self.application.decision
        if decided and decision is not None:
            words = {
                "granted": _("Decision: granted"),
                "partially_granted": _("Decision: granted in part"),
                "refused": _("Decision: refused"),
            }
            return Step(
                words[decision.kind],
                f"{long_date(decision.decided_at, weekday=False)}. {decision.motive}".strip(),
                "done",
            )
        if self.state == ApplicationState.ADJOURNED:
            return Step(_("Decision put off"), self.said("adjourned"), "now")
        text = (
            _("At the latest on %(date)s, by a message or a letter.", date=long_date(self.due.due_on))
            if self.due
            else ""
        )
        return Step(
            _("Decision"),
            text,
            "now" if self.state in {ApplicationState.ADMISSIBLE, ApplicationState.OPINION_GIVEN} else "todo",
        )

    def agreement(self) -> Iterator[Step]:
        """From the decision to the end of a helped project."""
        if self.state in SIGNED:
            day = long_date(self.signed_at, weekday=False) if self.signed_at else ""
            yield Step(_("Agreement signed"), f"{day}.", "done")
        elif self.state == ApplicationState.CONVENTION:
            yield Step(_("Agreement to sign"), _("Ready since %(date)s.", date=self.on("convention")), "now")
        else:
            yield Step(_("Agreement"), _("The town hall writes it, then sends it to be signed."), "now")
        if self.application.granted_cents:
            yield self.payment()
        if self.state in {ApplicationState.REPORT, ApplicationState.SETTLED}:
            yield Step(_("Report received"), f"{self.on('report')}.", "done")
        else:
            signed = self.state == ApplicationState.UNDER_WAY
            yield Step(
                _("The project, then its report"),
                _("A few lines, what was spent, some photos."),
                "now" if signed else "todo",
            )
        if self.state == ApplicationState.SETTLED:
            yield Step(_("Done and closed"), f"{self.on('settled')}.", "done")
        else:
            yield Step(_("Closing"), "", "now" if self.state == ApplicationState.REPORT else "todo")

    def payment(self) -> Step:
        """Money: paid, on its way, or to come."""
        paid = [payment for payment in self.application.payments if payment.state == "paid"]
        ordered = any(payment.state == "ordered" for payment in self.application.payments)
        if (paid and self.application.to_pay_cents <= 0) or self.state == ApplicationState.SETTLED:
            days = ", ".join(long_date(payment.paid_on, weekday=False) for payment in paid if payment.paid_on)
            return Step(_("Paid"), f"{days}." if days else _("Nothing had to be paid."), "done")
        if ordered:
            return Step(_("Payment"), _("Ordered: the treasurer pays it."), "now")
        state = "now" if self.state in SIGNED else "todo"
        if paid:
            return Step(_("Payment"), _("A first part is paid."), state)
        return Step(_("Payment"), _("After the agreement is signed, on the account given."), state)
