"""The columns of the list as a file, and the form to fill in by hand."""

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.paper import Lines, render_form, request_form
from civique.skeleton.workflow import WORKFLOW
from civique.web.desk.cases import case_columns
from civique.web.tables import Column
from tenants.session import TenantSession

COLUMNS = case_columns(
    WORKFLOW,
    _l("What"),
    Column(_l("First day"), lambda case: case.starts_on),
    Column(_l("Last day"), lambda case: case.ends_on),
)


def blank_form(session: TenantSession) -> bytes:
    """The same questions as on the site, with lines to write on."""
    what, days = Lines(_("What do you ask for?")), Lines(_("From which day to which day?"))
    asked = [what, days, Lines(_("What for?"), 4)]
    return render_form(session, request_form(_("Equipment loans"), "SKE-F", "/squelette/demander", asked))
