"""What the module declares to the house."""

from datetime import timedelta

from civique.core.cases.committees import read_by_committees
from civique.core.cases.indicators import received
from civique.core.cases.queries import count_waiting
from civique.core.i18n import _l
from civique.core.imports import cells
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.manifest import Job, Link, Manifest, Permission
from civique.core.stall.forms import StallField, StallForm
from civique.modules.welcome import privacy, views
from civique.modules.welcome.demo import demo
from civique.modules.welcome.imports import IMPORTER
from civique.modules.welcome.models import WelcomeRequest
from civique.modules.welcome.operations import ask_at_stall
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import MANAGE, WORKFLOW

OFFICE = ("administrator", "secretary")
SUMMARY = _l("Residents ask, on the site, on paper or at the counter; the town hall answers each of them.")

MANIFEST = Manifest(
    name="welcome",
    label=views.TITLE,
    summary=SUMMARY,
    icon="archive",
    package="civique.modules.welcome",
    models=(WelcomeRequest,),
    blueprints=(views.public, views.desk),
    permissions=(
        Permission(views.READ, _l("Read the requests: new residents"), (*OFFICE, "elected", "examiner", "counter")),
        Permission(MANAGE, _l("Decide and set the rules: new residents"), (*OFFICE, "examiner")),
        Permission(views.COUNTER, _l("Enter a request for a resident: new residents"), (*OFFICE, "counter")),
    ),
    settings=(WelcomeSettings,),
    public_links=(Link(views.TITLE, "welcome.about", "archive", summary=SUMMARY, deed="propose"),),
    desk_links=(Link(_l("Requests"), "welcome_desk.queue", "inbox", views.READ, count=count_waiting(WORKFLOW)),),
    settings_links=(Link(views.TITLE, "welcome_desk.settings_page", "settings", MANAGE),),
    counter_links=(Link(views.TITLE, "welcome_desk.counter", "archive", views.COUNTER),),
    stall_forms=(
        StallForm(
            "welcome.request",
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
    jobs=(Job("welcome.forget", privacy.forget, every=timedelta(days=1)),),
    listeners=read_by_committees(WORKFLOW, "waiting", "advise"),
    work_items=views.QUEUE.work_items,
    answer_permission=views.READ,
    workflows=(WORKFLOW,),
    personal_data=(privacy.REQUESTS,),
    indicators=(
        IndicatorDeclaration("welcome.requests", views.TITLE, "count", received(WelcomeRequest), by_territory=True),
    ),
    importers=(IMPORTER,),
    object_labels={"welcome_request": _l("a request: new residents")},
    demo=demo,
)
