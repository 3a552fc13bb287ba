"""Partners redeem vouchers on a telephone, without account: by the link of their pass, or the code of their letter."""

from datetime import timedelta
from uuid import UUID

from flask import abort, request, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import gettext as _
from civique.core.organisations.models import Organisation
from civique.core.passes.operations import issue, open_by_pin, open_pass, opened_row
from civique.core.refused import Refused
from civique.modules.welcome.forms.public import PartnerForm, VoucherForm
from civique.modules.welcome.models import WelcomeVoucher
from civique.modules.welcome.operations.vouchers import PURPOSE, redeem_voucher
from civique.modules.welcome.queries.vouchers import find_voucher, normal_number, redeemed_lately
from civique.modules.welcome.views.public import public
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.conditional import personal
from civique.web.pages import go, page
from civique.web.represented import represented
from civique.web.submit import attempt, submit
from tenants.db import db

KEPT = "welcome_partner"
"""Where the browser of a partner keeps its link, so that the code of a voucher is redeemed by one press."""


@public.get("/partenaire/lien/<token>")
@allow(PUBLIC)
def partner_link(token: str) -> Response:
    """The link of a pass: the browser keeps it, so that the address of no other page holds it. One that opens nothing says
    why, where the code may be typed instead."""
    personal()

    def keep() -> None:
        opened_row(db.session, open_pass(db.session, PURPOSE, token), Organisation)
        session[KEPT] = token

    return attempt(keep, url_for("welcome.partner_code"), then=lambda: go("welcome.partner"))


@public.get("/partenaire/organisations/<uuid:organisation_id>")
@allow(SIGNED_IN)
def partner_space(organisation_id: UUID) -> Response:
    """Whoever speaks for the partner comes from its space: this browser then has a link of its own, for a day."""
    organisation = represented(db.session, applicant(), organisation_id)
    issued = issue(db.session, PURPOSE, organisation, until=clock.now() + timedelta(days=1))
    session[KEPT] = issued.token
    return go("welcome.partner")


@public.route("/partenaire/code", methods=["GET", "POST"])
@allow(PUBLIC)
def partner_code() -> Response:
    """A partner opens its page with the reference and the code of its letter; this telephone then has a link of its own."""
    personal()
    form = PartnerForm()

    def do() -> str:
        opened = open_by_pin(db.session, PURPOSE, form.reference.data or "", form.pin.data or "")
        organisation = opened_row(db.session, opened, Organisation)
        return issue(db.session, PURPOSE, organisation, until=opened.expires_at).token

    def to(token: str) -> str:
        session[KEPT] = token
        number = normal_number(request.args.get("bon", ""))
        return url_for("welcome.voucher", number=number) if number else url_for("welcome.partner")

    return submit(form, do, again=lambda: page("welcome/partner_code.html", form=form), to=to)


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
    if organisation is None or organisation.id != found.offer.organisation_id:
        if request.method == "POST":
            abort(403)
        return page("welcome/voucher.html", voucher=found, form=None)
    if request.method != "POST":
        form.number.data = found.shown
    return _redeem(organisation, form, "welcome/voucher.html", url_for("welcome.voucher", number=found.number), found)


def _redeem(
    organisation: Organisation, form: VoucherForm, template: str, to: str, voucher: WelcomeVoucher | None = None
) -> Response:
    def again() -> Response:
        lately = redeemed_lately(db.session, organisation.id)
        return page(template, form=form, organisation=organisation, lately=lately, voucher=voucher)

    def do() -> WelcomeVoucher:
        return redeem_voucher(db.session, form.number.data or "", how="phone", organisation_id=organisation.id)

    return submit(
        form,
        do,
        again=again,
        to=to,
        said=lambda used: _("Voucher %(number)s is used: %(title)s.", number=used.shown, title=used.offer.title),
    )


def _known_partner() -> Organisation | None:
    """The partner whose telephone this is, if its link still opens."""
    token = session.get(KEPT)
    if not token:
        return None
    try:
        return opened_row(db.session, open_pass(db.session, PURPOSE, token), Organisation)  # type: ignore[no-any-return]
    except Refused:
        session.pop(KEPT)
        return None
