"""The report of a project."""

from uuid import UUID

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stories.queries import story_of
from civique.modules.fund import queries
from civique.modules.fund.forms.public import ReportForm, report_form
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import reports
from civique.modules.fund.views.desk import revision_of
from civique.modules.fund.views.public import blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.pages import go, notice, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/bilan")
@allow(SIGNED_IN)
def report(application_id: UUID) -> Response:
    """The report: written, sent, or read again."""
    application = mine(application_id)
    if not _reportable(application):
        return go("fund.follow", application_id=application_id)
    return _report_page(application, report_form(application), 200)


def _reportable(application: FundApplication) -> bool:
    accepted = application.report is not None and application.report.accepted_at is not None
    return application.state in {ApplicationState.UNDER_WAY, ApplicationState.REPORT} and not accepted


def _report_page(application: FundApplication, form: ReportForm, status: int = 422, *, stale: bool = False) -> Response:
    spent = [form[f"spent_{rank}"] for rank in range(len(application.lines))]
    due = queries.report_due_on(db.session, application)
    story = story_of(db.session, application.id)
    return page(
        "fund/report.html",
        status=status,
        application=application,
        form=form,
        spent=spent,
        due=due,
        stale=stale,
        photos=len(story.pictures) if story else 0,
    )


@blueprint.post("/demandes/<uuid:application_id>/bilan")
@allow(SIGNED_IN)
def save_report(application_id: UUID) -> Response:
    """Keep the report for later, or send it."""
    application = mine(application_id)
    if not _reportable(application):
        return go("fund.follow", application_id=application_id)
    form = report_form(application)
    if not form.validate():
        return _report_page(application, form)
    spent = {
        line.id: form[f"spent_{rank}"].data
        for rank, line in enumerate(application.lines)
        if form[f"spent_{rank}"].data is not None
    }
    facts = {name: form[name].data for name in ("people", "hours", "may_publish")}
    send = not request.form.get("later")
    try:
        reports.keep_report(
            db.session, application, spent, text=form.text.data or "", revision=form.revision.data or 0, **facts
        )
        if send:
            reports.send_report(db.session, application)
    except StaleDataError:
        form.revision.data = revision_of(application.report)
        return _report_page(application, form, stale=True)
    except Refused as broken:
        form.refuse(broken)
        return _report_page(application, form)
    notice(_("Your report is sent. Thank you.") if send else _("Your report is kept. Send it when it is ready."))
    return go("fund.follow", application_id=application_id)
