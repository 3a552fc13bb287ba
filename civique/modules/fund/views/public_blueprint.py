"""The blueprint of the residents' pages, and what these pages share."""

from uuid import UUID

from flask import Blueprint, abort

from civique.modules.fund import queries
from civique.modules.fund.models import Fund, FundApplication
from civique.web.access import me
from tenants.db import db

blueprint = Blueprint("fund", __name__, url_prefix="/fonds")
CHANGEABLE = ("draft", "to_complete")
"""States in which the applicant may still change the application."""


def mine(application_id: UUID) -> FundApplication:
    """An application that this person may follow; anybody else's does not exist."""
    application = db.session.get(FundApplication, application_id)
    if application is None or not queries.may_follow(db.session, application, me()):
        abort(404)
    return application


def shown_fund() -> Fund:
    """The fund that residents see; none yet is 404."""
    fund = queries.current_fund(db.session)
    if fund is None:
        abort(404)
    return fund
