"""The fund of each year: rules, their versions, calls for projects, opening and closing; settings of the module."""

from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock, settings
from civique.core.committees.queries import committees
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import YEARS, Version, versions_of
from civique.modules.fund.forms.desk import CallForm, FundForm
from civique.modules.fund.models import Fund, FundCall
from civique.modules.fund.operations import funds
from civique.modules.fund.operations.funds import missing_rules
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.desk import blueprint, fund_or_404
from civique.web.access import allow
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from civique.web.settings import add_settings_page
from civique.web.submit import attempt, submit
from civique.web.tables import list_file
from tenants.db import db


@blueprint.get("/annees")
@allow("fund.read")
def years() -> Response:
    """The fund of each year."""
    rows = [(fund, queries.gauge(db.session, fund)) for fund in queries.funds(db.session)]
    file = list_file("fonds-annees", _("The fund, year by year"), YEARS, rows)
    if file:
        return file
    return page("fund/years.html", funds=rows)


@blueprint.get("/annees/nouvelle")
@allow("fund.manage")
def new_year() -> Response:
    """Form of a new fund, with last year's rules to start from."""
    last = next(iter(queries.funds(db.session)), None)
    form = _form(FundForm(obj=last))
    form.year.data = max(clock.today().year, last.year + 1 if last else 0)
    form.opens_on.data = form.closes_on.data = None
    if last is None:
        form.preset.data = settings.get(db.session, FundSettings).preset
    return page("fund/year.html", form=form, fund=None)


@blueprint.post("/annees/nouvelle")
@allow("fund.manage")
def prepare() -> Response:
    """Prepare a fund; nobody sees it before it opens."""
    form = _form(FundForm())
    return submit(
        form,
        lambda: funds.prepare_fund(db.session, form.year.data or 0, **form.facts()),
        again=lambda: page("fund/year.html", form=form, fund=None),
        to=lambda fund: url_for("fund_desk.year", fund_id=fund.id),
        said=_("The fund is prepared. Read it once more, then open it."),
    )


@blueprint.get("/annees/<uuid:fund_id>")
@allow("fund.manage")
def year(fund_id: UUID) -> Response:
    """The rules of a year."""
    fund = fund_or_404(fund_id)
    return _year_page(fund, _form(FundForm(obj=fund)))


@blueprint.post("/annees/<uuid:fund_id>")
@allow("fund.manage")
def change(fund_id: UUID) -> Response:
    """Save the rules of a year."""
    fund, form = fund_or_404(fund_id), _form(FundForm())
    return submit(
        form,
        lambda: funds.change_fund(
            db.session, fund, form.revision.data or 0, because=form.because.data or "", **form.facts()
        ),
        again=lambda: _year_page(fund_or_404(fund_id), form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The rules are saved."),
        about=lambda: fund_or_404(fund_id),
    )


@blueprint.post("/annees/<uuid:fund_id>/ouvrir")
@allow("fund.manage")
def open_(fund_id: UUID) -> Response:
    """Open the fund to applications."""
    fund, to = fund_or_404(fund_id), url_for("fund_desk.year", fund_id=fund_id)
    said = _("The fund is open. Residents see it on the site.")
    if fund.first_day > clock.today():
        day = long_date(fund.first_day)
        said = _("The fund is open from %(day)s. Until then residents see the one of today.", day=day)
    return attempt(lambda: funds.open_fund(db.session, fund), to, said)


@blueprint.post("/annees/<uuid:fund_id>/fermer")
@allow("fund.manage")
def close(fund_id: UUID) -> Response:
    """Take no more applications."""
    funds.close_fund(db.session, fund_or_404(fund_id))
    notice(_("The fund takes no more requests. It can be opened again."))
    return go("fund_desk.year", fund_id=fund_id)


@blueprint.get("/annees/<uuid:fund_id>/appels")
@allow("fund.manage")
def new_call(fund_id: UUID) -> Response:
    """Form of another call."""
    return page("fund/desk/call.html", fund=fund_or_404(fund_id), call=None, form=CallForm())


@blueprint.post("/annees/<uuid:fund_id>/appels")
@allow("fund.manage")
def add_call(fund_id: UUID) -> Response:
    """Add a call for projects."""
    fund, form = fund_or_404(fund_id), CallForm()
    return submit(
        form,
        lambda: funds.add_call(db.session, fund, **_call_facts(form)),
        again=lambda: page("fund/desk/call.html", fund=fund, call=None, form=form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The call is added."),
    )


@blueprint.get("/annees/<uuid:fund_id>/appels/<uuid:call_id>")
@allow("fund.manage")
def call(fund_id: UUID, call_id: UUID) -> Response:
    """Change a call, or take it away."""
    found = _call(fund_id, call_id)
    return page("fund/desk/call.html", fund=found.fund, call=found, form=CallForm(obj=found))


@blueprint.post("/annees/<uuid:fund_id>/appels/<uuid:call_id>")
@allow("fund.manage")
def change_call(fund_id: UUID, call_id: UUID) -> Response:
    """Save a call."""
    found, form = _call(fund_id, call_id), CallForm()
    return submit(
        form,
        lambda: funds.change_call(db.session, found, **_call_facts(form)),
        again=lambda: page("fund/desk/call.html", fund=found.fund, call=found, form=form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The call is saved."),
    )


@blueprint.post("/annees/<uuid:fund_id>/appels/<uuid:call_id>/supprimer")
@allow("fund.manage")
def remove_call(fund_id: UUID, call_id: UUID) -> Response:
    """Take a call away when nobody answered it."""
    found = _call(fund_id, call_id)
    to = url_for("fund_desk.year", fund_id=fund_id)
    return attempt(lambda: funds.remove_call(db.session, found), to, _("The call is removed."))


add_settings_page(
    blueprint,
    FundSettings,
    permission="fund.manage",
    title=_l("Settings of the fund"),
    back=("fund_desk.years", _l("The fund, year by year")),
)


def _form(form: FundForm) -> FundForm:
    listed = [(committee.id, committee.name) for committee in committees(db.session)]
    form.committee_id.choices = choices(listed, empty=_("None"))
    if request.method == "GET" or not form.is_submitted():
        form.committee_id.data = str(form.committee_id.data or "")
    return form


def _year_page(fund: Fund, form: FundForm, status: int = 200) -> Response:
    missing = missing_rules(fund)
    shown: list[Version] = versions_of(db.session, fund)
    return page(
        "fund/year.html",
        status=status,
        form=form,
        fund=fund,
        missing=missing,
        versions=shown,
        today=clock.today(),
        typed_as_history=queries.typed_as_history(db.session, fund),
    )


def _call(fund_id: UUID, call_id: UUID) -> FundCall:
    found = db.session.get(FundCall, call_id)
    if found is None or found.fund_id != fund_id:
        abort(404)
    return found


def _call_facts(form: CallForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("name", "opens_on", "closes_on", "decides_on")}
