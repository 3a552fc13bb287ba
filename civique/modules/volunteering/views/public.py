"""What everybody sees: missions, one of them, feeds; and « je donne un coup de main »."""

from uuid import UUID

from flask import Blueprint, abort, current_app, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.consents.operations import is_minor
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.volunteering import documents, forms, queries
from civique.modules.volunteering.documents import feeds
from civique.modules.volunteering.models import SHOWN, Mission, MissionState, words
from civique.modules.volunteering.operations import matches
from civique.modules.volunteering.operations.minors import check_minor
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.views.desk import VOLUNTEER_PAGES
from civique.modules.volunteering.workflow import mission_asked
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, applicant_or_nobody
from civique.web.desk_list import Filter, anywhere, newest
from civique.web.pages import go, page
from civique.web.public_list import ByVillage, PublicList
from civique.web.site.cases import ApplicantPages
from civique.web.submit import attempt
from civique.web.villages import village_filter
from tenants.db import db

blueprint = Blueprint("volunteering", __name__, url_prefix="/benevolat")
HAND = ApplicantPages(
    blueprint,
    VOLUNTEER_PAGES,
    _l("I give a hand"),
    forms.HandForm,
    declare,
    documents.blank_hand,
    "carte-benevole",
    template="volunteering/hand.html",
    follow_template="volunteering/my_request.html",
)
HAND.add_routes()


PublicList(
    name="missions",
    title=_l("Give a hand"),
    section="participate",
    select=queries.shown_missions,
    template="volunteering/missions.html",
    orders=(newest(Mission.published_at),),
    filters=(
        Filter(
            "domaine",
            _l("Field"),
            {word.code: word.label for word in words.INTERESTS},
            lambda code: Mission.interests.op("&")(words.mask([code], words.INTERESTS)) != 0,
        ),
        village_filter(Mission.territory_id),
        Filter("mineurs", _l("Who may come"), {"oui": _l("Open to minors")}, lambda _code: Mission.minors),
    ),
    words=anywhere(Mission.title, Mission.purpose, Mission.tasks),
    words_label=_l("Title or words of the mission"),
    entry=feeds.as_entry,
    feed=feeds.ATOM.label,
    data=feeds.as_data,
    village=ByVillage(column=Mission.territory_id),
    context=lambda: {"rhythms": words.RHYTHMS},
).add_to(blueprint, endpoint="missions")


def shown_mission(mission_id: UUID) -> Mission:
    """A mission that everybody reads; any other does not exist."""
    mission = db.session.get(Mission, mission_id)
    return mission if mission is not None and mission.state in SHOWN else abort(404)


@blueprint.get("/missions/<uuid:mission_id>")
@allow(PUBLIC)
def mission(mission_id: UUID) -> Response:
    """One mission: what for, what one does, when, on which conditions; and how to come."""
    found = shown_mission(mission_id)
    person = applicant_or_nobody()
    volunteer = queries.volunteer_of(db.session, person.id) if person else None
    mine = queries.matches_of(db.session, volunteer_id=volunteer.id) if volunteer else ()
    schema = feeds.as_schema(db.session, found)
    return page(
        "volunteering/mission.html",
        mission=found,
        facts=mission_asked(found),
        open=found.state == MissionState.PUBLISHED and not found.is_over(clock.today()),
        over=found.is_over(clock.today()),
        schema=schema,
        address=schema["url"],
        volunteer=volunteer,
        match=next((each for each in mine if each.mission_id == found.id), None),
        minor=person is not None and is_minor(person),
    )


@blueprint.route("/missions/<uuid:mission_id>/aider", methods=["GET", "POST"])
@allow(SIGNED_IN)
def offer(mission_id: UUID) -> Response:
    """Offer to help for a mission; who is not a volunteer yet becomes one. Signing in leads back to the mission."""
    found, person = shown_mission(mission_id), applicant()
    if request.method == "GET":
        return go("volunteering.mission", mission_id=mission_id)

    def do() -> None:
        volunteer = queries.volunteer_of(db.session, person.id)
        if volunteer is not None and not volunteer.here:
            raise Refused(_("You take a break: first say that you are back, under « My missions »."), rule="away")
        if volunteer is None:
            check_minor(db.session, person, found)
            volunteer = declare(db.session, person, interests=found.interests, wishes=found.title)
        matches.propose(db.session, volunteer, found, by=matches.VOLUNTEER)

    return attempt(
        do,
        url_for(".mission", mission_id=mission_id),
        _("Thank you! Those who run the mission are asked. Your contact details stay closed until they say yes."),
        lambda: go("volunteering.mine"),
    )


@blueprint.get("/missions-api-engagement.xml")
@allow(PUBLIC)
def engagement() -> Response:
    """The same in the format of API Engagement."""
    return current_app.response_class(feeds.engagement(db.session), mimetype="application/xml")
