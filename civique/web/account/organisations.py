"""Organisations in whose name I act, or asked to act."""

from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.organisations import operations
from civique.core.organisations.models import Organisation, Representative
from civique.core.organisations.queries import representatives_of
from civique.core.registry import modules
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.account.forms import KIND_LABELS, RepresentForm
from civique.web.application import limiter
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.represented import represented
from civique.web.submit import attempt, submit
from tenants.db import db
from tenants.session import current_tenant


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
        lambda: operations.declare_group(
            db.session, form.kind.data, form.name.data or "", me(), form.function.data or ""
        ),
        again=shown,
        to="/mon-compte/organisations",
        said=lambda row: (
            _(
                "You may already ask in the name of « %(name)s »: the town hall confirms it meanwhile.",
                name=form.name.data,
            )
            if row.accepted_at
            else _("Your request was sent. The town hall, or another representative, will accept it.")
        ),
    )


@blueprint.get("/organisations/<uuid:organisation_id>")
@allow(SIGNED_IN)
def organisation(organisation_id: UUID) -> Response:
    """The space of an organisation: what it may see and do, from every module that is on, and who speaks for it."""
    found = represented(db.session, me(), organisation_id)
    cards = [
        card
        for manifest in modules().of(current_tenant())
        if manifest.organisation_cards
        for card in manifest.organisation_cards(db.session, found, me())
    ]
    return page(
        "account/organisation.html",
        organisation=found,
        kinds=KIND_LABELS,
        cards=cards,
        representatives=representatives_of(db.session, found),
    )


@blueprint.post("/organisations/<uuid:organisation_id>/representants/<uuid:representative_id>/accepter")
@allow(SIGNED_IN)
def accept_representative(organisation_id: UUID, representative_id: UUID) -> Response:
    """Whoever speaks for an organisation accepts that another does."""
    found, row = _asking(organisation_id, representative_id)
    return attempt(
        lambda: operations.accept_representative(db.session, row),
        url_for("account.organisation", organisation_id=found.id),
        _("%(name)s now speaks for “%(organisation)s”.", name=row.person.name, organisation=found.name),
    )


@blueprint.post("/organisations/<uuid:organisation_id>/representants/<uuid:representative_id>/refuser")
@allow(SIGNED_IN)
def refuse_representative(organisation_id: UUID, representative_id: UUID) -> Response:
    """It is nobody who speaks for it."""
    found, row = _asking(organisation_id, representative_id)
    return attempt(
        lambda: operations.end_representative(db.session, row),
        url_for("account.organisation", organisation_id=found.id),
        _("Refused."),
    )


def _asking(organisation_id: UUID, representative_id: UUID) -> tuple[Organisation, Representative]:
    """An organisation that I represent, and somebody who asks to."""
    found = represented(db.session, me(), organisation_id)
    facts = {"organisation_id": found.id, "ended_at": None, "accepted_at": None}
    return found, row_or_404(Representative, representative_id, **facts)


@blueprint.post("/organisations/<uuid:representative_id>/quitter")
@allow(SIGNED_IN)
def leave_organisation(representative_id: UUID) -> Response:
    """Stop acting for an organisation."""
    row = row_or_404(Representative, representative_id, person_id=me().id, ended_at=None)
    operations.end_representative(db.session, row)
    notice(_("You no longer act for %(name)s.", name=row.organisation.name))
    return go("account.organisations")
