"""What residents see of the fund: years, rules, projects helped, their map, the feed and open data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, current_app, jsonify, request
from werkzeug.wrappers import Response

from civique.core import links, settings
from civique.core.endorsements.queries import count_read
from civique.core.evaluations.queries import published_years
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.stories.queries import published_story
from civique.modules.fund import queries
from civique.modules.fund.documents import open_data, papers
from civique.modules.fund.forms.public import RightForm
from civique.modules.fund.models import HELPED, ApplicationState, Decision, FundApplication
from civique.modules.fund.operations.endorsements import SUBJECTS
from civique.modules.fund.queries.desk import of_year
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.public import blueprint, mine, shown_fund, shown_funds
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.desk_list import Filter, anywhere, newest
from civique.web.pages import as_pdf, page
from civique.web.public_list import ByVillage, PublicList
from civique.web.villages import village_filter
from tenants.db import db


def _years() -> dict[str, str]:
    """Years of the funds that residents see, when there are several."""
    years = [str(fund.year) for fund in shown_funds()]
    return {year: year for year in years} if len(years) > 1 else {}


def _shows_amounts() -> bool:
    return settings.get(db.session, FundSettings).show_amounts


def _context() -> Mapping[str, Any]:
    """What the fund is and where the envelope stands, beside the projects that it helped."""
    fund = queries.current_of(shown_funds())
    return {
        "fund": fund,
        "gauge": queries.gauge(db.session, fund) if fund else None,
        "first_year": min((each.year for each in shown_funds()), default=None),
        "phase": queries.phase(fund) if fund else None,
        "show_amounts": _shows_amounts(),
        "examined": count_read(db.session, SUBJECTS),
        "evaluated": published_years(db.session, "fund"),
    }


PublicList(
    name="projets",
    title=_l("Projects helped"),
    section="participate",
    select=lambda: queries.HELPED_PROJECTS,
    columns=True,
    template="fund/listing.html",
    orders=(newest(Decision.decided_at),),
    filters=(Filter("annee", _l("Year"), _years, of_year), village_filter(FundApplication.territory_id)),
    words=anywhere(FundApplication.folded),
    words_label=_l("Search"),
    entry=open_data.as_entry,
    feed=_l("Projects helped by the citizen initiative fund"),
    village=ByVillage(
        column=FundApplication.territory_id,
        heading=_l("Projects"),
        words=lambda number: ngettext("%(num)s project", "%(num)s projects", number),
        cents=queries.KEPT,
        cents_heading=_l("Granted"),
        cents_shown=_shows_amounts,
        path="/carte",
    ),
    context=_context,
).add_to(blueprint)


@blueprint.get("/projets/<uuid:application_id>")
@allow(PUBLIC)
def project(application_id: UUID) -> Response:
    """One project helped: what for, what was asked and given in three natures, its story, where it comes from."""
    application = db.session.get(FundApplication, application_id)
    if application is None or application.state not in HELPED:
        abort(404)
    help_, around = queries.help_of(db.session, application), links.links_of(db.session, application)
    if help_ is None:
        abort(404)
    return page(
        "fund/project.html",
        application=application,
        help=help_,
        supports=queries.brought_to(db.session, application),
        origins=[
            link
            for link in around
            if link.kind == "born_of" and link.from_id == application.id and _public(link.to_path)
        ],
        children=[
            link
            for link in around
            if link.kind == "born_of" and link.to_id == application.id and _public(link.from_path)
        ],
        story=published_story(db.session, application.id),
        people=application.report.people
        if application.state == ApplicationState.SETTLED and application.report
        else None,
        show_amounts=_shows_amounts(),
    )


def _public(path: str) -> bool:
    return not path.startswith(("/mairie", "/mon-compte", "/fonds/demandes"))


@blueprint.get("/ai-je-droit")
@allow(PUBLIC)
def rights() -> Response:
    """« Ai-je droit ? »: five questions; the answers are in the address, nothing is kept."""
    fund = queries.current_fund(db.session)
    form = RightForm(formdata=request.args if request.args else None)
    asked = bool(request.args)
    answered = asked and form.validate()
    changes = _changes(form) if answered else []
    return page(
        "fund/rights.html",
        block="answer",
        status=422 if asked and not answered else 200,
        form=form,
        answered=answered,
        changes=changes,
        fund=fund,
        phase=queries.phase(fund) if fund else None,
    )


def _changes(form: RightForm) -> list[tuple[str, str]]:
    """What to change, for each « no »."""
    sentences = {
        "here": (
            _("Bring it to the commune"),
            _(
                "The fund helps what takes place here, for who lives here. Could a part of it happen in one of the villages?"
            ),
        ),
        "several": (
            _("Open it to others"),
            _("The fund helps what serves several people. Two or three neighbours, a street, a class are enough."),
        ),
        "used_up": (
            _("Ask for what is used up"),
            _(
                "A machine, furniture or works are not paid by the fund. The town hall can often lend them: ask for the loan instead, in the second step."
            ),
        ),
        "others": (
            _("Say what you bring"),
            _("The fund helps beside others. Hours of your time count as much as money: « six people, two hours »."),
        ),
        "to_come": (
            _("Ask before you begin"),
            _("What is done or bought already cannot be helped. Ask for what comes next."),
        ),
    }
    return [sentences[name] for name in sentences if form[name].data == "no"]


@blueprint.get("/regles")
@allow(PUBLIC)
def rules() -> Response:
    """What can be paid, who decides, the calls and their dates, the former versions of the rules."""
    fund = shown_fund()
    return page(
        "fund/rules.html", fund=fund, versions=queries.rules_versions(db.session, fund), phase=queries.phase(fund)
    )


@blueprint.get("/en-clair")
@allow(PUBLIC)
def simple() -> Response:
    """The same in very few words."""
    fund = shown_fund()
    return page("fund/simple.html", fund=fund, phase=queries.phase(fund))


@blueprint.get("/subventions.csv")
@allow(PUBLIC)
def grants_csv() -> Response:
    """Grants to organisations, in the national schema."""
    response = current_app.response_class(open_data.as_csv(db.session), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="subventions.csv"'
    return response


@blueprint.get("/subventions.json")
@allow(PUBLIC)
def grants_json() -> Response:
    """The same as JSON."""
    return jsonify(open_data.as_json(db.session))


@blueprint.get("/formulaire.pdf")
@allow(PUBLIC)
def paper() -> Response:
    """The application as an empty form to print."""
    return as_pdf(papers.empty_form(db.session, shown_fund()), "fonds-formulaire")


@blueprint.get("/demandes/<uuid:application_id>/demande.pdf")
@allow(SIGNED_IN)
def printed(application_id: UUID) -> Response:
    """An application as it was written, to print."""
    application = mine(application_id)
    return as_pdf(papers.filled_form(db.session, application), application.reference or "demande")
