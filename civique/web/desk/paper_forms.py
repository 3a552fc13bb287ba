"""« Formulaires à imprimer »: every blank form, for who prepares a market or an hour at the counter."""

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core.i18n import _l
from civique.core.paper import BlankForm
from civique.core.registry import modules
from civique.web.access import COUNTER, allow, visitor
from civique.web.contributions import recipients
from civique.web.pages import page
from tenants.db import db
from tenants.session import TenantSession, current_tenant

blueprint = Blueprint("desk_paper_forms", __name__, url_prefix="/mairie/formulaires")


def _open_to_gifts(_session: TenantSession) -> list[tuple[str, dict[str, object]]]:
    """One form, when something takes what partners give."""
    return [("", {})] if any(recipient.open for recipient in recipients()) else []


FORMS = (
    BlankForm(
        _l("Stall sheet"),
        "desk_stall.sheet",
        _l("Numbered lines, each with a coupon to tear off: for a market, a meeting, a doorstep."),
        "core.counter",
    ),
    BlankForm(
        _l("A question or a report"), "contact.paper", _l("To leave on the counter, or to take to who does not go out.")
    ),
    BlankForm(
        _l("Propose help, as a partner"),
        "partners.paper",
        _l("Money, things or time that a company, a shop or an association proposes."),
        copies=_open_to_gifts,
    ),
)


@blueprint.get("")
@allow(COUNTER)
def listing() -> Response:
    """The forms of the core and of the modules that are on, each with the copies there are."""
    forms = [
        (form, list(form.copies(db.session)) if form.copies else [("", {})])
        for manifest in modules().of(current_tenant())
        for form in manifest.paper_forms
        if form.permission is None or visitor().can(form.permission)
    ]
    return page("desk/paper_forms.html", forms=[(form, copies) for form, copies in forms if copies])
