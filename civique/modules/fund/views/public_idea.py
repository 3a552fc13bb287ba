"""First step of an application: the idea."""

from typing import Any
from uuid import UUID

from flask import url_for
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


@blueprint.get("/demander")
@allow(SIGNED_IN)
def idea() -> Response:
    """First step: the idea."""
    own = queries.applications_of(db.session, applicant())
    fund = shown_fund()
    return page("fund/idea.html", form=_idea_form(fund), fund=fund, own=own)


@blueprint.post("/demander")
@allow(SIGNED_IN)
def start() -> Response:
    """Keep the idea as a draft and go on to what is needed."""
    fund = shown_fund()
    form = _idea_form(fund)
    return submit(
        form,
        lambda: applications.start_application(db.session, fund, applicant(), **_idea_facts(form)),
        again=lambda: page("fund/idea.html", form=form, fund=shown_fund(), own=[]),
        to=lambda application: url_for("fund.budget", application_id=application.id),
    )


@blueprint.get("/demandes/<uuid:application_id>/idee")
@allow(SIGNED_IN)
def edit_idea(application_id: UUID) -> Response:
    """Go back to the first step."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    form = _idea_form(application.fund, application)
    return page("fund/idea.html", form=form, fund=application.fund, application=application, own=[])


@blueprint.post("/demandes/<uuid:application_id>/idee")
@allow(SIGNED_IN)
def save_idea(application_id: UUID) -> Response:
    """Save the first step."""
    application = mine(application_id)
    form = _idea_form(application.fund, application)

    def again(*, stale: bool = False) -> Response:
        fund = application.fund
        return page("fund/idea.html", status=422, form=form, fund=fund, application=application, own=[], stale=stale)

    if form.validate() and moved(form, application):
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
    facts = {name: value for name, value in form.data.items() if name not in {"once", "revision"}}
    return {
        name: (UUID(str(value)) if value else None)
        if name.endswith("_id")
        else value or ("" if name == "place" else None)
        for name, value in facts.items()
    }
