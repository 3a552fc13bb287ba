"""What a representative does for their organisation: who may come, hours to validate, what they are counted for."""

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import gettext as _
from civique.modules.volunteering import documents, queries
from civique.modules.volunteering.forms import DecideForm, RateForm
from civique.modules.volunteering.models import Hours
from civique.modules.volunteering.operations.hours import decide_hours, set_rate
from civique.modules.volunteering.views.public import blueprint
from civique.modules.volunteering.workflow import MATCHES, MISSIONS
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.represented import represented
from civique.web.submit import attempt, submit
from civique.web.tables import list_file
from tenants.db import db


@blueprint.get("/associations/<uuid:organisation_id>")
@allow(SIGNED_IN)
def organisation(organisation_id: UUID) -> Response:
    """Its missions, who may come, hours to validate."""
    found = represented(db.session, applicant(), organisation_id)
    missions = queries.missions_of_organisation(db.session, found.id)
    return page(
        "volunteering/organisation.html",
        organisation=found,
        missions=missions,
        workflow=MISSIONS,
        match_flow=MATCHES,
        matches=queries.matches_of(db.session, mission_ids=[each.id for each in missions]),
        described=documents.described,
        hours=queries.hours_to_decide(db.session, found.id),
    )


@blueprint.post("/associations/<uuid:organisation_id>/heures/<uuid:hours_id>")
@allow(SIGNED_IN)
def decide(organisation_id: UUID, hours_id: UUID) -> Response:
    """Validate hours, or say why not (BEN-03)."""
    found = represented(db.session, applicant(), organisation_id)
    hours, form = row_or_404(Hours, hours_id, organisation_id=found.id), DecideForm()
    valid = request.form.get("valide") == "oui"
    return attempt(
        lambda: decide_hours(db.session, hours, valid=valid, reason=form.reason.data or ""),
        url_for(".organisation", organisation_id=found.id),
        _("The hours are validated.") if valid else _("The volunteer reads why."),
        form=form,
    )


@blueprint.route("/associations/<uuid:organisation_id>/valorisation", methods=["GET", "POST"])
@allow(SIGNED_IN)
def valuation(organisation_id: UUID) -> Response:
    """What the hours are counted for in the accounts of the organisation, at its own rate; nobody else reads it (BEN-04)."""
    found = represented(db.session, applicant(), organisation_id)
    rows = queries.valued_hours(db.session, found.id)
    file = list_file(
        "benevolat-valorise", _("Volunteer hours of %(name)s", name=found.name), documents.VALUED_COLUMNS, rows
    )
    if file:
        return file
    form = RateForm()
    if request.method == "GET":
        form.year.data = clock.today().year
    return submit(
        form,
        lambda: set_rate(
            db.session, found.id, year=form.year.data, cents=form.cents.data or 0, source=form.source.data or ""
        ),
        again=lambda: page(
            "volunteering/valuation.html",
            organisation=found,
            rows=rows,
            rates=queries.rates_of(db.session, found.id),
            form=form,
        ),
        to=url_for(".valuation", organisation_id=found.id),
        said=_("Your rate is kept. It is read in your organisation alone."),
    )
