"""First step of an application: the idea."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.organisations.queries import organisations_of
from civique.modules.fund import queries
from civique.modules.fund.forms.public import (
    IdeaForm,
)
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.views.public import CHANGEABLE, blueprint, mine, moved, shown_fund
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.forms import choices
from civique.web.pages import go, page
from civique.web.submit import submit
from tenants.db import db


@blueprint.route("/demander", methods=["GET", "POST"])
@allow(SIGNED_IN)
def idea() -> Response:
    """First step: the idea, kept as a draft; then what is needed."""
    form = _idea_form(shown_fund())

    def again() -> Response:
        own = () if form.is_submitted() else queries.applications_of(db.session, applicant())
        return page("fund/idea.html", form=form, fund=shown_fund(), own=own)

    return submit(
        form,
        lambda: applications.start_application(db.session, form.fund, applicant(), **_idea_facts(form)),
        again=again,
        to=lambda application: url_for("fund.budget", application_id=application.id),
    )


@blueprint.route("/demandes/<uuid:application_id>/idee", methods=["GET", "POST"])
@allow(SIGNED_IN)
def edit_idea(application_id: UUID) -> Response:
    """Go back to the first step."""
    application = mine(application_id)
    if request.method == "GET" and application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    form = _idea_form(application.fund, application)

    def again(*, stale: bool = False) -> Response:
        status = 422 if form.is_submitted() else 200
        fund = application.fund
        return page("fund/idea.html", status=status, form=form, fund=fund, application=application, own=(), stale=stale)

    if form.is_submitted() and form.validate() and moved(form, application):
        return again(stale=True)
    return submit(
        form,
        lambda: applications.change_application(db.session, application, **_idea_facts(form)),
        again=again,
        to=url_for("fund.budget", application_id=application_id),
    )


def _idea_form(fund: Fund, application: FundApplication | None = None) -> IdeaForm:
    form = IdeaForm(obj=application)
    form.fund = fund
    own = organisations_of(db.session, applicant())
    if own:
        form.organisation_id.choices = choices(
            [(o.id, o.name if o.validated_at else _("%(name)s (to be confirmed)", name=o.name)) for o in own],
            empty=_("In my own name, with neighbours"),
        )
    else:
        del form.organisation_id
    return form


def _idea_facts(form: IdeaForm) -> dict[str, Any]:
    return {
        name: (UUID(str(value)) if value else None)
        if name.endswith("_id")
        else value or ("" if name == "place" else None)
        for name, value in form.facts().items()
    }
