"""The second check: authenticator applications, recovery codes, the list with passkeys."""

from uuid import UUID

from flask import abort, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.models import Credential
from civique.core.access.passkeys import signs_in
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.services.qr import qr_svg
from civique.web.access import SIGNED_IN, allow, me, safe_path, visitor
from civique.web.account.blueprint import blueprint, proof_first
from civique.web.account.forms import LabelForm
from civique.web.application import limiter
from civique.web.lists import row_or_404
from civique.web.pages import go, go_path, notice, page
from civique.web.signin.challenge import host
from civique.web.signin.forms import TotpForm
from civique.web.signin.views import second_check_given
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant


@blueprint.get("/protection")
@allow(SIGNED_IN)
def protection() -> Response:
    """My second checks, which of them sign in by themselves, and how many recovery codes are left."""
    factors = queries.factors(db.session, me(), "totp", "passkey")
    return page(
        "account/protection.html",
        factors=[(factor, _serves(factor)) for factor in factors],
        signs_in=any(signs_in(factor, host()) for factor in factors),
        old_keys=any(factor.kind == "passkey" for factor in factors),
        codes=len(queries.factors(db.session, me(), "recovery")),
        staff=visitor().rights.staff,
    )


def _serves(factor: Credential) -> str:
    """What a factor is for, at this address."""
    if factor.kind == "totp":
        return _("second check")
    if factor.details["host"] != host():
        return _("for %(host)s alone", host=factor.details["host"])
    return _("signs in, and second check") if signs_in(factor, host()) else _("second check only")


@blueprint.get("/application")
@allow(SIGNED_IN)
def new_totp() -> Response:
    """Show the QR code of a new authenticator."""
    if asked := proof_first():
        return asked
    credential, secret = access.start_totp(db.session, me())
    return _totp_page(TotpForm(), credential, secret, _next())


@blueprint.post("/application")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def confirm_totp() -> Response:
    """The first code proves that the application has the key; recovery codes are shown once, with the first one."""
    if asked := proof_first():
        return asked
    form, next_page = TotpForm(), _next()
    waiting = db.session.query(Credential).filter_by(person_id=me().id, kind="totp", confirmed_at=None).first()
    if waiting is None:
        return go("account.new_totp", suite=next_page)

    def do() -> None:
        if not access.check_totp(db.session, waiting, form.code.data):
            sentence = _("This code is not right. Check the time of your phone, and wait for the next code.")
            raise Refused(sentence, "code", keep=True)

    return submit(
        form,
        do,
        again=lambda: _totp_page(form, waiting, access.totp_secret(waiting), next_page),
        to=lambda _none: _confirmed(next_page),
    )


def _confirmed(next_page: str) -> Response:
    second_check_given()
    if queries.factors(db.session, me(), "recovery"):
        notice(_("This application is added."))
        return go("account.protection") if next_page == "/" else go_path(next_page)
    codes = access.new_recovery_codes(db.session, me())
    return page("account/recovery_codes.html", codes=codes, next=next_page)


def _next() -> str:
    return safe_path(request.values.get("suite"))


def _totp_page(form: TotpForm, credential: Credential, secret: str, next_page: str) -> Response:
    person = me()
    # The page is read from its title: a field that takes the focus would open it at its end.
    form.code.render_kw = {**form.code.render_kw, "autofocus": False}
    label = person.email.address if person.email else person.name
    address = access.totp_address(secret, label, current_tenant().name)
    svg = Markup(qr_svg(address, label=_("QR code for your authenticator application")))  # noqa: S704
    return page(
        "account/new_totp.html",
        form=form,
        svg=svg,
        secret=secret,
        next=next_page,
        address=address,
        staff=visitor().rights.staff,
    )


@blueprint.post("/protection/codes")
@allow(SIGNED_IN)
def renew_codes() -> Response:
    """New recovery codes; the former ones no longer work."""
    if asked := proof_first():
        return asked
    if not queries.factors(db.session, me(), "totp", "passkey"):
        return go("account.new_totp")
    codes = access.new_recovery_codes(db.session, me())
    return page("account/recovery_codes.html", codes=codes, next="/mon-compte/protection")


@blueprint.route("/protection/<uuid:factor_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def factor(factor_id: UUID) -> Response:
    """Give a name to an authenticator or a passkey."""
    credential = _mine(factor_id)
    form = LabelForm(obj=credential)
    return submit(
        form,
        lambda: form.populate_obj(credential),
        again=lambda: page("account/factor.html", form=form, factor=credential),
        to=url_for("account.protection"),
        said=_("Saved."),
    )


@blueprint.post("/protection/<uuid:factor_id>/retirer")
@allow(SIGNED_IN)
def drop_factor(factor_id: UUID) -> Response:
    """Remove an authenticator or a passkey; staff keep at least one."""
    if asked := proof_first():
        return asked
    credential = _mine(factor_id)
    if visitor().rights.staff and len(queries.factors(db.session, me(), "totp", "passkey")) == 1:
        notice(_("You work for the town hall: add another second check before you remove this one."), "stop")
        return go("account.protection")
    access.drop_factor(db.session, credential)
    notice(_("Removed."))
    return go("account.protection")


def _mine(factor_id: UUID) -> Credential:
    credential = row_or_404(Credential, factor_id, person_id=me().id)
    if credential.kind not in {"totp", "passkey"}:
        abort(404)
    return credential
