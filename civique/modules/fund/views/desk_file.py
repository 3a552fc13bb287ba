"""The page of a request: what can be done now first, then everything that helps to decide; and how one thing is done."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock, settings
from civique.core.answers.operations import answer_for
from civique.core.committees.models import CommitteeMeeting
from civique.core.committees.operations import NotGiven
from civique.core.committees.queries import meetings, opinions_on, waiting_matter
from civique.core.contributions.queries import contributions_to
from civique.core.conventions.models import Convention
from civique.core.conventions.operations import NotSignable
from civique.core.conventions.queries import convention_of, former_versions
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.messages.queries import about
from civique.modules.fund import queries
from civique.modules.fund.documents.history import history_of
from civique.modules.fund.forms import steps
from civique.modules.fund.forms.steps import StepForm, field_of
from civique.modules.fund.models import DECIDABLE, HELPED, FundRequest
from civique.modules.fund.operations.course import RuleBroken
from civique.modules.fund.operations.reports import WORKING
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.timeline import timeline
from civique.modules.fund.views.desk import Refusal, blueprint, demand_or_404, examiners
from civique.modules.fund.words import decision_choices, sentence, state_labels
from civique.modules.fund.words.desk import not_given, not_signable, usually_missing
from civique.web.access import allow, visitor
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from civique.web.uploads import UploadRefused
from tenants.db import db

# Where a broken rule is shown when the form has such a field; otherwise at the top.
FIELDS = {
    "FON-03": "amount_cents", "FON-05": "amount_cents", "FON-08": "motive", "more_than_asked": "amount_cents",
    "no_part": "amount_cents", "more_than_granted": "amount_cents", "payee_why": "why", "day_to_come": "day",
    "nothing_missing": "others", "paid_early": "on",
}  # fmt: skip


@blueprint.get("/demandes/<uuid:request_id>")
@allow("fund.read")
def file(request_id: UUID) -> Response:
    """One request."""
    return file_page(demand_or_404(request_id))


def act(
    request_id: UUID, form: StepForm, run: Callable[[FundRequest], object], said: str,
    shown: Callable[[FundRequest, StepForm], Response] | None = None,
) -> Response:  # fmt: skip
    """Do one thing to a file. What a rule or a colleague forbids is said on the page, with what was typed.

    Args:
        shown: the page that holds the form, when it is not the file's own.
    """
    demand = demand_or_404(request_id)
    if form.validate():
        try:
            run(demand)
            notice(said)
            return go("fund_desk.file", request_id=request_id)
        except RuleBroken as broken:
            _say(form, FIELDS.get(broken.rule, ""), sentence(broken))
        except NotSignable as refusal:
            _say(form, "motive" if refusal.reason == "motive" else "", not_signable(refusal))
        except NotGiven as refusal:
            _say(form, "opinion" if refusal.reason == "motive" else "", not_given(refusal))
        except StaleDataError:
            form.fail("", _("A colleague changed this file while you were reading it. Nothing was overwritten: here is the file as it is now."))  # fmt: skip
        except UploadRefused:
            pass  # said beside the field already
        except Refusal as error:
            form.fail("", str(error))
        db.session.rollback()
        demand = demand_or_404(request_id)
    form.revision.data = demand.revision
    return shown(demand, form) if shown else file_page(demand, form)


def _say(form: StepForm, field: str, text: str) -> None:
    form.fail(field if field and field_of(form, field) is not None else "", text)


def file_page(demand: FundRequest, refused: StepForm | None = None) -> Response:
    """The page of a request, with a form that was refused in its place."""
    due = answer_for(db.session, demand)
    convention = convention_of(db.session, demand) if demand.state in (*HELPED, "lapsed") else None
    forms = _forms(demand, convention)
    if refused is not None:
        forms[refused.place] = refused
    deciding = demand.state in DECIDABLE
    return page(
        "fund/file.html", status=200 if refused is None else 422, demand=demand, due=due, steps=timeline(demand, due),
        labels=state_labels(), whom=queries.whom(demand), forms=forms, refused=refused, today=clock.today(),
        gauge=queries.gauge(db.session, demand.fund) if deciding or demand.state == "refused" else None,
        others=queries.project_granted_cents(db.session, demand) if deciding else 0,
        linked=queries.may_follow(db.session, demand, visitor().person),
        supports=contributions_to(db.session, demand),
        similar=queries.similar_requests(db.session, demand) if deciding or demand.state == "submitted" else (),
        messages=about(db.session, demand), history=history_of(db.session, demand, convention),
        opinions=opinions_on(db.session, demand), waiting=waiting_matter(db.session, demand) if deciding else None,
        criteria=_criteria(demand), convention=convention,
        former=former_versions(db.session, demand) if convention else (),
        report_due=queries.report_due_on(db.session, demand), typed=request.form if refused else {}, **_lists(demand),
    )  # fmt: skip


def _lists(demand: FundRequest) -> dict[str, Any]:
    states = ("decidable", DECIDABLE), ("working", WORKING), ("helped", HELPED)
    return {name: demand.state in values for name, values in states}


def _criteria(demand: FundRequest) -> list[str]:
    """Criteria of the grid: those of today, and those that this request was graded on."""
    known = [grade.criterion for grade in demand.grades]
    return [*known, *(c for c in settings.get(db.session, FundSettings).criteria if not known and c)]


def _forms(demand: FundRequest, convention: Convention | None) -> dict[str, StepForm]:
    """A blank form of each kind, filled with what is most likely; the template shows those that make sense now."""
    kinds: tuple[type[StepForm], ...] = (
        steps.MissingForm, steps.RefusalForm, steps.LapseForm, steps.DecisionForm, steps.CorrectionForm,
        steps.AdviceForm, steps.MeetingForm, steps.EntrustForm, steps.SignForm, steps.PayeeForm, steps.PaymentForm,
        steps.LogForm, steps.PictureForm, steps.AgainForm, steps.GiveUpForm, steps.BreakForm,
    )  # fmt: skip
    today = clock.today()
    forms = {kind.place: prepared(kind(formdata=None), demand, today) for kind in kinds}
    if convention is not None:
        forms["sign"].revision.data = convention.revision
        if convention.signature_of("holder") is None and demand.holder:
            forms["sign"]["side"].data, forms["sign"]["name"].data = "holder", demand.holder.name
        else:
            forms["sign"]["side"].data = "commune"
    return forms


def prepared(form: StepForm, demand: FundRequest, today: date | None = None) -> Any:
    """Give a form its choices and, when it is blank, what is most likely."""
    form.revision.data = form.revision.data or demand.revision
    if isinstance(form, steps.DecisionForm):
        form.decision.choices = decision_choices() + (
            [] if isinstance(form, steps.CorrectionForm) else [("adjourned", _("Put the decision off"))]
        )
    elif isinstance(form, steps.MissingForm):
        form.common.choices = choices([(label, label) for label in usually_missing(demand)])
    elif isinstance(form, steps.MeetingForm):
        form.meeting_id.choices = choices([(m.id, meeting_label(m)) for m in planned_meetings(demand)])
    elif isinstance(form, steps.EntrustForm):
        form.examiner_id.choices = choices([(p.id, p.name) for p in examiners()], empty=_("Nobody yet"))
        if today:
            form.examiner_id.data = str(demand.examiner_id or "")
    if today is None:
        return form
    if isinstance(form, (steps.SignForm, steps.LogForm, steps.PaidForm)):
        (form.day if isinstance(form, steps.LogForm) else form.on).data = today
    elif isinstance(form, steps.PayeeForm):
        _fill_payee(form, demand)
    elif isinstance(form, steps.PaymentForm):
        ordered = sum(p.amount_cents for p in demand.payments if p.state == "ordered")
        form.amount_cents.data = max(0, demand.to_pay_cents - ordered) or None
        form.kind.data = "balance" if demand.payments else "single"
    return form


def _fill_payee(form: steps.PayeeForm, demand: FundRequest) -> None:
    known = demand.payee
    if known is not None:
        form.kind.data, form.name.data, form.bic.data, form.why.data = known.kind, known.name, known.bic, known.why
    else:
        form.kind.data = "organisation" if demand.organisation else "holder"
        form.name.data = queries.whom(demand)


def planned_meetings(demand: FundRequest | None = None) -> list[CommitteeMeeting]:
    """Meetings to come; those of the fund's own committee first."""
    query = meetings().where(CommitteeMeeting.state == "planned")
    found = sorted(db.session.scalars(query).unique(), key=lambda meeting: meeting.at)
    own = demand.fund.committee_id if demand else None
    return sorted(found, key=lambda meeting: meeting.committee_id != own)


def meeting_label(meeting: CommitteeMeeting) -> str:
    """Committee and day of a meeting, for a choice."""
    return _("%(name)s, %(day)s", name=meeting.committee.name, day=long_date(meeting.at))
