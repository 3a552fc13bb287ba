"""The account of the signed-in person: overview, second factor."""

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.models import Credential
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, me, safe_path, visitor
from civique.web.application import limiter
from civique.web.pages import go, page
from civique.web.signin.forms import TotpForm
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("account", __name__, url_prefix="/mon-compte")


@blueprint.get("")
@allow(SIGNED_IN)
def overview() -> Response:
    """What I have here."""
    return page("account/overview.html", factors=queries.factors(db.session, me(), "totp", "passkey", "password"))


@blueprint.get("/application")
@allow(SIGNED_IN)
def new_totp() -> Response:
    """Show the QR code of a new authenticator."""
    credential, secret = access.start_totp(db.session, me())
    return _totp_page(TotpForm(), credential, secret, safe_path(request.args.get("suite")))


@blueprint.post("/application")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def confirm_totp() -> Response:
    """The first code proves that the application has the key; recovery codes are shown once."""
    form = TotpForm()
    next_page = safe_path(request.form.get("suite"))
    waiting = db.session.query(Credential).filter_by(person_id=me().id, kind="totp", confirmed_at=None).first()
    if waiting is None:
        return go("account.new_totp", suite=next_page)
    if form.validate() and access.check_totp(db.session, waiting, form.code.data):
        web_session = visitor().web_session
        assert web_session is not None
        access.strengthen(db.session, web_session)
        codes = access.new_recovery_codes(db.session, me())
        return page("account/recovery_codes.html", codes=codes, next=next_page)
    form.fail("code", _("This code is not right. Check the time of your phone, and wait for the next code."))
    return _totp_page(form, waiting, access.totp_secret(waiting), next_page, status=422)


def _totp_page(form: TotpForm, credential: Credential, secret: str, next_page: str, status: int = 200) -> Response:
    from civique.services.qr import qr_svg

    person = me()
    label = person.email.address if person.email else person.name
    address = access.totp_address(secret, label, current_tenant().name)
    svg = Markup(qr_svg(address, label=_("QR code for your authenticator application")))  # noqa: S704
    return page("account/new_totp.html", status=status, form=form, svg=svg, secret=secret, next=next_page)
