"""Reading an application once more, and sending it."""

from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms.endorsements import ShowForm
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import applications, endorsements
from civique.modules.fund.queries.endorsements import endorsements_on
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.pages import go, notice, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/verifier")
@allow(SIGNED_IN)
def check(application_id: UUID) -> Response:
    """Read it once more, then send it."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    return _check_page(application)


def _check_page(application: FundApplication, refusal: str = "", show_form: ShowForm | None = None) -> Response:
    supports = contributions_to(db.session, application)
    status = 422 if refusal else 200
    if show_form is None and endorsements_on(db.session):
        show_form = ShowForm(formdata=None)
    return page(
        "fund/check.html",
        status=status,
        application=application,
        supports=supports,
        refusal=refusal,
        show_form=show_form,
    )


@blueprint.post("/demandes/<uuid:application_id>/envoyer")
@allow(SIGNED_IN)
def submit(application_id: UUID) -> Response:
    """Send it. A second click finds it sent."""
    application = mine(application_id)
    show_form = ShowForm() if endorsements_on(db.session) else None
    try:
        if show_form is not None and application.state == ApplicationState.DRAFT:
            endorsements.let_be_read(db.session, application, bool(show_form.shown_while_examined.data))
        applications.submit_application(db.session, application)
    except Refused as broken:
        return _check_page(application, str(broken), show_form)
    notice(_("Your request is sent. Keep its reference: %(reference)s.", reference=application.reference))
    return go("fund.follow", application_id=application_id)
