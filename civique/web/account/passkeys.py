"""Adding a passkey. The page needs the browser's script; an authenticator application is its twin without."""

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from civique.core.access import passkeys, queries
from civique.core.commune import own_host
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.web.access import SIGNED_IN, allow, me, safe_path
from civique.web.account.blueprint import blueprint, my_session, proof_first
from civique.web.application import limiter
from civique.web.pages import keep_anyway, notice, page
from civique.web.signin.challenge import host, origin
from civique.web.signin.passkeys import LONGEST_ANSWER, json_answer
from civique.web.signin.views import second_check_given
from tenants.db import db
from tenants.session import current_tenant


@blueprint.get("/cle")
@allow(SIGNED_IN)
def new_passkey() -> Response:
    """What a passkey is, and the button."""
    if asked := proof_first():
        return asked
    next_page = safe_path(request.args.get("suite", "/mon-compte/protection"))
    return page("account/new_passkey.html", next=next_page, host=host(), others=_other_addresses())


def _other_addresses() -> list[str]:
    """Where this site answers too: a passkey that is made here opens none of them."""
    tenant = current_tenant()
    if not tenant.hosts:
        return []
    return [other for other in (own_host(tenant), *tenant.hosts) if other != host()]


@blueprint.post("/cle/options")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def passkey_options() -> Response:
    """What the browser needs to make a passkey."""
    if proof_first():
        abort(403)
    body = passkeys.start_registration(db.session, my_session(), host(), current_tenant().name)
    return current_app.response_class(body, mimetype="application/json")


@blueprint.post("/cle")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def add_passkey() -> Response:
    """Keep the passkey that the device made; the first second check comes with recovery codes."""
    if proof_first() or (request.content_length or 0) > LONGEST_ANSWER:
        abort(403)
    try:
        answer = passkeys.parse_answer(request.get_data())
        label = str(answer.pop("label", ""))[:80] or _("Passkey")
        next_page = safe_path(str(answer.pop("suite", "/mon-compte/protection")))
        passkeys.finish_registration(db.session, my_session(), answer, host=host(), origin=origin(), label=label)
    except passkeys.PasskeyRefused:
        keep_anyway()  # the challenge is spent
        return json_answer(
            {"error": _("This device did not answer as expected. Try again, or use an application.")}, 422
        )
    second_check_given()
    # Whoever used a browser that was left open would come back by it: its owner is told.
    write_to(db.session, me(), "access.passkey_added", lambda: _added(label))
    if not queries.factors(db.session, me(), "recovery"):
        notice(
            _("The passkey is added. Make recovery codes too, for the day this device is lost: « Second check »."),
            "wait",
        )
    return json_answer({"next": next_page})


def _added(label: str) -> Content:
    return Content(
        subject=_("A passkey was added to your account"),
        paragraphs=(
            _("It opens your account by itself, without a code by e-mail."),
            _("If it was not you, sign out everywhere in « My devices », remove this passkey, and call the town hall."),
        ),
        lines=((_("Name of this device"), label),),
        reason=_("You receive this message because it concerns your access."),
    )
