"""Requests to act for a relative, that the mairie accepts or not."""

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.people import operations as people
from civique.core.people.models import Proxy
from civique.core.people.queries import proxies_to_accept
from civique.web.access import allow
from civique.web.desk.lists import row_or_404
from civique.web.pages import go, notice, page
from tenants.db import db

blueprint = Blueprint("desk_proxies", __name__, url_prefix="/mairie/procurations")


@blueprint.get("")
@allow("core.people_change")
def listing() -> Response:
    """Requests that wait."""
    return page("desk/proxies.html", proxies=proxies_to_accept(db.session))


@blueprint.post("/<uuid:proxy_id>/accepter")
@allow("core.people_change")
def accept(proxy_id: UUID) -> Response:
    """The link between the two people was seen."""
    proxy = row_or_404(Proxy, proxy_id)
    if proxy.accepted_at is None and proxy.ended_at is None:
        people.accept_proxy(db.session, proxy)
        notice(
            _("%(name)s may now act for %(other)s.", name=proxy.person.name, other=proxy.for_person.name),
        )
    return go("desk_proxies.listing")


@blueprint.post("/<uuid:proxy_id>/refuser")
@allow("core.people_change")
def refuse(proxy_id: UUID) -> Response:
    """The request is refused; it can be made again."""
    proxy = row_or_404(Proxy, proxy_id)
    if proxy.ended_at is None:
        people.end_proxy(db.session, proxy)
        notice(_("The request is refused. It can be made again, for instance with a proof."))
    return go("desk_proxies.listing")
