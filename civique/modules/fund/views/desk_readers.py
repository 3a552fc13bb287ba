"""The holder's agreement that residents read the request while it is examined, noted for who is on paper."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.operations import endorsements
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.views.desk import blueprint, demand_or_404
from civique.web.access import allow
from civique.web.submit import attempt
from tenants.db import db


@blueprint.post("/demandes/<uuid:request_id>/montrer")
@allow("fund.examine")
def show(request_id: UUID) -> Response:
    """Note that the holder agrees, or no longer agrees, that residents read the request: they said so at the town hall."""
    demand, shown = demand_or_404(request_id), request.form.get("show") == "1"
    if not endorsement_queries.endorsements_on(db.session):
        abort(404)
    said = _("Residents can read this project and support it.") if shown else _("Residents no longer see this project.")
    path = url_for("fund_desk.file", request_id=request_id, _anchor="commentaires")
    return attempt(lambda: endorsements.let_be_read(db.session, demand, shown), path, said)
