"""Projects under examination whose applicant agreed: residents read them, support them, write a comment. Off by default."""

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.documents import papers
from civique.modules.fund.models import EXAMINED, HELPED, FundApplication
from civique.modules.fund.operations.endorsements import SUBJECTS, let_be_read
from civique.modules.fund.queries import project_path
from civique.modules.fund.queries.endorsements import endorsements_on, shown_applications
from civique.modules.fund.views.desk import application_or_404
from civique.modules.fund.views.public import blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.endorsements import SubjectPages
from civique.web.pages import go
from civique.web.submit import attempt
from tenants.db import db


def _helped(application: FundApplication) -> str:
    return project_path(application) if application.state in HELPED else ""


SubjectPages(
    blueprint=blueprint,
    kind=SUBJECTS,
    place="/en-cours",
    rows=shown_applications,
    load=application_or_404,
    list_template="fund/subjects.html",
    template="fund/subject.html",
    paper=papers.support_form,
    elsewhere=_helped,
).add_routes()


@blueprint.post("/demandes/<uuid:application_id>/montrer")
@allow(SIGNED_IN)
def show(application_id: UUID) -> Response:
    """The applicant changes their mind: residents read the application while it is examined, or no longer."""
    application, shown = mine(application_id), request.form.get("show") == "1"
    if application.state not in EXAMINED or (shown and not endorsements_on(db.session)):
        return go("fund.follow", application_id=application_id)
    said = (
        _("Residents can read your project and support it while it is examined.")
        if shown
        else _("Residents no longer see your project.")
    )
    path = url_for("fund.follow", application_id=application_id, _anchor="habitants")
    return attempt(lambda: let_be_read(db.session, application, shown), path, said)
