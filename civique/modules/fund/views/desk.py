"""The mairie's side of the fund: one blueprint, what its pages share."""

from uuid import UUID

from flask import Blueprint, abort
from werkzeug.datastructures import FileStorage

from civique.core.base import Versioned
from civique.core.documents.models import StoredFile
from civique.modules.fund.models import ApplicationState, Fund, FundApplication
from civique.web.forms import BaseForm
from civique.web.uploads import UploadRefused, keep_upload
from tenants.db import db

blueprint = Blueprint("fund_desk", __name__, url_prefix="/mairie/fonds")


def application_or_404(application_id: UUID) -> FundApplication:
    """An application that was sent; drafts belong to their applicants alone."""
    application = db.session.get(FundApplication, application_id)
    if application is None or application.state == ApplicationState.DRAFT:
        abort(404)
    return application


def fund_or_404(fund_id: UUID) -> Fund:
    """The fund of a year of this commune."""
    fund = db.session.get(Fund, fund_id)
    if fund is None:
        abort(404)
    return fund


def revision_of(row: Versioned | None) -> int:
    """Revision of a row that a form was filled from; 0 when there was none."""
    return row.revision if row is not None else 0


def kept(
    form: BaseForm,
    field: str,
    *,
    owner_id: UUID | None,
    permission: str = "fund.read",
    alternative: str = "",
) -> StoredFile | None:
    """Keep the file of a form for the mairie; one that is refused is said beside the field.

    Args:
        owner_id: whose paper it is: the applicant's, never the agent's who puts it in. It is exported and erased with that
            person; None once the applicant is erased.
        permission: what reading it asks.

    Raises:
        UploadRefused: said already, the caller shows the form again.
    """
    upload: FileStorage | None = form[field].data
    if upload is None:
        return None
    try:
        return keep_upload(
            upload,
            visibility="staff",
            permission=permission,
            alternative=alternative,
            person_id=owner_id,
        )
    except UploadRefused as refusal:
        form.fail(field, str(refusal))
        raise
