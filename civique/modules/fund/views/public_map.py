"""The projects helped, village by village: a table, and a map where the commune gave the outlines of its villages."""

from flask import abort, request
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.territory.queries import territories
from civique.modules.fund import queries
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.public_blueprint import blueprint
from civique.services.outlines import draw
from civique.web.access import PUBLIC, allow
from civique.web.pages import page
from tenants.db import db


@blueprint.get("/carte")
@allow(PUBLIC)
def map_of_projects() -> Response:
    """How many projects each village had; nothing to show in a commune in one piece."""
    villages = territories(db.session, "delegated", shapes=True)
    if not villages:
        abort(404)
    years = [fund for fund in queries.funds(db.session) if fund.state != "preparing"]
    year = request.args.get("annee", "")
    chosen = next((fund for fund in years if str(fund.year) == year), None)
    helped = queries.helped_by_territory(db.session, chosen)
    most = max((count for count, _ in helped.values()), default=0)
    return page(
        "fund/map.html",
        villages=villages,
        helped=helped,
        years=[fund.year for fund in years],
        year=str(chosen.year) if chosen else "",
        drawing=draw({v.id: v.shape for v in villages if v.shape}),
        shade={v.id: -(-3 * helped.get(v.id, (0, 0))[0] // most) if most else 0 for v in villages},
        show_amounts=settings.get(db.session, FundSettings).show_amounts,
    )
