"""The fund of each year: rules, their versions, calls for projects, opening and closing; settings of the module."""

from uuid import UUID

from flask import request, url_for
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
from civique.modules.fund.views.desk import blueprint
from civique.web.access import allow
from civique.web.forms import choices
from civique.web.lists import row_or_404
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


@blueprint.route("/annees/nouvelle", methods=["GET", "POST"])
@allow("fund.manage")
def new_year() -> Response:
    """Prepare a fund, with last year's rules to start from; nobody sees it before it opens."""
    last = next(iter(queries.funds(db.session)), None)
    form = _form(FundForm(obj=last))
    if request.method == "GET":
        form.year.data = max(clock.today().year, last.year + 1 if last else 0)
        form.opens_on.data = form.closes_on.data = None
        if last is None:
            form.preset.data = settings.get(db.session, FundSettings).preset
    return submit(
        form,
        lambda: funds.prepare_fund(db.session, form.year.data or 0, **form.facts()),
        again=lambda: page("fund/year.html", form=form, fund=None),
        to=lambda fund: url_for("fund_desk.year", fund_id=fund.id),
        said=_("The fund is prepared. Read it once more, then open it."),
    )


@blueprint.route("/annees/<uuid:fund_id>", methods=["GET", "POST"])
@allow("fund.manage")
def year(fund_id: UUID) -> Response:
    """The rules of a year."""
    fund = row_or_404(Fund, fund_id)
    form = _form(FundForm(obj=fund))
    return submit(
        form,
        lambda: funds.change_fund(
            db.session, fund, form.revision.data or 0, because=form.because.data or "", **form.facts()
        ),
        again=lambda: _year_page(row_or_404(Fund, fund_id), form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The rules are saved."),
        about=lambda: row_or_404(Fund, fund_id),
    )


@blueprint.post("/annees/<uuid:fund_id>/ouvrir")
@allow("fund.manage")
def open_(fund_id: UUID) -> Response:
    """Open the fund to applications."""
    fund, to = row_or_404(Fund, fund_id), url_for("fund_desk.year", fund_id=fund_id)
    said = _("The fund is open. Residents see it on the site.")
    if fund.first_day > clock.today():
        day = long_date(fund.first_day)
        said = _("The fund is open from %(day)s. Until then residents see the one of today.", day=day)
    return attempt(lambda: funds.open_fund(db.session, fund), to, said)


@blueprint.post("/annees/<uuid:fund_id>/fermer")
@allow("fund.manage")
def close(fund_id: UUID) -> Response:
    """Take no more applications."""
    funds.close_fund(db.session, row_or_404(Fund, fund_id))
    notice(_("The fund takes no more requests. It can be opened again."))
    return go("fund_desk.year", fund_id=fund_id)


@blueprint.route("/annees/<uuid:fund_id>/appels", methods=["GET", "POST"])
@allow("fund.manage")
def new_call(fund_id: UUID) -> Response:
    """Add a call for projects."""
    fund, form = row_or_404(Fund, fund_id), CallForm()
    return submit(
        form,
        lambda: funds.add_call(db.session, fund, **form.facts()),
        again=lambda: page("fund/desk/call.html", fund=fund, call=None, form=form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The call is added."),
    )


@blueprint.route("/annees/<uuid:fund_id>/appels/<uuid:call_id>", methods=["GET", "POST"])
@allow("fund.manage")
def call(fund_id: UUID, call_id: UUID) -> Response:
    """Change a call, or take it away."""
    found = row_or_404(FundCall, call_id, fund_id=fund_id)
    form = CallForm(obj=found)
    return submit(
        form,
        lambda: funds.change_call(db.session, found, **form.facts()),
        again=lambda: page("fund/desk/call.html", fund=found.fund, call=found, form=form),
        to=url_for("fund_desk.year", fund_id=fund_id),
        said=_("The call is saved."),
    )


@blueprint.post("/annees/<uuid:fund_id>/appels/<uuid:call_id>/supprimer")
@allow("fund.manage")
def remove_call(fund_id: UUID, call_id: UUID) -> Response:
    """Take a call away when nobody answered it."""
    found = row_or_404(FundCall, call_id, fund_id=fund_id)
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
    if not form.is_submitted():
        form.committee_id.data = str(form.committee_id.data or "")
    return form


def _year_page(fund: Fund, form: FundForm) -> Response:
    missing = missing_rules(fund)
    shown: list[Version] = versions_of(db.session, fund)
    return page(
        "fund/year.html",
        form=form,
        fund=fund,
        missing=missing,
        versions=shown,
        today=clock.today(),
        typed_as_history=queries.typed_as_history(db.session, fund),
    )
