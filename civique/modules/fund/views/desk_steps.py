"""Reading an application, and deciding: one project or several, the grid, opinions of services, who may read it, the decision."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import decisions, endorsements, examination
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.desk import application_or_404, blueprint
from civique.modules.fund.views.desk_file import PAGES
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow
from civique.web.cases import CaseForm
from civique.web.submit import attempt
from tenants.db import db


@blueprint.post("/demandes/<uuid:application_id>/meme-projet/<uuid:other_id>")
@allow("fund.examine")
def same_project(application_id: UUID, other_id: UUID) -> Response:
    """Two applications are of one project: the cap counts them together."""
    form, other = CaseForm(), application_or_404(other_id)
    return PAGES.act(
        application_id,
        form,
        lambda application: examination.join_project(db.session, application, other, form.revision.data or 0),
        _("These requests are one project: the cap counts them together."),
    )


@blueprint.post("/demandes/<uuid:application_id>/autre-projet")
@allow("fund.examine")
def own_project(application_id: UUID) -> Response:
    """An application is a project of its own."""
    form = CaseForm()
    return PAGES.act(
        application_id,
        form,
        lambda application: examination.leave_project(db.session, application, form.revision.data or 0),
        _("This request is a project of its own."),
    )


@blueprint.post("/demandes/<uuid:application_id>/grille")
@allow("fund.examine")
def grid(application_id: UUID) -> Response:
    """Fill in the analysis grid."""
    form = GridForm()
    return PAGES.act(
        application_id,
        form,
        lambda application: examination.grade(db.session, application, _grades(application), form.revision.data or 0),
        _("The analysis grid is kept."),
    )


class GridForm(CaseForm):
    """The grid: its lines are read by rank, since each commune has its own criteria."""

    place = "grid"


def _grades(application: FundApplication) -> Iterator[tuple[str, int, str]]:
    """Criterion, grade, word of each line. Raises ValueError when a criterion has no grade."""
    criteria = [grade.criterion for grade in application.grades] or list(
        settings.get(db.session, FundSettings).criteria
    )
    given = [request.form.get(f"grade-{rank}", "") for rank in range(len(criteria))]
    if not all(text in {"0", "1", "2", "3"} for text in given):
        raise Refused(_("Give each criterion a grade, from 0 to 3."))
    for rank, criterion in enumerate(criteria):
        yield criterion, int(given[rank]), request.form.get(f"note-{rank}", "").strip()[:600]


@blueprint.post("/demandes/<uuid:application_id>/avis")
@allow("fund.examine")
def advise(application_id: UUID) -> Response:
    """Record the opinion of a service."""
    form = steps.AdviceForm()
    return PAGES.act(
        application_id,
        form,
        lambda application: examination.advise(
            db.session, application, form.service.data or "", form.verdict.data, form.text.data or ""
        ),
        _("The opinion is recorded."),
    )


@blueprint.post("/demandes/<uuid:application_id>/montrer")
@allow("fund.examine")
def show(application_id: UUID) -> Response:
    """Note that the applicant agrees, or no longer agrees, that residents read the application: they said so at the town hall."""
    application, shown = application_or_404(application_id), request.form.get("show") == "1"
    if not endorsement_queries.endorsements_on(db.session):
        abort(404)
    said = _("Residents can read this project and support it.") if shown else _("Residents no longer see this project.")
    path = url_for("fund_desk.file", application_id=application_id, _anchor="commentaires")
    return attempt(lambda: endorsements.let_be_read(db.session, application, shown), path, said)


@blueprint.post("/demandes/<uuid:application_id>/decision")
@allow("fund.decide")
def decide(application_id: UUID) -> Response:
    """Grant in full, in part, refuse or put off."""
    form = steps.DecisionForm()
    form.rename("decide")
    name = "adjourn" if form.decision.data == "adjourned" else "decide"

    def run(application: FundApplication) -> None:
        granted = {} if name == "adjourn" else _granted(form)
        _move(application, name, form, act=form.act.data or "", act_on=form.act_on.data, **granted)

    return PAGES.act(application_id, form, run, str(WORKFLOW.by_name[name].done))


@blueprint.post("/demandes/<uuid:application_id>/correction")
@allow("fund.decide")
def correct(application_id: UUID) -> Response:
    """Replace a mistaken decision."""
    form = steps.CorrectionForm()
    form.rename("correct")

    def run(application: FundApplication) -> None:
        _move(application, "correct", form, because=form.because.data or "", **_granted(form))

    return PAGES.act(application_id, form, run, str(WORKFLOW.by_name["correct"].done))


@blueprint.post("/demandes/<uuid:application_id>/acte")
@allow("fund.decide")
def act(application_id: UUID) -> Response:
    """Write or correct the number of the act."""
    form = steps.ActForm()
    return PAGES.act(
        application_id,
        form,
        lambda application: decisions.note_act(
            db.session, application, form.act.data or "", form.act_on.data, form.revision.data or 0
        ),
        _("The act is noted."),
    )


def _granted(form: steps.DecisionForm) -> dict[str, Any]:
    return {"amount_cents": form.amount(), "in_kind": form.in_kind()}


def _move(application: FundApplication, name: str, form: steps.DecisionForm, **facts: Any) -> None:
    motive = form.motive.data or ""
    move(db.session, WORKFLOW, application, name, revision=form.revision.data or 0, motive=motive, **facts)
