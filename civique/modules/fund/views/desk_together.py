"""One thing done to one request or to several: chosen in the queue or on a file, confirmed on a page of its own."""

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.access.queries import names_of_those_who
from civique.core.cases.operations import move
from civique.core.committees.queries import planned_meetings
from civique.core.gatherings.models import Gathering
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, ngettext
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.modules.fund.forms.together import AdmissibleForm, EntrustForm, MeetingForm, TogetherForm
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import examination
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow
from civique.web.desk.lists import asked_ids
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from tenants.db import db

FORMS: dict[str, type[TogetherForm]] = {"admissible": AdmissibleForm, "entrust": EntrustForm, "put": MeetingForm}


@blueprint.get("/ensemble")
@allow("fund.examine")
def choose() -> Response:
    """Confirm what is done, and to which requests."""
    demands, kind = _ticked(), FORMS.get(request.args.get("action", ""))
    if not demands or kind is None:
        notice(_("Tick at least one request, then choose what to do."), "wait")
        return go("fund_desk.queue")
    form = _prepared(kind(formdata=None), demands)
    return page("fund/desk/together.html", form=form, demands=demands, action=request.args["action"])


@blueprint.post("/ensemble")
@allow("fund.examine")
def together() -> Response:
    """Do it; each request says for itself what forbids it, and the others are done."""
    demands, action = _ticked(), request.form.get("action", "")
    if not demands or action not in FORMS:
        return choose()
    form = _prepared(FORMS[action](), demands)
    if not form.validate():
        return page("fund/desk/together.html", status=422, form=form, demands=demands, action=action)
    run, done, refused = _action(form, demands), [], []
    for demand in demands:
        try:
            with db.session.begin_nested():
                run(demand)
            done.append(demand)
        except Refused as broken:
            refused.append((demand, str(broken)))
        except StaleDataError:
            refused.append((demand, _("A colleague changed this request in the meantime. Nothing was overwritten.")))
    if refused:
        return page("fund/desk/done_together.html", done=done, refused=refused)
    notice(ngettext("Done for one request.", "Done for %(num)s requests.", len(done)))
    return go("fund_desk.file", request_id=done[0].id) if len(done) == 1 else go("fund_desk.queue")


def _ticked() -> Sequence[FundRequest]:
    """The requests that were ticked and can be read here, in the order of their references."""
    return desk_queries.sent(db.session, asked_ids())


def _prepared(form: TogetherForm, demands: Sequence[FundRequest]) -> TogetherForm:
    """Give a form its choices, and what is true already when there is one request."""
    if isinstance(form, EntrustForm):
        form.examiner_id.choices = choices(
            names_of_those_who(db.session, "fund.examine", modules().permissions), empty=_("Nobody yet")
        )
        if not form.is_submitted() and len(demands) == 1:
            form.examiner_id.data = str(demands[0].examiner_id or "")
    elif isinstance(form, MeetingForm):
        planned = planned_meetings(db.session, demands[0].fund.committee_id)
        form.meeting_id.choices = choices(
            [(i, _("%(name)s, %(day)s", name=name, day=long_date(at))) for i, at, name in planned]
        )
    return form


def _action(form: TogetherForm, demands: Sequence[FundRequest]) -> Callable[[FundRequest], object]:
    if isinstance(form, EntrustForm):
        person = get_person(db.session, UUID(form.examiner_id.data)) if form.examiner_id.data else None
        return lambda demand: examination.entrust(db.session, demand, person)
    if isinstance(form, MeetingForm):
        meeting = db.session.get_one(Gathering, UUID(form.meeting_id.data))
        return lambda demand: examination.put_to_committee(db.session, demand, meeting)
    read = {demand.id: demand.revision for demand in demands}
    return lambda demand: move(db.session, WORKFLOW, demand, "declare_admissible", revision=read[demand.id])
