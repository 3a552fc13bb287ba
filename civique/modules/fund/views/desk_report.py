"""A report that came on paper or by telephone."""

from decimal import Decimal
from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.forms import steps
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import reports
from civique.modules.fund.operations.course import lock
from civique.modules.fund.views.desk import application_or_404, blueprint, revision_of
from civique.modules.fund.views.desk_file import PAGES
from civique.web.access import allow
from civique.web.cases import CaseForm
from civique.web.pages import go, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/bilan")
@allow("fund.examine")
def report(application_id: UUID) -> Response:
    """Enter a report that came on paper or by telephone."""
    application = application_or_404(application_id)
    if application.state not in {ApplicationState.UNDER_WAY, ApplicationState.REPORT}:
        return go("fund_desk.file", application_id=application_id)
    form = steps.ReportForm(formdata=None, obj=application.report)
    form.complete(application)
    form.revision.data, form.read.data = application.revision, revision_of(application.report)
    return page("fund/desk/report.html", application=application, form=form, other=None)


@blueprint.post("/demandes/<uuid:application_id>/bilan")
@allow("fund.examine")
def take_report(application_id: UUID) -> Response:
    """Keep the report and send it at once: it is complete on paper."""
    form = steps.ReportForm()

    def run(application: FundApplication) -> None:
        lock(db.session, application, form.revision.data)
        hours = Decimal(form.hours.data) if form.hours.data is not None else None
        reports.keep_report(
            db.session,
            application,
            {line.id: form[f"spent-{line.id}"].data for line in application.lines},
            text=form.text.data or "",
            people=form.people.data,
            hours=hours,
            may_publish=bool(form.may_publish.data),
            channel="paper",
            revision=form.read.data,
        )
        reports.send_report(db.session, application)

    def shown(application: FundApplication, refused: CaseForm) -> Response:
        """The form again; a report that its applicant wrote meanwhile is shown beside what was typed."""
        now = revision_of(application.report)
        other = application.report if form.read.data != now else None
        form.read.data = now
        return page("fund/desk/report.html", status=422, application=application, form=refused, other=other)

    return PAGES.act(application_id, form, run, _("The report is recorded."), shown)
