"""What the module declares to the house."""

from civique.core.cases.committees import read_by_committees
from civique.core.cases.indicators import received
from civique.core.cases.queries import count_waiting
from civique.core.i18n import _l
from civique.core.imports import cells
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.manifest import Job, Link, Manifest, Permission
from civique.core.stall.forms import StallField, StallForm
from civique.skeleton import privacy, views
from civique.skeleton.demo import demo
from civique.skeleton.imports import IMPORTER
from civique.skeleton.models import SkeletonRequest
from civique.skeleton.operations import ask_at_stall
from civique.skeleton.settings import SkeletonSettings
from civique.skeleton.workflow import MANAGE, WORKFLOW

OFFICE = ("administrator", "secretary")
SUMMARY = _l("Residents ask, on the site, on paper or at the counter; the town hall answers each of them.")

MANIFEST = Manifest(
    name="skeleton",
    label=views.TITLE,
    summary=SUMMARY,
    icon="archive",
    package="civique.skeleton",
    models=(SkeletonRequest,),
    blueprints=(views.public, views.desk),
    permissions=(
        Permission(views.READ, _l("Read the requests: equipment loans"), (*OFFICE, "elected", "examiner", "counter")),
        Permission(MANAGE, _l("Decide and set the rules: equipment loans"), (*OFFICE, "examiner")),
        Permission(views.COUNTER, _l("Enter a request for a resident: equipment loans"), (*OFFICE, "counter")),
    ),
    settings=(SkeletonSettings,),
    public_links=(Link(views.TITLE, "skeleton.about", "archive", summary=SUMMARY, deed="propose"),),
    desk_links=(Link(_l("Requests"), "skeleton_desk.queue", "inbox", views.READ, count=count_waiting(WORKFLOW)),),
    settings_links=(Link(views.TITLE, "skeleton_desk.settings_page", "settings", MANAGE),),
    counter_links=(Link(views.TITLE, "skeleton_desk.counter", "archive", views.COUNTER),),
    stall_forms=(
        StallForm(
            "skeleton.request",
            views.TITLE,
            (
                StallField("title", _l("What do you ask for?"), required=True, limit=120),
                StallField(
                    "day", _l("Which day?"), required=True, hint=_l("Day, month, year: 31/12/2026."), parse=cells.day
                ),
            ),
            ask_at_stall,
        ),
    ),
    jobs=(Job("skeleton.forget", privacy.forget, daily=True),),
    listeners=read_by_committees(WORKFLOW, "waiting", "advise"),
    work_items=views.QUEUE.work_items,
    answer_permission=views.READ,
    workflows=(WORKFLOW,),
    personal_data=(privacy.REQUESTS,),
    indicators=(
        IndicatorDeclaration("skeleton.requests", views.TITLE, "count", received(SkeletonRequest), by_territory=True),
    ),
    importers=(IMPORTER,),
    object_labels={"skeleton_request": _l("a request: equipment loans")},
    demo=demo,
)
