"""What the steps of a request share: refusing, the page that moved, leaving for later, taking something out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import FundRequest
from civique.modules.fund.views.public_blueprint import mine
from civique.web.pages import go, notice, partial


def moved(form: Any, demand: FundRequest) -> bool:
    """Whether the request changed since this form was opened; the form then carries today's number."""
    read = form.revision.data
    form.revision.data = demand.revision
    return read is not None and read != demand.revision


def later() -> Response:
    """Leave it as a draft."""
    notice(_("Your draft is kept. You find it in your account and on the fund’s page."))
    return go("fund.listing")


def remove(
    request_id: UUID, endpoint: str, run: Callable[[FundRequest], None], shown: Callable[[FundRequest], Response]
) -> Response:
    """Take something out of a request, then show its step again.

    Args:
        endpoint: address of the step, for a browser without JavaScript.
        shown: the part of it that changed, for htmx.
    """
    demand = mine(request_id)
    try:
        run(demand)
    except Refused as broken:
        notice(str(broken), "stop")
        return go("fund.follow", request_id=request_id)
    return shown(demand) if partial() else go(endpoint, request_id=request_id)
