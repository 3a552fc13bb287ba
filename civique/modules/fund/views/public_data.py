"""Files for everybody: the feed, open data, the paper form."""

from uuid import UUID

from flask import current_app, jsonify
from werkzeug.wrappers import Response

from civique.modules.fund.documents import feeds, open_data, papers
from civique.modules.fund.views.public_blueprint import blueprint, mine, shown_fund
from civique.web.access import PUBLIC, SIGNED_IN, allow
from tenants.db import db


@blueprint.get("/projets.atom")
@allow(PUBLIC)
def feed() -> Response:
    """Projects helped, as Atom."""
    return feeds.projects_feed(db.session)


@blueprint.get("/subventions.csv")
@allow(PUBLIC)
def grants_csv() -> Response:
    """Grants to organisations, in the national schema."""
    return _file(open_data.as_csv(db.session), "text/csv", "subventions.csv")


@blueprint.get("/subventions.json")
@allow(PUBLIC)
def grants_json() -> Response:
    """The same as JSON."""
    return jsonify(open_data.as_json(db.session))


@blueprint.get("/formulaire.pdf")
@allow(PUBLIC)
def paper() -> Response:
    """The application as an empty form to print."""
    return _file(papers.empty_form(db.session, shown_fund()), "application/pdf", "fonds-formulaire.pdf")


@blueprint.get("/demandes/<uuid:application_id>/demande.pdf")
@allow(SIGNED_IN)
def printed(application_id: UUID) -> Response:
    """An application as it was written, to print."""
    application = mine(application_id)
    pdf = papers.filled_form(db.session, application)
    return _file(pdf, "application/pdf", f"{application.reference or 'demande'}.pdf")


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    shown = "inline" if mimetype == "application/pdf" else "attachment"
    response = current_app.response_class(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response
