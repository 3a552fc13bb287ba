"""The mairie's side of the fund: one blueprint, what its pages share."""

from uuid import UUID

from flask import Blueprint, abort

from civique.core.base import Versioned
from civique.modules.fund.models import ApplicationState, FundApplication
from tenants.db import db

blueprint = Blueprint("fund_desk", __name__, url_prefix="/mairie/fonds")


def application_or_404(application_id: UUID) -> FundApplication:
    """An application that was sent; drafts belong to their applicants alone."""
    application = db.session.get(FundApplication, application_id)
    if application is None or application.state == ApplicationState.DRAFT:
        abort(404)
    return application


def revision_of(row: Versioned | None) -> int:
    """Revision of a row that a form was filled from; 0 when there was none."""
    return row.revision if row is not None else 0
