"""The queue: every application with its filters, what needs somebody, what is done to several at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g, request
from wtforms import SelectField

from civique.core.cases.queries import said_in
from civique.core.committees.queries import planned_meetings
from civique.core.gatherings.models import Gathering
from civique.core.i18n import _l, long_date, ngettext
from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import COLUMNS
from civique.modules.fund.models import ApplicationState, Fund, FundApplication
from civique.modules.fund.operations import examination
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.workflow import WORKFLOW
from civique.web.desk_list import Filter, Order
from civique.web.forms import BaseForm, choices, required
from civique.web.queue import (
    MOST_WORK,
    Bulk,
    Queue,
    View,
    Work,
    add_queue_routes,
    bulk_assign,
    bulk_of,
    case_filters,
    case_views,
)
from tenants.db import db
from tenants.session import TenantSession


class MeetingForm(BaseForm):
    """On which order of the day."""

    meeting_id = SelectField(_l("Which meeting?"), [required(_l("Choose a meeting."))])


def _planned(form: MeetingForm, applications: Sequence[FundApplication]) -> None:
    planned = planned_meetings(db.session, applications[0].fund.committee_id)
    form.meeting_id.choices = choices(
        [(i, _("%(name)s, %(day)s", name=name, day=long_date(at))) for i, at, name in planned]
    )


def _put(form: MeetingForm, _applications: Sequence[FundApplication]) -> Any:
    meeting = db.session.get_one(Gathering, UUID(form.meeting_id.data))
    return lambda application: examination.put_to_committee(db.session, application, meeting)


def _put_in_words(form: MeetingForm, done: Sequence[FundApplication]) -> str:
    """On which day they are read."""
    return ngettext(
        "The request is on the order of the day of %(day)s.",
        "%(num)s requests are on the order of the day of %(day)s.",
        len(done),
        day=long_date(db.session.get_one(Gathering, UUID(form.meeting_id.data)).day, weekday=False),
    )


def _funds() -> Sequence[Fund]:
    """The fund of every year, read once for the page: its filter and its gauge need it."""
    if "funds" not in g:
        g.funds = queries.fund_years(db.session)
    found: Sequence[Fund] = g.funds
    return found


def _years() -> dict[str, str]:
    """Years of the funds, when there are several."""
    years = [str(fund.year) for fund in _funds()]
    return {year: year for year in years} if len(years) > 1 else {}


def _context() -> Mapping[str, Any]:
    """The fund of the year that is looked at, or the one of today, with its gauge."""
    fund = queries.shown_year(_funds(), request.args.get("annee", ""))
    return {"fund": fund, "gauge": queries.gauge(db.session, fund) if fund else None}


WORK = {
    "to_agree": Work("core.agreements", _l("Write the agreement: %(what)s"), _l("To write")),
    "to_pay": Work("fund.pay", _l("Order the payment: %(what)s"), _l("To pay"), place="#versements"),
    "late_reports": Work(
        "fund.examine",
        _l("Report late: %(what)s"),
        _l("Late"),
        due=lambda line, values: line.last_day + (values["today"] - values["late_before"]),
    ),
    "reports": Work("fund.examine", _l("Read the report: %(what)s"), _l("To read")),
}
QUEUE = Queue(
    name="fonds-demandes",
    title=_l("Requests to the fund"),
    select=lambda: desk_queries.FILES,
    lines=desk_queries.LINES,
    columns=COLUMNS,
    template="fund/queue.html",
    workflow=WORKFLOW,
    permission="fund.read",
    orders=(
        Order("waiting", _l("Waiting longest"), desk_queries.WAITING_FIRST),
        Order("newest", _l("Newest"), (FundApplication.submitted_at.desc(), FundApplication.id)),
        Order("amount", _l("Largest amount"), (FundApplication.amount_asked_cents.desc(), FundApplication.id)),
        Order("title", _l("Name of the project"), (FundApplication.folded, FundApplication.id)),
    ),
    filters=(
        *case_filters(WORKFLOW, hidden=(ApplicationState.DRAFT,)),
        Filter("annee", _l("Year"), _years, desk_queries.of_year),
    ),
    words=said_in(FundApplication, FundApplication.folded),
    words_label=_l("Project, name or reference"),
    views=(
        *case_views(WORKFLOW),
        *(
            View(code, label, desk_queries.VIEWS[code], work=WORK.get(code))
            for code, label in desk_queries.VIEW_LABELS.items()
        ),
    ),
    values=lambda: desk_queries.view_values(db.session),
    bulk=(
        *bulk_of(WORKFLOW),
        bulk_assign("fund.examine"),
        Bulk(
            "put",
            _l("Put on the order of the day"),
            "users",
            _put,
            MeetingForm,
            _planned,
            said=_put_in_words,
            nothing=(_l("No meeting is planned."), _l("Plan one"), "desk_committees.listing"),
        ),
    ),
    bulk_permission="fund.examine",
    context=_context,
)


def _chosen(ids: Collection[UUID]) -> Sequence[FundApplication]:
    return desk_queries.sent(db.session, ids)


add_queue_routes(blueprint, QUEUE, _chosen)


def work_items(session: TenantSession, agent: Any) -> list[WorkItem]:
    """What the saved views hold, and for who pays, the money to collect."""
    items = QUEUE.work_items(session, agent)
    if agent.can("fund.pay"):
        items += [
            WorkItem(
                _("Money to collect: %(what)s", what=asked.application.title),
                f"{WORKFLOW.desk_path(asked.application)}#versements",
                queries.whom(asked.application),
                asked.application.submitted_at,
                None,
                _("To collect"),
            )
            for asked in session.scalars(desk_queries.to_collect().limit(MOST_WORK)).unique()
        ]
    return items
