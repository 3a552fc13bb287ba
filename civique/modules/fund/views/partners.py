"""Partners of the fund: their ledger in three natures, what they give to which project; the thanks that everybody reads."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to, live, usable
from civique.core.i18n import gettext as _
from civique.core.i18n import number
from civique.core.organisations.queries import validated_names
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import PLEDGES
from civique.modules.fund.forms.partners import MatchForm, PledgeForm
from civique.modules.fund.messages.proposals import in_words
from civique.modules.fund.models import Ask, Fund, FundRequest, Proposal
from civique.modules.fund.operations import partners
from civique.modules.fund.operations.proposals import open_fund
from civique.modules.fund.queries import partners as partner_queries
from civique.modules.fund.queries import proposals
from civique.modules.fund.words import nature_labels, nature_of
from civique.web.access import PUBLIC, allow
from civique.web.forms import choices
from civique.web.lists import asked_number
from civique.web.pages import go, go_path, notice, page
from civique.web.tables import list_file
from tenants.db import db

blueprint = Blueprint("fund_partners", __name__, url_prefix="/mairie/fonds/partenaires")
public = Blueprint("fund_thanks", __name__, url_prefix="/fonds/partenaires")


@blueprint.get("")
@allow("fund.read")
def ledger() -> Response:
    """What was pledged, received, used and is left, nature by nature; what projects still wait for."""
    fund = _chosen()
    if fund is None:
        return page("fund/partners.html", fund=None, funds=[], natures=[], waiting=[], offers=_offers())
    whole = live().where(Contribution.object_id == fund.id)
    years = ((_("Year"), fund.year),)
    file = list_file(f"fonds-partenaires-{fund.year}", _("Partners of the fund"), PLEDGES, whole, filters=years)
    if file:
        return file
    rows = contributions_to(db.session, fund)
    natures = [(label, [row for row in rows if row.nature == code]) for code, label in nature_labels().items()]
    return page(
        "fund/partners.html",
        fund=fund,
        funds=queries.funds(db.session),
        natures=natures,
        waiting=_waiting(fund),
        offers=_offers(),
    )


@blueprint.get("/<int:year>/promesse")
@allow("fund.manage")
def new(year: int) -> Response:
    """An empty sheet."""
    return page("fund/pledge.html", form=_form(), fund=_fund(year))


@blueprint.post("/<int:year>/promesse")
@allow("fund.manage")
def pledge(year: int) -> Response:
    """Note a pledge."""
    fund, form = _fund(year), _form()
    if form.validate():
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        try:
            pledged = partners.pledge(
                db.session, fund, form.nature.data or "", again=bool(form.again.data), **form.facts()
            )
            notice(_("The pledge of %(name)s is noted.", name=pledged.giver))
            return go_path(form.leads_to(url_for("fund_partners.ledger", annee=year)))
        except Refused as broken:
            db.session.rollback()
            fund = _fund(year)
            form.refuse(broken)
    return page("fund/pledge.html", status=422, form=form, fund=fund)


@blueprint.post("/promesses/<uuid:pledge_id>/recue")
@allow("fund.manage")
def receive(pledge_id: UUID) -> Response:
    """It is here: cash counts in the envelope from now on."""
    pledged = _pledge(pledge_id)
    try:
        contributions.receive_contribution(db.session, pledged)
        notice(_("Received. Thank you for noting it."))
    except Refused as refused:
        notice(str(refused), "stop")
    return _back(pledged)


@blueprint.post("/promesses/<uuid:pledge_id>/annuler")
@allow("fund.manage")
def cancel(pledge_id: UUID) -> Response:
    """The partner takes it back."""
    pledged = _pledge(pledge_id)
    try:
        partners.cancel_pledge(db.session, db.session.get_one(Fund, pledged.object_id), pledged)
        notice(_("The pledge is cancelled."))
    except Refused as refused:
        db.session.rollback()
        notice(str(refused), "stop")
    return _back(_pledge(pledge_id))


@blueprint.post("/promesses/<uuid:pledge_id>/remerciement")
@allow("fund.manage")
def thank(pledge_id: UUID) -> Response:
    """Show the partner on the page of thanks, or no longer: the button says which, so that twice is once."""
    pledged, shown = _pledge(pledge_id), request.form.get("shown")
    if shown not in {"yes", "no"}:
        abort(400)
    partners.thank(db.session, pledged, shown == "yes")
    notice(_("The page of thanks is up to date."))
    return _back(pledged)


@blueprint.post("/besoins/<uuid:ask_id>")
@allow("fund.manage")
def match(ask_id: UUID) -> Response:
    """A part of a pledge goes to a project."""
    ask = db.session.get(Ask, ask_id) or abort(404)
    fund = queries.fund_of_ask(db.session, ask)
    form = _match_form(usable(db.session, fund), ask)
    if form.validate():
        pledged = _pledge(UUID(form.pledge_id.data))
        try:
            partners.match(db.session, pledged, ask, form.quantity.data or Decimal(0))
            notice(_("Noted: %(name)s gives to this project.", name=pledged.giver))
        except Refused as refused:
            db.session.rollback()
            notice(str(refused), "stop")
    else:
        notice(next(str(error) for field in form for error in field.errors), "stop")
    return go("fund_partners.ledger", annee=fund.year)


@public.get("")
@allow(PUBLIC)
def thanks() -> Response:
    """Partners who agreed to be thanked, year by year."""
    years: dict[int, list[Contribution]] = {}
    for pledged, year in partner_queries.thanked(db.session):
        years.setdefault(year, []).append(pledged)
    return page("fund/thanks.html", years=years, nature_of=nature_of, open=open_fund(db.session) is not None)


def _offers() -> list[tuple[Proposal, str]]:
    """What was proposed from the site and nobody has read, in words."""
    return [(offer, in_words(offer)) for offer in proposals.waiting(db.session)]


def _chosen() -> Fund | None:
    """The fund of ``?annee=``, or the current one, even in preparation."""
    year = asked_number("annee")
    if year is not None:
        return queries.fund_of_year(db.session, year) or abort(404)
    return queries.current_fund(db.session) or next(iter(queries.funds(db.session)), None)


def _fund(year: int) -> Fund:
    return queries.fund_of_year(db.session, year) or abort(404)


def _pledge(pledge_id: UUID) -> Contribution:
    pledged = db.session.get(Contribution, pledge_id)
    if pledged is None or pledged.object_type != Fund.__tablename__:
        abort(404)
    return pledged


def _back(pledged: Contribution) -> Response:
    return go("fund_partners.ledger", annee=db.session.get_one(Fund, pledged.object_id).year)


def _form() -> PledgeForm:
    form = PledgeForm()
    form.organisation_id.choices = choices(validated_names(db.session), empty=_("Not in the list"))
    return form


def _match_form(pledges: Sequence[Contribution], ask: Ask) -> MatchForm:
    form = MatchForm()
    form.pledge_id.choices = choices(
        [
            (pledged.id, f"{pledged.giver} – {pledged.description} ({number(pledged.left)} {pledged.unit})".strip())
            for pledged in partner_queries.suggestions(pledges, ask)
        ]
    )
    return form


def _waiting(fund: Fund) -> list[tuple[Ask, FundRequest, Decimal, MatchForm]]:
    """What projects were granted and nobody has given yet, with the pledges that could serve, the likeliest first."""
    rows, pledges = [], usable(db.session, fund)
    for ask, demand, lacking in partner_queries.waiting_asks(db.session, fund):
        form = _match_form(pledges, ask)
        form.quantity.data = lacking
        for field in form:
            field.id = f"{field.name}-{ask.id}"
        rows.append((ask, demand, lacking, form))
    return rows
