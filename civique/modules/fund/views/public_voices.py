"""Projects under examination whose holder agreed: residents read them, support them, write a comment. Off by default."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.documents import papers
from civique.modules.fund.forms.voices import CommentForm
from civique.modules.fund.models import EXAMINED, HELPED, ApplicationState, FundRequest
from civique.modules.fund.operations import voices
from civique.modules.fund.queries import voices as voice_queries
from civique.modules.fund.views.public_blueprint import blueprint, mine
from civique.web.access import PUBLIC, SIGNED_IN, allow, me, visitor
from civique.web.application import limiter
from civique.web.lists import paginate
from civique.web.pages import as_pdf, go, go_path, notice, page
from tenants.db import db


@blueprint.get("/en-cours")
@allow(PUBLIC)
def examined() -> Response:
    """Projects under examination that residents may read."""
    _refuse_when_off()
    person = visitor().person
    return page(
        "fund/examined.html",
        listing=paginate(voice_queries.shown_requests(), columns=True),
        supported=voice_queries.supported_by(db.session, person) if person else set(),
    )


@blueprint.get("/en-cours/<uuid:request_id>")
@allow(PUBLIC)
def examined_project(request_id: UUID) -> Response:
    """One of them; once it is helped, its page is elsewhere."""
    _refuse_when_off()
    demand = db.session.get(FundRequest, request_id)
    if demand is not None and demand.state in HELPED:
        return go("fund.project", request_id=request_id)
    if demand is None or not voice_queries.is_shown(db.session, demand):
        abort(404)
    return _project_page(demand)


def _refuse_when_off() -> None:
    if not voice_queries.voices_on(db.session):
        abort(404)


def _project_page(demand: FundRequest, refused: CommentForm | None = None) -> Response:
    person = visitor().person
    voice = voice_queries.voice_of(db.session, demand, person) if person else None
    commented = voice_queries.comments_on(db.session)
    form = refused or CommentForm(formdata=None, data={"comment": voice.comment if voice else ""})
    return page(
        "fund/examined_project.html",
        status=422 if refused else 200,
        demand=demand,
        voice=voice,
        own=queries.may_follow(db.session, demand, person),
        supports=voice_queries.count_supports(db.session, demand),
        comments=paginate(voice_queries.shown_comments(demand), columns=True) if commented else None,
        form=form if commented and voice else None,
    )


@blueprint.get("/en-cours/<uuid:request_id>/formulaire.pdf")
@allow(PUBLIC)
def support_paper(request_id: UUID) -> Response:
    """The project on paper, with lines to support it: for who has no Internet, and for the notice board."""
    _refuse_when_off()
    demand = db.session.get(FundRequest, request_id)
    if demand is None or not voice_queries.is_shown(db.session, demand):
        abort(404)
    return as_pdf(papers.support_form(db.session, demand), f"soutenir-{demand.reference}")


@blueprint.post("/en-cours/<uuid:request_id>/soutenir")
@allow(SIGNED_IN)
@limiter.limit("60 per 5 minutes")
def support(request_id: UUID) -> Response:
    """Support a project; a second click changes nothing."""
    demand = _sent(request_id)
    try:
        voices.support(db.session, demand, me())
    except Refused as broken:
        return _no_more(demand, broken)
    notice(_("Thank you: your support is counted."))
    return go("fund.examined_project", request_id=request_id, _anchor="soutiens")


@blueprint.post("/en-cours/<uuid:request_id>/ne-plus-soutenir")
@allow(SIGNED_IN)
@limiter.limit("60 per 5 minutes")
def take_back(request_id: UUID) -> Response:
    """Support it no longer; the comment goes too."""
    demand = _sent(request_id)
    voices.take_back(db.session, demand, me())
    notice(_("You no longer support this project."))
    return _back_to(demand)


@blueprint.post("/en-cours/<uuid:request_id>/commentaire")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def comment(request_id: UUID) -> Response:
    """Write a comment, which waits for the mairie."""
    demand, form = _sent(request_id), CommentForm()
    if not voice_queries.is_shown(db.session, demand):
        return _no_more(
            demand,
            Refused(
                _("This project is no longer open to supports: it was decided, or its holder prefers so."),
                rule="not_shown",
            ),
        )
    if not form.validate():
        return _project_page(demand, form)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    try:
        voices.comment(db.session, demand, me(), form.comment.data or "")
    except Refused as broken:
        return _no_more(demand, broken)
    notice(_("Thank you. The town hall reads your comment first; then everybody reads it here."))
    return go_path(form.leads_to(url_for("fund.examined_project", request_id=request_id, _anchor="commentaire")))


def _sent(request_id: UUID) -> FundRequest:
    """A request that was sent once, while the commune takes supports."""
    _refuse_when_off()
    demand = db.session.get(FundRequest, request_id)
    if demand is None or demand.state == ApplicationState.DRAFT:
        abort(404)
    return demand


def _no_more(demand: FundRequest, broken: Refused) -> Response:
    """Say what forbids it, where the person can still read something."""
    notice(str(broken), "wait")
    return _back_to(demand)


def _back_to(demand: FundRequest) -> Response:
    """The page of a project, or the list when the project is no longer shown."""
    if voice_queries.is_shown(db.session, demand):
        return go("fund.examined_project", request_id=demand.id)
    return go("fund.examined")


@blueprint.post("/demandes/<uuid:request_id>/montrer")
@allow(SIGNED_IN)
def show(request_id: UUID) -> Response:
    """The holder changes their mind: residents read the request while it is examined, or no longer."""
    demand, shown = mine(request_id), request.form.get("show") == "1"
    if demand.state not in EXAMINED or (shown and not voice_queries.voices_on(db.session)):
        return go("fund.follow", request_id=request_id)
    voices.let_be_read(db.session, demand, shown)
    notice(
        _("Residents can read your project and support it while it is examined.")
        if shown
        else _("Residents no longer see your project.")
    )
    return go("fund.follow", request_id=request_id, _anchor="habitants")
