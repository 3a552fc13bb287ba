"""Partners: their offers, their access, the coupons that they bring back, how their gifts are used."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from civique.core import clock, commune
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.organisations.models import Organisation
from civique.core.organisations.queries import validated_names
from civique.core.passes.operations import issue, revoke
from civique.modules.welcome.documents.tables import OFFERS, USES, rate_text
from civique.modules.welcome.forms.desk import CouponsForm, OfferForm
from civique.modules.welcome.models import WelcomeOffer
from civique.modules.welcome.operations.vouchers import (
    PURPOSE,
    Batch,
    add_offer,
    change_offer,
    redeem_batch,
    withdraw_offer,
)
from civique.modules.welcome.queries.vouchers import counts, noted_lately, offers, running, uses, yearly
from civique.modules.welcome.views.desk import READ, desk
from civique.modules.welcome.workflow import MANAGE
from civique.services.qr import qr_svg
from civique.web.access import allow
from civique.web.conditional import personal
from civique.web.desk_list import DeskList, Filter, Order, anywhere, newest
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from civique.web.tables import list_file
from tenants.db import db
from tenants.session import current_tenant

BEYOND = timedelta(days=60)
"""How long after the last voucher its partner may still note those that it took."""
LIST = DeskList(
    name="offres-nouveaux-habitants",
    title=_l("Partners and vouchers"),
    select=offers,
    columns=OFFERS,
    template="welcome/desk/offers.html",
    orders=(
        Order("nom", _l("Partner"), (Organisation.folded, WelcomeOffer.created_at)),
        newest(WelcomeOffer.created_at),
    ),
    filters=(
        Filter(
            "etat",
            _l("State"),
            {"en-cours": _l("Handed to new households"), "finies": _l("Over or withdrawn")},
            lambda code: running(clock.today()) if code == "en-cours" else ~running(clock.today()),
        ),
    ),
    words=anywhere(Organisation.folded, WelcomeOffer.title),
    words_label=_l("Partner or offer"),
    beside=lambda rows: {"counts": counts(db.session, rows), "today": clock.today()},
)
LIST.add_to(desk, READ, path="/partenaires", endpoint="offers")


@desk.route("/partenaires/ajouter", methods=["GET", "POST"])
@allow(MANAGE)
def new_offer() -> Response:
    """A partner offers something."""
    form = OfferForm().prepare(validated_names(db.session))

    def do() -> WelcomeOffer:
        facts = form.facts()
        return add_offer(db.session, row_or_404(Organisation, UUID(facts.pop("organisation_id"))), **_facts(facts))

    return submit(
        form,
        do,
        again=lambda: page("welcome/desk/offer.html", form=form, offer=None),
        to=_offers(),
        said=_("The offer is added."),
    )


@desk.route("/partenaires/<uuid:welcome_offer_id>", methods=["GET", "POST"])
@allow(MANAGE)
def offer(welcome_offer_id: UUID) -> Response:
    """Change an offer; its partner stays."""
    row = row_or_404(WelcomeOffer, welcome_offer_id)
    form = OfferForm(obj=row).prepare([(row.organisation_id, row.organisation.name)])

    def do() -> None:
        facts = form.facts()
        facts.pop("organisation_id")
        change_offer(db.session, row, **_facts(facts))

    return submit(
        form,
        do,
        again=lambda: page("welcome/desk/offer.html", form=form, offer=row, counts=counts(db.session, [row])[row.id]),
        to=_offers(),
        said=_("Saved."),
        about=lambda: row_or_404(WelcomeOffer, welcome_offer_id),
    )


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "conditions": facts["conditions"] or ""}


def _offers() -> str:
    return url_for("welcome_desk.offers")


@desk.post("/partenaires/<uuid:welcome_offer_id>/retirer")
@allow(MANAGE)
def withdraw(welcome_offer_id: UUID) -> Response:
    """An offer goes to no other household."""
    row = row_or_404(WelcomeOffer, welcome_offer_id)
    said = _("The offer is withdrawn. The vouchers that households have stay valid until their day.")
    return attempt(lambda: withdraw_offer(db.session, row), _offers(), said)


@desk.post("/partenaires/<uuid:welcome_offer_id>/acces")
@allow(MANAGE)
def access(welcome_offer_id: UUID) -> Response:
    """Make the access of a partner anew: what it had before opens nothing. Shown once, to be printed or sent."""
    personal()
    row = row_or_404(WelcomeOffer, welcome_offer_id)
    revoke(db.session, row.organisation, PURPOSE)
    until = datetime.combine(row.valid_until + BEYOND, time.max, tzinfo=clock.zone())
    issued = issue(db.session, PURPOSE, row.organisation, until=until, pin=True)
    site = commune.site_address(current_tenant())
    link = f"{site}{url_for('welcome.partner_link', token=issued.token)}"
    return page(
        "welcome/desk/access.html",
        offer=row,
        issued=issued,
        link=link,
        typed=f"{site}{url_for('welcome.partner_code')}".partition("//")[2],
        code=Markup(qr_svg(link, label=_("Code to scan: opens the page of the partner"))),  # noqa: S704 (our own drawing)
    )


@desk.route("/coupons", methods=["GET", "POST"])
@allow(MANAGE)
def coupons() -> Response:
    """Numbers read out or brought back: each counts once, those that are refused are named."""
    form = CouponsForm()

    def do() -> Batch:
        facts = form.facts()
        return redeem_batch(db.session, facts["numbers"].splitlines(), how=facts["how"], day=facts["used_on"])

    def to(batch: Batch) -> str | Response:
        if not batch.refused:
            return url_for("welcome_desk.coupons")
        form.leads_to(url_for("welcome_desk.coupons"))
        return page("welcome/desk/coupons_done.html", batch=batch)

    def said(batch: Batch) -> str:
        return (
            ""
            if batch.refused
            else ngettext("One voucher is noted as used.", "%(num)s vouchers are noted as used.", len(batch.used))
        )

    return submit(
        form,
        do,
        again=lambda: page("welcome/desk/coupons.html", form=form, lately=noted_lately(db.session)),
        to=to,
        said=said,
    )


@desk.get("/usages")
@allow(READ)
def usage() -> Response:
    """How the gifts of each year were used."""
    lines = uses(db.session)
    file = list_file("usage-des-bons", _("Use of the vouchers"), USES, lines)
    return file or page("welcome/desk/uses.html", lines=lines, years=yearly(lines), rate=rate_text)
