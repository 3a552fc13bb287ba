"""Reading a request once more, and sending it."""

from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms.voices import ShowForm
from civique.modules.fund.models import ApplicationState, FundRequest
from civique.modules.fund.operations import requests, voices
from civique.modules.fund.queries.voices import voices_on
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.pages import go, notice, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:request_id>/verifier")
@allow(SIGNED_IN)
def check(request_id: UUID) -> Response:
    """Read it once more, then send it."""
    demand = mine(request_id)
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    return _check_page(demand)


def _check_page(demand: FundRequest, refusal: str = "", show_form: ShowForm | None = None) -> Response:
    supports = contributions_to(db.session, demand)
    status = 422 if refusal else 200
    if show_form is None and voices_on(db.session):
        show_form = ShowForm(formdata=None)
    return page(
        "fund/check.html", status=status, demand=demand, supports=supports, refusal=refusal, show_form=show_form
    )


@blueprint.post("/demandes/<uuid:request_id>/envoyer")
@allow(SIGNED_IN)
def submit(request_id: UUID) -> Response:
    """Send it. A second click finds it sent."""
    demand = mine(request_id)
    show_form = ShowForm() if voices_on(db.session) else None
    try:
        if show_form is not None and demand.state == ApplicationState.DRAFT:
            voices.let_be_read(db.session, demand, bool(show_form.shown_while_examined.data))
        requests.submit_request(db.session, demand)
    except Refused as broken:
        return _check_page(demand, str(broken), show_form)
    notice(_("Your request is sent. Keep its reference: %(reference)s.", reference=demand.reference))
    return go("fund.follow", request_id=request_id)
