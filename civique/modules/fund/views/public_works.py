"""The project as it goes: work log, photos, then the report."""

from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.forms.applicant import LogForm, PictureForm, ReportForm, report_form
from civique.modules.fund.models import WORKING, ApplicationState, FundApplication
from civique.modules.fund.operations import reports
from civique.modules.fund.views.desk import revision_of
from civique.modules.fund.views.public_blueprint import blueprint, mine
from civique.web.access import SIGNED_IN, allow, me
from civique.web.pages import go, notice, page
from civique.web.submit import attempt, submit
from civique.web.uploads import keep_upload
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/journal")
@allow(SIGNED_IN)
def works(application_id: UUID) -> Response:
    """The work log and the photos."""
    application = mine(application_id)
    if application.state not in (*WORKING, ApplicationState.SETTLED):
        return go("fund.follow", application_id=application_id)
    return _works_page(application)


def _works_page(
    application: FundApplication, log_form: LogForm | None = None, picture_form: PictureForm | None = None
) -> Response:
    status = 422 if log_form or picture_form else 200
    return page(
        "fund/works.html",
        status=status,
        application=application,
        open=application.state in WORKING,
        log_form=log_form or LogForm(formdata=None, prefix="log-"),
        picture_form=picture_form or PictureForm(formdata=None, prefix="photo-"),
    )


@blueprint.post("/demandes/<uuid:application_id>/journal")
@allow(SIGNED_IN)
def write_log(application_id: UUID) -> Response:
    """Note a day of work."""
    application, form = mine(application_id), LogForm(prefix="log-")
    return submit(
        form,
        lambda: reports.write_log(
            db.session, application, form.day.data, form.text.data or "", "applicant", form.hours.data
        ),
        again=lambda: _works_page(application, form),
        to=url_for("fund.works", application_id=application_id),
        said=_("The day is noted."),
    )


@blueprint.post("/demandes/<uuid:application_id>/photos")
@allow(SIGNED_IN)
def add_picture(application_id: UUID) -> Response:
    """Add a photo: seen by the applicant and the mairie until the story shows it."""
    application, form = mine(application_id), PictureForm(prefix="photo-")

    def add() -> None:
        assert form.file.data is not None, "the form asks for it"
        file = keep_upload(
            form.file.data,
            visibility="staff",
            permission="fund.read",
            alternative=form.alternative.data or "",
            person_id=me().id,
            pictures_only=True,
        )
        reports.add_picture(db.session, application, file)

    return submit(
        form,
        add,
        again=lambda: _works_page(application, picture_form=form),
        to=url_for("fund.works", application_id=application_id),
        said=_("The photo is added."),
    )


@blueprint.post("/demandes/<uuid:application_id>/photos/<uuid:picture_id>/retirer")
@allow(SIGNED_IN)
def remove_picture(application_id: UUID, picture_id: UUID) -> Response:
    """Take a photo away; one that the story shows is the mairie's to remove."""
    application = mine(application_id)
    return attempt(
        lambda: reports.remove_picture(db.session, application, picture_id),
        url_for("fund.works", application_id=application_id),
    )


# Report --------------------------------------------------------------------------------------------------------------


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
    return page(
        "fund/report.html", status=status, application=application, form=form, spent=spent, due=due, stale=stale
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
