"""Reading an application: one project or several, the grid, opinions of services."""

from collections.abc import Iterator
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import examination
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.desk import application_or_404, blueprint
from civique.modules.fund.views.desk_file import PAGES
from civique.web.access import allow
from civique.web.cases import CaseForm
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
