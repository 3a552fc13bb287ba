"""« J’ai déposé quelque chose sur papier »: find in my account what I left at the town hall."""

from flask import request
from werkzeug.wrappers import Response

from civique.core.claims import operations
from civique.core.claims.queries import claims_of
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.account.forms import PaperForm
from civique.web.application import limit_key, limiter
from civique.web.pages import go_path, notice, page
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
    if request.method == "POST":
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        if form.validate() and _claim(form):
            return go_path(form.leads_to("/mon-compte/papiers"))
    elif not form.name.data:
        form.name.data = me().name
    return page(
        "account/papers.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        claims=claims_of(db.session, me()),
    )


def _claim(form: PaperForm) -> bool:
    try:
        operations.ask_claim(db.session, me(), str(form.reference.data), str(form.name.data))
    except operations.ClaimRefused as refusal:
        sentences = {
            "unknown": _(
                "We find no paper with this reference and this name. Look at the receipt or the card again, or ask the town hall."
            ),
            "own": _("This is in your account already."),
            "waiting": _("You asked for this already: the town hall will answer."),
            "taken": _("This paper cannot be asked for here. Go to the town hall with your receipt."),
            "many": _("The town hall has not answered your earlier requests yet. Wait for its answer, or call."),
        }
        form.fail("reference", sentences[refusal.code])
        return False
    notice(_("Your request was sent to the town hall, which will check that this paper is yours."))
    return True
