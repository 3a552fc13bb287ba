"""Pages: what it is, for everybody; the form and its follow-up, for residents; the queue and the files, for the mairie."""

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.i18n import _l
from civique.skeleton import documents, queries
from civique.skeleton.forms import CounterForm, RequestForm
from civique.skeleton.operations import ask
from civique.skeleton.settings import SkeletonSettings
from civique.skeleton.workflow import MANAGE, WORKFLOW
from civique.web.access import PUBLIC, allow
from civique.web.desk.cases import add_counter_routes, usual_pages, usual_queue
from civique.web.desk_list import Order
from civique.web.pages import page
from civique.web.queue import View, Work
from civique.web.settings import add_settings_page
from civique.web.site.cases import ApplicantPages
from tenants.db import db

READ, COUNTER = "skeleton.read", "skeleton.counter"
TITLE = _l("Equipment loans")
DECIDE = Work(MANAGE, _l("Decide: %(what)s"), _l("To decide"))
public = Blueprint("skeleton", __name__, url_prefix="/squelette")
desk = Blueprint("skeleton_desk", __name__, url_prefix="/mairie/squelette")


@public.get("")
@allow(PUBLIC)
def about() -> Response:
    """What it is, and how to ask."""
    return page("skeleton/about.html", title=TITLE, open=settings.get(db.session, SkeletonSettings).open)


QUEUE = usual_queue(
    desk,
    WORKFLOW,
    name="squelette-demandes",
    title=TITLE,
    columns=documents.COLUMNS,
    lines=queries.LINES,
    searched=queries.SEARCHED,
    permission=READ,
    manage=MANAGE,
    counter=COUNTER,
    importer="skeleton.requests",
    orders=(Order("first_day", _l("First day"), queries.BY_DAY),),
    views=(View("advised", _l("Opinion given"), queries.ADVISED, work=DECIDE),),
    template="skeleton/queue.html",
)
add_counter_routes(desk, WORKFLOW, COUNTER, title=TITLE, form=CounterForm, enter=ask)
add_settings_page(desk, SkeletonSettings, permission=MANAGE, title=TITLE, back=("skeleton_desk.queue", TITLE))
PAGES = usual_pages(desk, WORKFLOW, READ, examine=MANAGE)
ApplicantPages(public, PAGES, TITLE, RequestForm, ask, documents.blank_form, "formulaire-squelette").add_routes()
