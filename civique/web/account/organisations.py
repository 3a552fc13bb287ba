"""Organisations in whose name I act, or asked to act."""

from uuid import UUID

from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.organisations import operations
from civique.core.organisations.models import Organisation, Representative
from civique.core.organisations.queries import same_name
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.account.forms import KIND_LABELS, RepresentForm
from civique.web.application import limiter
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from tenants.db import db


@blueprint.route("/organisations", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per hour", methods=["POST"])
def organisations() -> Response:
    """My organisations, and a form to ask for one."""
    form = RepresentForm()

    def shown() -> Response:
        query = select(Representative).join(Organisation)
        query = query.where(Representative.person_id == me().id, Representative.ended_at.is_(None))
        rows = db.session.scalars(query.order_by(Organisation.folded)).all()
        return page("account/organisations.html", form=form, rows=rows, kinds=KIND_LABELS)

    return submit(
        form,
        lambda: _ask(form),
        again=shown,
        to="/mon-compte/organisations",
        said=_("Your request was sent. The town hall, or another representative, will accept it."),
    )


def _ask(form: RepresentForm) -> None:
    known = same_name(db.session, form.name.data)
    organisation = known or operations.add_organisation(db.session, form.kind.data, form.name.data)
    operations.name_representative(db.session, organisation, me(), form.function.data)


@blueprint.post("/organisations/<uuid:representative_id>/quitter")
@allow(SIGNED_IN)
def leave_organisation(representative_id: UUID) -> Response:
    """Stop acting for an organisation."""
    row = row_or_404(Representative, representative_id, person_id=me().id, ended_at=None)
    operations.end_representative(db.session, row)
    notice(_("You no longer act for %(name)s.", name=row.organisation.name))
    return go("account.organisations")
