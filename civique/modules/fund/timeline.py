"""« Où en est-on ? »: the course of a request as steps done, current and to come."""

from dataclasses import dataclass

from civique.core.answers.models import AnswerDue
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.models import EXAMINED, FundRequest

CHANNELS = {
    "web": lambda: _("by you, on this site"),
    "paper": lambda: _("on paper"),
    "phone": lambda: _("by telephone"),
    "counter": lambda: _("at the town hall"),
}


@dataclass(frozen=True)
class Step:
    """One step: ``state`` is done, now or todo."""

    title: str
    text: str
    state: str


def timeline(request: FundRequest, due: AnswerDue | None) -> list[Step]:
    """Steps of a request that was sent, with dates and words of the mairie."""
    dates = {step.state: long_date(step.at, weekday=False) for step in request.steps}
    how = CHANNELS.get(request.channel, CHANNELS["web"])()
    steps = [Step(_("Sent"), f"{dates.get('submitted', '')}, {how}.", "done")]
    if request.state == "withdrawn":
        return [*steps, Step(_("Withdrawn"), f"{dates['withdrawn']}.", "done")]
    if request.state == "inadmissible":
        return [*steps, Step(_("Not admissible"), f"{dates['inadmissible']}. {_motive(request)}", "done")]
    if "admissible" in dates:
        steps.append(Step(_("Complete and within the rules"), f"{dates['admissible']}.", "done"))
    else:
        steps.append(Step(_("Reading by the town hall"), _("Somebody checks that nothing is missing."), "now"))
    if request.decision is not None:
        when = long_date(request.decision.decided_at, weekday=False)
        return [*steps, Step(_("Decision"), f"{when}. {request.decision.motive}".strip(), "done")]
    text = _("At the latest on %(date)s. You will receive a message.", date=long_date(due.due_on)) if due else ""
    current = request.state in EXAMINED and "admissible" in dates
    return [*steps, Step(_("Decision"), text, "now" if current else "todo")]


def _motive(request: FundRequest) -> str:
    return next((step.motive for step in reversed(request.steps) if step.motive), "")
