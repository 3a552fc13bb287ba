"""The work and what came of it: log, photos, report, accounts closed, story."""

from decimal import Decimal
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import reports, stories
from civique.modules.fund.operations.course import lock
from civique.modules.fund.views.desk import application_or_404, blueprint, revision_of
from civique.modules.fund.views.desk_file import PAGES
from civique.services.identifiers import AmountError, parse_amount
from civique.web.access import allow
from civique.web.cases import CaseForm
from civique.web.pages import go, notice, page
from civique.web.uploads import keep_upload
from tenants.db import db


@blueprint.post("/demandes/<uuid:application_id>/journal")
@allow("fund.examine")
def log(application_id: UUID) -> Response:
    """Note a day of work."""
    form = steps.LogForm()

    def run(application: FundApplication) -> None:
        assert form.day.data is not None, "the form asks for a day"
        hours = Decimal(form.hours.data) if form.hours.data is not None else None
        reports.write_log(db.session, application, form.day.data, form.text.data or "", form.side.data, hours)

    return PAGES.act(application_id, form, run, _("The work is noted."))


@blueprint.post("/demandes/<uuid:application_id>/photos")
@allow("fund.examine")
def picture(application_id: UUID) -> Response:
    """Add a photo."""
    form = steps.PictureForm()

    def run(application: FundApplication) -> None:
        assert form.picture.data is not None, "the form asks for a picture"
        file = keep_upload(
            form.picture.data,
            visibility="staff",
            permission="fund.read",
            alternative=form.alternative.data or "",
            person_id=application.applicant_id,
            pictures_only=True,
            field="picture",
        )
        reports.add_picture(db.session, application, file)

    return PAGES.act(
        application_id, form, run, _("The photo is kept. Only the town hall and the applicant see it for now.")
    )


@blueprint.get("/demandes/<uuid:application_id>/bilan")
@allow("fund.examine")
def report(application_id: UUID) -> Response:
    """Enter a report that came on paper or by telephone."""
    application = application_or_404(application_id)
    if application.state not in {ApplicationState.UNDER_WAY, ApplicationState.REPORT}:
        return go("fund_desk.file", application_id=application_id)
    form = steps.ReportForm(formdata=None, obj=application.report)
    form.revision.data, form.read.data = application.revision, revision_of(application.report)
    return page("fund/desk/report.html", application=application, form=form, typed={}, other=None)


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
            _spent(application),
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
        return page(
            "fund/desk/report.html", status=422, application=application, form=refused, typed=request.form, other=other
        )

    return PAGES.act(application_id, form, run, _("The report is recorded."), shown)


@blueprint.get("/demandes/<uuid:application_id>/recit")
@allow("fund.examine")
def story(application_id: UUID) -> Response:
    """Write the story, from the report."""
    application = application_or_404(application_id)
    if application.state not in stories.TOLD:
        return go("fund_desk.file", application_id=application_id)
    form = steps.StoryForm(formdata=None)
    form.revision.data = application.revision
    form.text.data = application.story or (application.report.text if application.report else "")
    return page("fund/desk/story.html", application=application, form=form, typed=None)


@blueprint.post("/demandes/<uuid:application_id>/recit")
@allow("fund.examine")
def keep_story(application_id: UUID) -> Response:
    """Keep the story; with « publish », show it to everybody."""
    form = steps.StoryForm()
    publish = "publish" in request.form

    def run(application: FundApplication) -> None:
        chosen = {
            p.id: request.form.get(f"alternative-{p.id}", "")
            for p in application.pictures
            if f"picture-{p.id}" in request.form
        }
        stories.keep_story(db.session, application, form.text.data or "", chosen, form.revision.data or 0)
        if publish:
            stories.publish_story(db.session, application)

    def shown(application: FundApplication, refused: CaseForm) -> Response:
        return page("fund/desk/story.html", status=422, application=application, form=refused, typed=request.form)

    return PAGES.act(
        application_id, form, run, _("The story is published.") if publish else _("The story is kept."), shown
    )


@blueprint.post("/demandes/<uuid:application_id>/recit/retirer")
@allow("fund.examine")
def withdraw_story(application_id: UUID) -> Response:
    """Show the story to nobody any more."""
    stories.withdraw_story(db.session, application_or_404(application_id))
    notice(_("The story is withdrawn. It can be published again."))
    return go("fund_desk.file", application_id=application_id)


def _spent(application: FundApplication) -> dict[UUID, int]:
    """Cents spent on each cost. Raises Refusal with the cost that cannot be read."""
    spent = {}
    for line in application.lines:
        try:
            spent[line.id] = parse_amount(request.form.get(f"spent-{line.id}", ""))
        except AmountError as error:
            raise Refused(_("Write what was spent for « %(what)s », 0 if nothing.", what=line.label)) from error
    return spent
