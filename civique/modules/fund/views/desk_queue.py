"""The queue: every request with its filters, what needs somebody, and things done to several at once."""

from collections.abc import Callable
from uuid import UUID

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.committees.models import CommitteeMeeting
from civique.core.committees.operations import NotGiven
from civique.core.i18n import gettext as _
from civique.core.i18n import ngettext
from civique.core.territory.queries import territories
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import COLUMNS
from civique.modules.fund.models import STATES, Fund, FundRequest
from civique.modules.fund.operations import examination
from civique.modules.fund.operations.course import RuleBroken
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.queries.desk import GROUPS, SORTS, Wanted
from civique.modules.fund.views.desk import blueprint, examiners
from civique.modules.fund.views.desk_file import meeting_label, planned_meetings
from civique.modules.fund.words import sentence, state_labels
from civique.modules.fund.words.desk import not_given
from civique.web.access import allow, visitor
from civique.web.desk.labels import CHANNELS
from civique.web.desk.lists import as_file, asked, asked_file, asked_ids, asked_words
from civique.web.lists import paginate
from civique.web.pages import go, notice, page
from tenants.db import db

VIEWS = ("waiting", "mine", "to_complete", "to_agree", "to_sign", "to_pay", "late_reports", "reports", "checks")


@blueprint.get("")
@allow("fund.read")
def queue() -> Response:
    """Every request, those that wait first."""
    funds = queries.funds(db.session)
    chosen = next((fund for fund in funds if str(fund.year) == request.args.get("annee")), None)
    wanted = _wanted(chosen)
    query = desk_queries.queue(db.session, wanted)
    kind = asked_file()
    if kind:
        return as_file(kind, "fonds-demandes", COLUMNS, query)
    fund = chosen or next((f for f in funds if f.state == "open"), None) or next(iter(funds), None)
    may = visitor().can("fund.examine")
    return page(
        "fund/queue.html", block="rows", listing=paginate(query), labels=state_labels(), funds=funds, fund=fund,
        gauge=queries.gauge(db.session, fund) if fund else None, wanted=wanted, view=asked("voir", VIEWS),
        year=str(chosen.year) if chosen else "", today=clock.today(), channels=CHANNELS,
        counts=desk_queries.counts(db.session, visitor().person_id), view_labels=view_labels(),
        villages={str(t.id): t.name for t in territories(db.session, "delegated")},
        examiners=examiners() if may else (),
        meetings=[(m.id, meeting_label(m)) for m in planned_meetings()] if may else (),
    )  # fmt: skip


def _wanted(chosen: Fund | None) -> Wanted:
    view = asked("voir", VIEWS) or ""
    village = asked("village", {str(t.id) for t in territories(db.session, "delegated")} if request.args.get("village") else ())  # fmt: skip
    return Wanted(
        text=asked_words(), state="waiting" if view == "waiting" else asked("etat", (*GROUPS, *STATES)) or "",
        fund_id=chosen.id if chosen else None, territory_id=UUID(village) if village else None,
        channel=asked("canal", CHANNELS) or "", examiner_id=visitor().person_id if view == "mine" else None,
        view=view, sort=asked("tri", SORTS) or "waiting",
    )  # fmt: skip


def view_labels() -> dict[str, str]:
    """Names of the saved filters, in the order of a request's life."""
    return {
        "waiting": _("For us to do"), "mine": _("In my charge"), "to_complete": _("The holder completes"),
        "to_agree": _("Agreement to write"), "to_sign": _("Agreement to sign"), "to_pay": _("Payment to order"),
        "late_reports": _("Report late"), "reports": _("Report to read"), "checks": _("Upkeep to check"),
    }  # fmt: skip


@blueprint.post("/ensemble")
@allow("fund.examine")
def together() -> Response:
    """Do one thing to the ticked requests; each says for itself what forbids it."""
    ids = asked_ids()
    run = _chosen_action()
    if not ids or run is None:
        notice(_("Tick at least one request, then choose what to do."), "wait")
        return go("fund_desk.queue")
    done, refused = [], []
    for request_id in ids:
        demand = db.session.get(FundRequest, request_id)
        if demand is None or demand.state == "draft":
            continue
        try:
            with db.session.begin_nested():
                run(demand)
            done.append(demand)
        except RuleBroken as broken:
            refused.append((demand, sentence(broken)))
        except NotGiven as refusal:
            refused.append((demand, not_given(refusal)))
        except StaleDataError:
            refused.append((demand, _("A colleague changed this request in the meantime. Nothing was overwritten.")))
    if refused:
        return page("fund/desk/together.html", done=done, refused=refused)
    notice(ngettext("Done for one request.", "Done for %(num)s requests.", len(done)))
    return go("fund_desk.queue")


def _chosen_action() -> Callable[[FundRequest], object] | None:
    action = request.form.get("action")
    if action == "admissible":
        return lambda demand: examination.declare_admissible(db.session, demand, demand.revision)
    if action == "entrust":
        person = next((p for p in examiners() if str(p.id) == request.form.get("examiner_id")), None)
        return (lambda demand: examination.entrust(db.session, demand, person)) if person else None
    if action == "put":
        known = {str(meeting.id): meeting for meeting in planned_meetings()}
        meeting: CommitteeMeeting | None = known.get(request.form.get("meeting_id", ""))
        return (lambda demand: examination.put_to_committee(db.session, demand, meeting)) if meeting else None
    return None
