"""The page of an application: what can be done now first, then everything that helps to decide; a route for each transition."""

from typing import Any, cast
from uuid import UUID

from flask import abort, request
from werkzeug.wrappers import Response

from civique.core import clock, settings
from civique.core.agreements.queries import agreement_of
from civique.core.cases.course import course
from civique.core.cases.queries import may_follow
from civique.core.committees.queries import opinions_on, waiting_item
from civique.core.contributions.queries import contributions_to
from civique.core.endorsements.queries import said_of
from civique.core.stories.queries import story_of
from civique.modules.fund import queries
from civique.modules.fund.forms import steps
from civique.modules.fund.forms.steps import usually_missing
from civique.modules.fund.models import DECIDABLE, EXAMINED, HELPED, TOLD, WORKING, ApplicationState, FundApplication
from civique.modules.fund.operations import payments
from civique.modules.fund.operations.endorsements import SUBJECTS
from civique.modules.fund.operations.whole import begins_early
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.desk import application_or_404, blueprint
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow, visitor
from civique.web.cases import CaseForm, CasePages, Forms
from civique.web.desk.labels import AGREEMENT_STATES
from civique.web.forms import choices
from civique.web.pages import page
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>")
@allow("fund.read")
def file(application_id: UUID) -> Response:
    """One application."""
    return file_page(application_id)


def file_page(application_id: UUID, refused: CaseForm | None = None) -> Response:
    """The page of an application, with a form that was refused in its place."""
    application, due = desk_queries.file_of(db.session, application_id) or abort(404)
    held = desk_queries.held_by(db.session, application)
    helped, deciding = application.state in HELPED, application.state in DECIDABLE
    agreement = (
        agreement_of(db.session, application) if helped or application.state == ApplicationState.LAPSED else None
    )
    opinions = opinions_on(db.session, application) if "items" in held else ()
    forms = Forms(PAGES, application, refused)
    if opinions and application.state == ApplicationState.OPINION_GIVEN and forms["decide"].blank:
        cast(steps.DecisionForm, forms["decide"]).propose(opinions)
    return page(
        "fund/file.html",
        status=200 if refused is None else 422,
        application=application,
        due=due,
        steps=course(WORKFLOW, application, due, application.submitted_at),
        labels=WORKFLOW.by_code,
        whom=queries.whom(application),
        forms=forms,
        pages=PAGES,
        refused=refused,
        today=clock.today(),
        gauge=queries.gauge(db.session, application.fund) if deciding else None,
        others=queries.project_granted_cents(db.session, application) if deciding and "siblings" in held else 0,
        linked=may_follow(db.session, application, visitor().person),
        siblings=queries.same_project(db.session, application) if "siblings" in held else (),
        supports=contributions_to(db.session, application) if "supports" in held else (),
        similar=queries.similar_applications(db.session, application)
        if deciding or application.state == ApplicationState.SUBMITTED
        else (),
        opinions=opinions,
        waiting=waiting_item(db.session, application) if deciding and "items" in held else None,
        criteria=_criteria(application) if deciding else (),
        agreement=agreement,
        agreement_states=AGREEMENT_STATES,
        report_due=queries.report_due_on(db.session, application),
        story=story_of(db.session, application.id) if "story" in held else None,
        told=application.state in TOLD,
        typed=request.form if refused else {},
        endorsements=said_of(db.session, SUBJECTS, application, examined=application.state in EXAMINED),
        decidable=deciding,
        early=application.state in EXAMINED and begins_early(application, due.due_on if due else clock.today()),
        working=application.state in WORKING,
        helped=helped,
    )


def _criteria(application: FundApplication) -> list[str]:
    """Criteria of the grid: those that this application was graded on, otherwise those of today."""
    known = [grade.criterion for grade in application.grades]
    return known or [criterion for criterion in settings.get(db.session, FundSettings).criteria if criterion]


def prepare(form: CaseForm, application: FundApplication) -> Any:
    """Give a form its choices and, when it is blank, what is most likely."""
    if isinstance(form, (steps.DecisionForm, steps.ReportForm)):
        form.complete(application)
    elif isinstance(form, steps.PayeeForm):
        own = application.organisation is not None and not application.organisation.is_informal
        form.kind.choices = [choice for choice in form.kind.choices if own or choice[0] != "organisation"]
    elif isinstance(form, steps.UsuallyMissingForm):
        form.common.choices = choices([(label, label) for label in usually_missing(application)])
    return _propose(form, application) if form.blank else form


def _propose(form: Any, application: FundApplication) -> Any:
    """Fill a blank form with what is most likely."""
    if isinstance(form, (steps.PaidForm, steps.RepaidForm)):
        form.on.data = clock.today()
    elif isinstance(form, steps.ActForm) and application.decision is not None:
        form.act.data, form.act_on.data = application.decision.act, application.decision.act_on
    elif isinstance(form, steps.PayeeForm):
        _fill_payee(form, application)
    elif isinstance(form, steps.SettleForm):
        form.repay_cents.data = application.unspent_cents
    elif isinstance(form, steps.GiveUpForm):
        form.repay_cents.data = application.paid_cents
    elif isinstance(form, steps.PaymentForm):
        ordered = sum(p.amount_cents for p in application.payments if p.state == "ordered")
        form.amount_cents.data = max(0, application.to_pay_cents - ordered) or None
        form.kind.data = "balance" if application.payments else "single"
    return form


def _fill_payee(form: steps.PayeeForm, application: FundApplication) -> None:
    known = application.payee
    if known is not None:
        form.kind.data, form.name.data, form.bic.data, form.why.data = known.kind, known.name, known.bic, known.why
    else:
        form.kind.data = form.kind.choices[0][0]
        person = application.applicant if form.kind.data == "applicant" else None
        form.name.data = person.name if person else queries.whom(application)


def _file(application: FundApplication, refused: CaseForm | None) -> Response:
    return file_page(application.id, refused)


PAGES = CasePages(
    blueprint,
    WORKFLOW,
    application_or_404,
    _file,
    {
        "ask_missing": steps.UsuallyMissingForm,
        "decide": steps.DecisionForm,
        "correct": steps.CorrectionForm,
        "settle": steps.SettleForm,
        "give_up": steps.GiveUpForm,
        **{kind.place: kind for kind in steps.OTHERS},
    },
    place="/demandes",
    prepare=prepare,
    reads=payments.permission_for,
)
PAGES.add_routes(by_hand=("decide", "adjourn", "correct"))
PAGES.add_missing_route("fund.examine")
PAGES.add_history_route("fund.read")
