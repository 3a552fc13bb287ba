"""Pages of the apex."""

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core.process import registry
from civique.web.access import PUBLIC, allow
from civique.web.pages import page

blueprint = Blueprint("site", __name__)


@blueprint.get("/")
@allow(PUBLIC)
def home() -> Response:
    """What a small mairie gets."""
    return page("platform/home.html", communes=registry().all("open"))
