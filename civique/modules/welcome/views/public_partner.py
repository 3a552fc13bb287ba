"""Partners redeem vouchers on a telephone, without account: by the link of their pass, or the code of their letter."""

from datetime import datetime
from uuid import UUID

from flask import abort, request, session, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.organisations.models import Organisation
from civique.core.organisations.queries import organisations_of
from civique.core.passes.operations import open_pass, opened_row
from civique.core.refused import Refused
from civique.modules.welcome.forms.public import VoucherForm
from civique.modules.welcome.models import WelcomeVoucher
from civique.modules.welcome.operations.vouchers import PURPOSE, redeem_voucher, undo_redemption
from civique.modules.welcome.queries.vouchers import find_voucher, normal_number, redeemed_lately, undoable
from civique.modules.welcome.views.public import public
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, applicant_or_nobody
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.lists import row_or_404
from civique.web.pages import go, page
from civique.web.passes import pin_page
from civique.web.represented import represented
from civique.web.submit import attempt, submit
from tenants.db import db

KEPT = "welcome_partner"
"""Where the browser of a partner keeps its link, so that the code of a voucher is redeemed by one press."""
SPACE = "welcome_space"
"""Where it keeps which organisation its visitor came from the space of."""


@public.get("/partenaire/lien/<token>")
@allow(PUBLIC)
def partner_link(token: str) -> Response:
    """The link of a pass: the browser keeps it, so that the address of no other page holds it. One that opens nothing says
    why, where the code may be typed instead."""
    personal()
    number = _asked_number()

    def keep() -> None:
        opened_row(db.session, open_pass(db.session, PURPOSE, token), Organisation)
        session[KEPT] = token

    def lead() -> Response:
        return go("welcome.voucher", number=number) if number else go("welcome.partner")

    return attempt(keep, url_for("welcome.partner_code"), then=lead)


def _asked_number() -> str | None:
    """The voucher that was in hand when the partner was asked who they are."""
    return normal_number(request.args.get("bon", "")[:40]) or None


@public.get("/partenaire/organisations/<uuid:organisation_id>")
@allow(SIGNED_IN)
def partner_space(organisation_id: UUID) -> Response:
    """Whoever speaks for the partner comes from its space; that they still do is looked at on each page."""
    session[SPACE] = str(represented(db.session, applicant(), organisation_id).id)
    return go("welcome.partner")


@public.route("/partenaire/code", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes", methods=["POST"])
def partner_code() -> Response:
    """A partner opens its page with the reference and the code of its letter."""
    personal()
    number = _asked_number()
    return pin_page(
        PURPOSE,
        _("You are a partner"),
        url_for("welcome.partner_code", bon=number),
        lambda token: url_for("welcome.partner_link", token=token, bon=number),
        template="welcome/partner_code.html",
    )


@public.route("/partenaire", methods=["GET", "POST"])
@allow(PUBLIC)
def partner() -> Response:
    """The page of a partner: type a number, see the last ones."""
    personal()
    organisation = _known_partner()
    if organisation is None:
        return go("welcome.partner_code")
    return _redeem(organisation, VoucherForm(), "welcome/partner.html", url_for("welcome.partner"))


@public.route("/bons/<number>", methods=["GET", "POST"])
@allow(PUBLIC)
def voucher(number: str) -> Response:
    """What the code of a voucher leads to: what it is worth; its partner redeems it by one press."""
    personal()
    found = find_voucher(db.session, number)
    if found is None:
        abort(404)
    organisation = _known_partner()
    form = VoucherForm()
    if organisation is None and request.method == "POST":
        return go("welcome.partner_code", bon=found.number)
    if organisation is None or organisation.id != found.offer.organisation_id:
        return page("welcome/voucher.html", voucher=found, form=None, organisation=organisation)
    if request.method != "POST":
        form.number.data = found.shown
    return _redeem(organisation, form, "welcome/voucher.html", url_for("welcome.voucher", number=found.number), found)


def _redeem(
    organisation: Organisation, form: VoucherForm, template: str, to: str, voucher: WelcomeVoucher | None = None
) -> Response:
    def again() -> Response:
        lately = redeemed_lately(db.session, organisation.id)
        return page(template, form=form, organisation=organisation, lately=lately, voucher=voucher, undoable=_may_undo)

    def do() -> WelcomeVoucher:
        return redeem_voucher(db.session, form.number.data or "", how="phone", organisation_id=organisation.id)

    return submit(
        form,
        do,
        again=again,
        to=to,
        said=lambda used: _("Voucher %(number)s is used: %(title)s.", number=used.shown, title=used.offer.title),
    )


@public.post("/partenaire/bons/<uuid:welcome_voucher_id>/reprendre")
@allow(PUBLIC)
def undo(welcome_voucher_id: UUID) -> Response:
    """A partner takes back a use that it noted by mistake."""
    personal()
    voucher, organisation = row_or_404(WelcomeVoucher, welcome_voucher_id), _known_partner()
    if organisation is None:
        return go("welcome.partner_code", bon=voucher.number)
    return attempt(
        lambda: undo_redemption(db.session, voucher, use_meant(), organisation_id=organisation.id),
        url_for("welcome.partner"),
        _("Voucher %(number)s is no longer noted as used.", number=voucher.shown),
    )


def use_meant() -> datetime:
    """Which use a button takes back: the moment at which it was noted, as its page showed it."""
    try:
        return datetime.fromisoformat(request.form["used_at"])
    except (KeyError, ValueError):
        abort(404)


def _may_undo(voucher: WelcomeVoucher) -> bool:
    """What the town hall noted itself, the town hall takes back."""
    return voucher.how == "phone" and undoable(voucher)


def _known_partner() -> Organisation | None:
    """The partner whose telephone this is, if its link still opens, or for whom the visitor speaks."""
    token = session.get(KEPT)
    if token:
        try:
            return opened_row(db.session, open_pass(db.session, PURPOSE, token), Organisation)  # type: ignore[no-any-return]
        except Refused:
            session.pop(KEPT)
    who = applicant_or_nobody() if session.get(SPACE) else None
    own = organisations_of(db.session, who) if who else ()
    return next((one for one in own if str(one.id) == session[SPACE]), None)
