"""What the steps of an application share: refusing, the page that moved, leaving for later, taking something out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import FundApplication
from civique.modules.fund.views.public_blueprint import mine
from civique.web.pages import go, notice, partial


def moved(form: Any, application: FundApplication) -> bool:
    """Whether the application changed since this form was opened; the form then carries today's number."""
    read = form.revision.data
    form.revision.data = application.revision
    return read is not None and read != application.revision


def later() -> Response:
    """Leave it as a draft."""
    notice(_("Your draft is kept. You find it in your account and on the fund’s page."))
    return go("fund.listing")


def remove(
    application_id: UUID,
    endpoint: str,
    run: Callable[[FundApplication], None],
    shown: Callable[[FundApplication], Response],
) -> Response:
    """Take something out of an application, then show its step again.

    Args:
        endpoint: address of the step, for a browser without JavaScript.
        shown: the part of it that changed, for htmx.
    """
    application = mine(application_id)
    try:
        run(application)
    except Refused as broken:
        notice(str(broken), "stop")
        return go("fund.follow", application_id=application_id)
    return shown(application) if partial() else go(endpoint, application_id=application_id)
