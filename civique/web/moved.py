"""Addresses that pages had before: links in mails, bookmarks and printed papers lead on, whatever modules are on."""

from urllib.parse import quote, urlencode

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from civique.web.access import PUBLIC, allow

blueprint = Blueprint("moved", __name__)
RENAMED = {"/mairie/fonds/partenaires": {"annee": ("objet", "fonds-{}")}}
"""Old address → what its arguments are called now, and how their value is written."""
MOVED = {
    "/fonds/partenaires": "/partenaires",
    "/fonds/partenaires/proposer": "/partenaires/proposer",
    "/fonds/partenaires/proposer/recu": "/partenaires/proposer/recu",
    "/fonds/partenaires/formulaire.pdf": "/partenaires/formulaire.pdf",
    "/fonds/evaluations/<year>": "/evaluations/fonds/{year}",
    "/fonds/evaluations/<year>.pdf": "/evaluations/fonds/{year}.pdf",
    "/fonds/demandes/<object_id>/journal": "/recits/{object_id}/journal",
    "/mairie/fonds/demandes/<object_id>/recit": "/mairie/recits/{object_id}",
    "/mairie/fonds/comites": "/mairie/comites",
    "/mairie/fonds/comites/nouveau": "/mairie/comites/nouveau",
    "/mairie/fonds/comites/<committee_id>": "/mairie/comites/{committee_id}",
    "/mairie/fonds/reunions/<meeting_id>": "/mairie/reunions/{meeting_id}",
    "/mairie/fonds/reunions/<meeting_id>.pdf": "/mairie/reunions/{meeting_id}.pdf",
    "/mairie/fonds/commentaires": "/mairie/commentaires",
    "/mairie/fonds/commentaires/<comment_id>": "/mairie/commentaires/{comment_id}",
    "/mairie/fonds/soutiens/saisir": "/mairie/soutiens/saisir",
    "/mairie/fonds/evaluations": "/mairie/evaluations",
    "/mairie/fonds/evaluations/passee": "/mairie/evaluations/fonds/passee",
    "/mairie/fonds/evaluations/<year>": "/mairie/evaluations/fonds/{year}",
    "/mairie/fonds/evaluations/<year>.pdf": "/mairie/evaluations/fonds/{year}.pdf",
    "/mairie/fonds/partenaires": "/mairie/partenaires",
    "/mairie/fonds/partenaires/<year>/promesse": "/mairie/partenaires/fonds-{year}/promesse",
    "/mairie/fonds/partenaires/propositions/<proposal_id>": "/mairie/partenaires/propositions/{proposal_id}",
}
"""Old address → new one. Pages only: a form is sent to the address that its page gives."""


@allow(PUBLIC)
def lead_on(**arguments: str) -> Response:
    """Redirect for good; the page itself asks what it asks."""
    assert request.url_rule is not None, "a view has a rule"
    path = MOVED[request.url_rule.rule].format(**{name: quote(value, safe="") for name, value in arguments.items()})
    query, now = request.query_string.decode(), RENAMED.get(request.url_rule.rule)
    if now:
        asked = [(now[k][0], now[k][1].format(v)) if k in now else (k, v) for k, v in request.args.items(multi=True)]
        query = urlencode(asked)
    return current_app.response_class(status=308, headers={"Location": f"{path}?{query}" if query else path})


for _rule in MOVED:
    blueprint.add_url_rule(_rule, view_func=lead_on)
