"""The blueprint of the residents' pages, and what these pages share."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g
from werkzeug.wrappers import Response

from civique.core.cases.queries import may_follow
from civique.core.i18n import gettext as _
from civique.modules.fund import queries
from civique.modules.fund.models import Fund, FundApplication
from civique.web.applicant import first_who
from civique.web.pages import go, notice
from tenants.db import db

blueprint = Blueprint("fund", __name__, url_prefix="/fonds")
CHANGEABLE = ("draft", "to_complete")
"""States in which the applicant may still change the application."""


def mine(application_id: UUID) -> FundApplication:
    """An application that this person may follow; anybody else's does not exist."""
    application = db.session.get(FundApplication, application_id)
    if application is None or first_who(partial(may_follow, db.session, application)) is None:
        abort(404)
    return application


def shown_funds() -> Sequence[Fund]:
    """The funds that residents see, newest first, read once for the page."""
    if "shown_funds" not in g:
        g.shown_funds = [fund for fund in queries.funds(db.session) if fund.state != "preparing"]
    found: Sequence[Fund] = g.shown_funds
    return found


def shown_fund() -> Fund:
    """The fund of today; none yet is 404."""
    fund = queries.current_of(shown_funds())
    if fund is None:
        abort(404)
    return fund


def moved(form: Any, application: FundApplication) -> bool:
    """Whether the application changed since this form was opened; the form then carries today's number."""
    read = form.revision.data
    form.revision.data = application.revision
    return read is not None and read != application.revision


def later() -> Response:
    """Leave it as a draft."""
    notice(_("Your draft is kept. You find it in your account and on the fund’s page."))
    return go("fund.listing")
