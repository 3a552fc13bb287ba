"""« Où en est ma demande ? »: the course of an application, what is missing, asking again, withdrawing."""

from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agreements.queries import agreement_of
from civique.core.answers.operations import answer_for
from civique.core.appeals import how_to_contest
from civique.core.cases.course import course
from civique.core.cases.lines import four_lines
from civique.core.cases.missing import may_add
from civique.core.cases.operations import move
from civique.core.contributions.queries import contributions_to
from civique.core.endorsements.queries import count_endorsements
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stories.queries import published_story
from civique.modules.fund import queries
from civique.modules.fund.messages import your_rights
from civique.modules.fund.models import ENDED, EXAMINED, HELPED, WAITING, ApplicationState, FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.operations.whole import begins_early
from civique.modules.fund.queries.endorsements import endorsements_on, is_readable
from civique.modules.fund.views.desk_file import PAGES
from civique.modules.fund.views.public import blueprint, mine
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.cases import AddForm, GiveForm, add_to, give_forms
from civique.web.pages import go, notice, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>")
@allow(SIGNED_IN)
def follow(application_id: UUID) -> Response:
    """Where is my application?"""
    application = mine(application_id)
    if application.state == ApplicationState.DRAFT:
        return go("fund.budget", application_id=application_id)
    return follow_page(application)


def follow_page(
    application: FundApplication, refused: tuple[UUID, GiveForm] | None = None, adding: AddForm | None = None
) -> Response:
    """The page of an application that was sent; ``refused`` is the item whose form was not taken, ``adding`` what was not
    added."""
    due = answer_for(db.session, application)
    fund = queries.current_fund(db.session)
    return page(
        "fund/follow.html",
        status=422 if refused else 200,
        application=application,
        due=due,
        steps=course(WORKFLOW, application, due, application.submitted_at),
        labels=WORKFLOW.by_code,
        lines=four_lines(db.session, WORKFLOW, application, due),
        forms=give_forms(application, refused),
        refused=refused,
        adding=adding or (AddForm(formdata=None) if may_add(application) else None),
        supports=contributions_to(db.session, application),
        agreement=agreement_of(db.session, application) if application.state in HELPED else None,
        report_due=queries.report_due_on(db.session, application),
        told=WORKFLOW.shown(application.state, application),
        story_told=application.state == ApplicationState.SETTLED
        and published_story(db.session, application.id) is not None,
        readers=_readers(application),
        early=due is not None and begins_early(application, due.due_on),
        contest=_contest(application),
        rights=your_rights(application) if application.state in WAITING else (),
        again=application.state in ENDED and fund is not None and fund.state == "open",
    )


def _contest(application: FundApplication) -> str:
    """How to contest what was refused, or granted in part."""
    if application.state == ApplicationState.INADMISSIBLE:
        return how_to_contest(db.session, clock.local(application.steps[-1].at).date())
    decision = application.decision
    if decision is None or decision.kind not in (ApplicationState.REFUSED, ApplicationState.PARTIALLY_GRANTED):
        return ""
    return how_to_contest(db.session, clock.local(decision.decided_at).date())


def _readers(application: FundApplication) -> dict[str, Any] | None:
    """What residents see of an application that is examined; None where the commune does not want it, or once it is decided."""
    if application.state not in EXAMINED or not endorsements_on(db.session):
        return None
    return {
        "shown": is_readable(application),
        "supports": count_endorsements(db.session, application),
    }


@blueprint.post("/demandes/<uuid:application_id>/manques/<uuid:item_id>")
@allow(SIGNED_IN)
def give(application_id: UUID, item_id: UUID) -> Response:
    """Give something that was missing, in words or as a file."""
    return PAGES.give(
        mine(application_id), item_id, lambda application, form, item_id: follow_page(application, (item_id, form))
    )


@blueprint.post("/demandes/<uuid:application_id>/precision")
@allow(SIGNED_IN)
def add(application_id: UUID) -> Response:
    """Add something of one's own accord, while the mairie has the application."""
    application = mine(application_id)
    return add_to(application, WORKFLOW.path(application), lambda form: follow_page(application, adding=form))


@blueprint.post("/demandes/<uuid:application_id>/redemander")
@allow(SIGNED_IN)
def ask_again(application_id: UUID) -> Response:
    """Another application for the same project, from what was written."""
    former = mine(application_id)
    if former.state not in ENDED:
        return go("fund.follow", application_id=application_id)
    draft = next(
        (
            r
            for r in queries.applications_of(db.session, applicant())
            if r.project_id == former.project_id and r.state == ApplicationState.DRAFT
        ),
        None,
    )
    if draft is not None:
        return go("fund.edit_idea", application_id=draft.id)
    try:
        fund = queries.current_fund(db.session)
        if fund is None:
            raise applications.not_open()
        draft = applications.ask_again(db.session, fund, former, applicant())
    except Refused as broken:
        notice(str(broken), "stop")
        return go("fund.follow", application_id=application_id)
    return go("fund.edit_idea", application_id=draft.id)


@blueprint.post("/demandes/<uuid:application_id>/retirer")
@allow(SIGNED_IN)
def withdraw(application_id: UUID) -> Response:
    """Give up; an application that was sent asks once more, on a page of its own when there is no JavaScript."""
    application = mine(application_id)
    try:
        if application.state == ApplicationState.DRAFT:
            applications.delete_draft(db.session, application)
            notice(_("Your draft is deleted."))
            return go("fund.listing")
        if request.form.get("sure") != "1" and request.headers.get("HX-Request") != "true":
            return page("fund/withdraw.html", application=application)
        move(db.session, WORKFLOW, application, "withdraw")
        notice(_("Your request is withdrawn."))
    except Refused as broken:
        notice(str(broken), "stop")
    return go("fund.follow", application_id=application_id)
