"""Projects under examination whose applicant agreed: residents read them, support them, write a comment. Off by default."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.endorsements import operations
from civique.core.endorsements.queries import (
    comment_by,
    count_endorsements,
    endorsed_by,
    endorsement_by,
    published_comments,
)
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.documents import papers
from civique.modules.fund.models import EXAMINED, HELPED, ApplicationState, FundApplication
from civique.modules.fund.operations import endorsements
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.queries.endorsements import describe
from civique.modules.fund.views.public import blueprint, mine
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, applicant_or_nobody
from civique.web.application import limiter
from civique.web.endorsements import CommentForm
from civique.web.lists import paginate
from civique.web.pages import as_pdf, go, notice, page
from civique.web.submit import submit
from tenants.db import db


@blueprint.get("/en-cours")
@allow(PUBLIC)
def examined() -> Response:
    """Projects under examination that residents may read."""
    _refuse_when_off()
    person = applicant_or_nobody()
    return page(
        "fund/examined.html",
        listing=paginate(endorsement_queries.shown_applications(), columns=True),
        supported=endorsed_by(db.session, person) if person else set(),
    )


@blueprint.get("/en-cours/<uuid:application_id>")
@allow(PUBLIC)
def examined_project(application_id: UUID) -> Response:
    """One of them; once it is helped, its page is elsewhere."""
    _refuse_when_off()
    application = db.session.get(FundApplication, application_id)
    if application is not None and application.state in HELPED:
        return go("fund.project", application_id=application_id)
    if application is None or not endorsement_queries.is_shown(db.session, application):
        abort(404)
    return _project_page(application)


def _refuse_when_off() -> None:
    if not endorsement_queries.endorsements_on(db.session):
        abort(404)


def _project_page(application: FundApplication, refused: CommentForm | None = None) -> Response:
    person = applicant_or_nobody()
    endorsement = endorsement_by(db.session, application, person) if person else None
    commented = endorsement_queries.comments_on(db.session)
    comment = comment_by(db.session, application, person) if person and commented else None
    form = refused or CommentForm(formdata=None, data={"comment": comment.text if comment else ""})
    return page(
        "fund/examined_project.html",
        status=422 if refused else 200,
        application=application,
        endorsement=endorsement,
        comment=comment,
        own=queries.may_follow(db.session, application, person),
        supports=count_endorsements(db.session, application),
        comments=paginate(published_comments(application), columns=True) if commented else None,
        form=form if commented and endorsement else None,
        refused=refused,
    )


@blueprint.get("/en-cours/<uuid:application_id>/formulaire.pdf")
@allow(PUBLIC)
def endorsement_paper(application_id: UUID) -> Response:
    """The project on paper, with lines to support it: for who has no Internet, and for the notice board."""
    _refuse_when_off()
    application = db.session.get(FundApplication, application_id)
    if application is None or not endorsement_queries.is_shown(db.session, application):
        abort(404)
    return as_pdf(papers.support_form(db.session, application), f"soutenir-{application.reference}")


@blueprint.post("/en-cours/<uuid:application_id>/soutenir")
@allow(SIGNED_IN)
@limiter.limit("60 per 5 minutes")
def endorse(application_id: UUID) -> Response:
    """Support a project; a second click changes nothing."""
    application = _sent(application_id)
    try:
        operations.endorse(db.session, describe(application), applicant())
    except Refused as refused:
        return _no_more(application, refused)
    notice(_("Thank you: your support is counted."))
    return go("fund.examined_project", application_id=application_id, _anchor="soutiens")


@blueprint.post("/en-cours/<uuid:application_id>/ne-plus-soutenir")
@allow(SIGNED_IN)
@limiter.limit("60 per 5 minutes")
def withdraw_endorsement(application_id: UUID) -> Response:
    """Support it no longer; the comment goes too."""
    application = _sent(application_id)
    operations.withdraw_endorsement(db.session, application, applicant())
    notice(_("You no longer support this project."))
    return _back_to(application)


@blueprint.post("/en-cours/<uuid:application_id>/commentaire")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def comment(application_id: UUID) -> Response:
    """Write a comment, which waits for the mairie."""
    application, form = _sent(application_id), CommentForm()
    if not endorsement_queries.is_shown(db.session, application):
        return _no_more(application, endorsements.not_shown())

    def do() -> None:
        operations.write_comment(db.session, describe(application), applicant(), form.comment.data or "")

    return submit(
        form,
        do,
        again=lambda: _project_page(application, form),
        to=url_for("fund.examined_project", application_id=application_id, _anchor="commentaire"),
        said=_("Thank you. The town hall reads your comment first; then everybody reads it here."),
    )


def _sent(application_id: UUID) -> FundApplication:
    """An application that was sent once, while the commune takes supports."""
    _refuse_when_off()
    application = db.session.get(FundApplication, application_id)
    if application is None or application.state == ApplicationState.DRAFT:
        abort(404)
    return application


def _no_more(application: FundApplication, broken: Refused) -> Response:
    """Say what forbids it, where the person can still read something."""
    notice(str(broken), "wait")
    return _back_to(application)


def _back_to(application: FundApplication) -> Response:
    """The page of a project, or the list when the project is no longer shown."""
    if endorsement_queries.is_shown(db.session, application):
        return go("fund.examined_project", application_id=application.id)
    return go("fund.examined")


@blueprint.post("/demandes/<uuid:application_id>/montrer")
@allow(SIGNED_IN)
def show(application_id: UUID) -> Response:
    """The applicant changes their mind: residents read the application while it is examined, or no longer."""
    application, shown = mine(application_id), request.form.get("show") == "1"
    if application.state not in EXAMINED or (shown and not endorsement_queries.endorsements_on(db.session)):
        return go("fund.follow", application_id=application_id)
    endorsements.let_be_read(db.session, application, shown)
    notice(
        _("Residents can read your project and support it while it is examined.")
        if shown
        else _("Residents no longer see your project.")
    )
    return go("fund.follow", application_id=application_id, _anchor="habitants")
