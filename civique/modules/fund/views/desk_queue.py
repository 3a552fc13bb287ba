"""The queue: every application with its filters, and what needs somebody."""

from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.territory.queries import territories
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import COLUMNS
from civique.modules.fund.models import ApplicationState, Fund
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.queries.desk import GROUPS, LINES, ORDERS, Wanted
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow, visitor
from civique.web.desk.labels import CHANNELS
from civique.web.desk.lists import asked, asked_words
from civique.web.lists import paginate
from civique.web.pages import page
from civique.web.tables import list_file
from tenants.db import db

VIEWS = ("waiting", "mine", "to_complete", "to_agree", "to_sign", "to_pay", "late_reports", "reports", "checks")


@blueprint.get("")
@allow("fund.read")
def queue() -> Response:
    """Every application, those that wait first."""
    funds = queries.fund_years(db.session)
    villages = {str(t.id): t.name for t in territories(db.session, "delegated")}
    chosen = next((fund for fund in funds if str(fund.year) == request.args.get("annee")), None)
    wanted = _wanted(chosen, villages)
    if "format" in request.args:
        file = list_file(
            "fonds-demandes",
            _("Requests to the fund"),
            COLUMNS,
            desk_queries.queue(db.session, wanted),
            filters=_in_words(wanted, chosen, villages),
        )
        if file:
            return file
    fund = chosen or next((f for f in funds if f.state == "open"), None) or next(iter(funds), None)
    counts, gauge = desk_queries.counts(db.session, visitor().person_id, fund) if fund else ({}, None)
    listing = paginate(
        desk_queries.queue(db.session, wanted, LINES),
        columns=True,
        total=counts.get(wanted.counted) if wanted.counted else None,
    )
    return page(
        "fund/queue.html",
        block="rows",
        listing=listing,
        labels=WORKFLOW.by_code,
        funds=funds,
        fund=fund,
        gauge=gauge,
        wanted=wanted,
        view=asked("voir", VIEWS),
        year=str(chosen.year) if chosen else "",
        channels=CHANNELS,
        counts=counts,
        view_labels=view_labels(),
        villages=villages,
    )


def _in_words(wanted: Wanted, chosen: Fund | None, villages: dict[str, str]) -> tuple[tuple[str, Any], ...]:
    """The filters of the queue, for paper."""
    return (
        (_("State"), WORKFLOW.by_code[wanted.state].label if wanted.state in WORKFLOW.by_code else ""),
        (_("To do"), view_labels().get(wanted.view, "")),
        (_("Year"), chosen.year if chosen else ""),
        (_("Village"), villages.get(str(wanted.territory_id), "")),
        (_("Channel"), CHANNELS.get(wanted.channel, "")),
        (_("Words looked for"), wanted.text),
    )


def _wanted(chosen: Fund | None, villages: dict[str, str]) -> Wanted:
    view, village = asked("voir", VIEWS) or "", asked("village", villages)
    return Wanted(
        text=asked_words(),
        state="waiting" if view == "waiting" else asked("etat", (*GROUPS, *ApplicationState.all())) or "",
        fund_id=chosen.id if chosen else None,
        territory_id=UUID(village) if village else None,
        channel=asked("canal", CHANNELS) or "",
        assignee_id=visitor().person_id if view == "mine" else None,
        view=view,
        sort=asked("tri", ORDERS) or "waiting",
    )


def view_labels() -> dict[str, str]:
    """Names of the saved filters, in the order of an application's life."""
    return {
        "waiting": _("For us to do"),
        "mine": _("In my charge"),
        "to_complete": _("The applicant completes"),
        "to_agree": _("Agreement to write"),
        "to_sign": _("Agreement to sign"),
        "to_pay": _("Payment to order"),
        "late_reports": _("Report late"),
        "reports": _("Report to read"),
        "checks": _("Upkeep to check"),
    }
