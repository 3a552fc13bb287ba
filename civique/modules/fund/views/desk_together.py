"""One thing done to one application or to several: chosen in the queue or on a file, confirmed on a page of its own."""

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
from civique.modules.fund.models import FundApplication
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
    """Confirm what is done, and to which applications."""
    applications, kind = _ticked(), FORMS.get(request.args.get("action", ""))
    if not applications or kind is None:
        notice(_("Tick at least one request, then choose what to do."), "wait")
        return go("fund_desk.queue")
    form = _prepared(kind(formdata=None), applications)
    return page("fund/desk/together.html", form=form, applications=applications, action=request.args["action"])


@blueprint.post("/ensemble")
@allow("fund.examine")
def together() -> Response:
    """Do it; each application says for itself what forbids it, and the others are done."""
    applications, action = _ticked(), request.form.get("action", "")
    if not applications or action not in FORMS:
        return choose()
    form = _prepared(FORMS[action](), applications)
    if not form.validate():
        return page("fund/desk/together.html", status=422, form=form, applications=applications, action=action)
    run, done, refused = _action(form, applications), [], []
    for application in applications:
        try:
            with db.session.begin_nested():
                run(application)
            done.append(application)
        except Refused as broken:
            refused.append((application, str(broken)))
        except StaleDataError:
            refused.append(
                (application, _("A colleague changed this request in the meantime. Nothing was overwritten."))
            )
    if refused:
        return page("fund/desk/done_together.html", done=done, refused=refused)
    notice(ngettext("Done for one request.", "Done for %(num)s requests.", len(done)))
    return go("fund_desk.file", application_id=done[0].id) if len(done) == 1 else go("fund_desk.queue")


def _ticked() -> Sequence[FundApplication]:
    """The applications that were ticked and can be read here, in the order of their references."""
    return desk_queries.sent(db.session, asked_ids())


def _prepared(form: TogetherForm, applications: Sequence[FundApplication]) -> TogetherForm:
    """Give a form its choices, and what is true already when there is one application."""
    if isinstance(form, EntrustForm):
        form.assignee_id.choices = choices(
            names_of_those_who(db.session, "fund.examine", modules().permissions), empty=_("Nobody yet")
        )
        if not form.is_submitted() and len(applications) == 1:
            form.assignee_id.data = str(applications[0].assignee_id or "")
    elif isinstance(form, MeetingForm):
        planned = planned_meetings(db.session, applications[0].fund.committee_id)
        form.meeting_id.choices = choices(
            [(i, _("%(name)s, %(day)s", name=name, day=long_date(at))) for i, at, name in planned]
        )
    return form


def _action(form: TogetherForm, applications: Sequence[FundApplication]) -> Callable[[FundApplication], object]:
    if isinstance(form, EntrustForm):
        person = get_person(db.session, UUID(form.assignee_id.data)) if form.assignee_id.data else None
        return lambda application: examination.entrust(db.session, application, person)
    if isinstance(form, MeetingForm):
        meeting = db.session.get_one(Gathering, UUID(form.meeting_id.data))
        return lambda application: examination.put_to_committee(db.session, application, meeting)
    read = {application.id: application.revision for application in applications}
    return lambda application: move(
        db.session, WORKFLOW, application, "declare_admissible", revision=read[application.id]
    )
