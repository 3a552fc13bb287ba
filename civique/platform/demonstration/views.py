"""Only in a demonstration (this machine, no SMTP): play somebody with one click, read the messages sent. 404 otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response

from civique.core import commune
from civique.core.access.roles import ROLES
from civique.core.config import config
from civique.core.people.queries import get_person
from civique.core.process import engines, registry
from civique.platform.access import operations as handover
from civique.platform.demonstration.queries import Persona, personas
from civique.services.mail import StoredMessage, read_folder, read_message
from civique.web.access import PUBLIC, allow
from civique.web.headers import CSP
from civique.web.pages import page
from civique.web.signin.views import enter
from tenants.db import db
from tenants.session import session_for
from tenants.tenant import Tenant

blueprint = Blueprint("demonstration", __name__)
FRAME_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"


@dataclass(frozen=True)
class Stage:
    """A demonstration commune and who can be played there."""

    tenant: Tenant
    address: str
    people: Sequence[Persona]


@blueprint.before_request
def only_in_a_demonstration() -> None:
    """Never on a real domain, never when messages really leave."""
    if not config().demonstration:
        abort(404)


@blueprint.get("/_demo")
@allow(PUBLIC)
def people() -> Response:
    """Who can be played, and what each may do."""
    stages = []
    for tenant in registry().all("open", "suspended"):
        if tenant.demonstration:
            with session_for(engines(), tenant) as session:
                stages.append(Stage(tenant, commune.site_address(tenant), personas(session)))
    stages.sort(key=lambda stage: -len(stage.people))
    return _fresh(page("platform/demo/people.html", stages=stages, operators=personas(db.session), roles=ROLES))


@blueprint.get("/_demo/<slug>/<uuid:person_id>")
@allow(PUBLIC)
def play(slug: str, person_id: UUID) -> Response:
    """Come into a commune as somebody, second factor given."""
    tenant = registry().by_slug(slug)
    address = handover.play(tenant, person_id) if tenant and tenant.demonstration else None
    if address is None:
        abort(404)
    return current_app.response_class(status=303, headers={"Location": address, "Cache-Control": "no-store"})


@blueprint.get("/_demo/plateforme/<uuid:person_id>")
@allow(PUBLIC)
def operate(person_id: UUID) -> Response:
    """Come in here, at the apex, as one of its demonstration operators, second factor given."""
    if person_id not in {persona.person_id for persona in personas(db.session)}:
        abort(404)
    person = get_person(db.session, person_id)
    assert person is not None
    return _fresh(enter(person, strong=True))


@blueprint.get("/_mail")
@allow(PUBLIC)
def messages() -> Response:
    """Messages sent, newest first."""
    wanted = request.args.get("pour", "")[:254].strip().lower()
    found = [m for m in _all() if wanted in m.recipients.lower()]
    return _fresh(page("platform/demo/messages.html", "rows", messages=found[:100], wanted=wanted, total=len(found)))


@blueprint.get("/_mail/<name>")
@allow(PUBLIC)
def message(name: str) -> Response:
    """One message: headers, text, and the HTML in a frame of its own."""
    found = _message(name)
    response = page("platform/demo/message.html", message=found, name=name, text=_part(found, "plain"))
    response.headers["Content-Security-Policy"] = CSP.format(ancestors="'none'") + "; frame-src 'self'"
    return _fresh(response)


@blueprint.get("/_mail/<name>/html")
@allow(PUBLIC)
def message_html(name: str) -> Response:
    """The HTML of a message, as a mail reader shows it: inline style, no script, no network."""
    html = _part(_message(name), "html")
    # Links leave the frame, as they leave a mail reader.
    html = html.replace("<head>", '<head><base target="_blank">', 1)
    response = current_app.response_class(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_CSP
    return _fresh(response)


def _all() -> list[StoredMessage]:
    return read_folder(config().var / "mail", 500)


def _message(name: str) -> EmailMessage:
    try:
        return read_message(config().var / "mail", name)
    except FileNotFoundError:
        abort(404)


def _part(found: EmailMessage, kind: str) -> str:
    part = found.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
