"""The applicant's agreement that residents read the application while it is examined, noted for who is on paper."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.operations import endorsements
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.views.desk import application_or_404, blueprint
from civique.web.access import allow
from civique.web.submit import attempt
from tenants.db import db


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
