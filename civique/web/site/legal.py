"""Pages that the law asks for, generated from facts until the mairie writes its own."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from civique.core import commune, privacy, settings
from civique.core.registry import modules
from civique.web.access import PUBLIC, allow
from civique.web.conditional import personal
from civique.web.pages import page
from tenants.db import db

blueprint = Blueprint("legal", __name__)


@blueprint.get("/mentions-legales")
@allow(PUBLIC)
def notice() -> Response:
    """Legal notice, with who runs this deployment and where it is hosted."""
    personal()  # the operator's facts are not counted with the commune's changes: nothing to keep
    return page("site/legal/notice.html", own=_texts().legal, publisher=current_app.config["PUBLISHER"]())


@blueprint.get("/accessibilite")
@allow(PUBLIC)
def accessibility() -> Response:
    """Declaration of accessibility (RGAA 4.1)."""
    return page("site/legal/accessibility.html", own=_texts().accessibility)


@blueprint.get("/donnees-personnelles")
@allow(PUBLIC)
def personal_data() -> Response:
    """What is kept, why, how long: the register of what is switched on."""
    kinds = [(kind, kind.kept(db.session)) for kind in privacy.kinds(db.session, modules())]
    return page("site/legal/privacy.html", own=_texts().privacy, kinds=kinds)


def _texts() -> commune.Texts:
    return settings.get(db.session, commune.Texts)
