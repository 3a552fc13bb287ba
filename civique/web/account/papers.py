"""« J’ai déposé quelque chose sur papier »: find in my account what I left at the town hall."""

from flask import request
from werkzeug.wrappers import Response

from civique.core.claims import operations
from civique.core.claims.queries import claims_of
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.account.forms import PaperForm
from civique.web.applicant import applicant
from civique.web.application import limit_key, limiter
from civique.web.pages import page
from civique.web.submit import submit
from tenants.db import db


def _whose_tries() -> str:
    return f"{limit_key()}|{me().id}"


@blueprint.route("/papiers", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per hour", methods=["POST"])
@limiter.limit("10 per day", methods=["POST"], key_func=_whose_tries)
def papers() -> Response:
    """The reference and the name; then what I asked for already."""
    form = PaperForm()
    if request.method == "GET" and not form.name.data:
        form.name.data = applicant().name
    return submit(
        form,
        lambda: operations.ask_claim(db.session, applicant(), str(form.reference.data), str(form.name.data)),
        again=lambda: page("account/papers.html", form=form, claims=claims_of(db.session, applicant())),
        to="/mon-compte/papiers",
        said=_("Your request was sent to the town hall, which will check that this paper is yours."),
    )
