"""What everybody sees: missions, one of them, feeds; and « je donne un coup de main »."""

from uuid import UUID

from flask import Blueprint, abort, current_app, request, url_for
from werkzeug.wrappers import Response

from civique.core.consents.operations import is_minor
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.territory.queries import territories
from civique.modules.volunteering import documents, forms, queries
from civique.modules.volunteering.documents import feeds
from civique.modules.volunteering.models import SHOWN, Mission, MissionState, words
from civique.modules.volunteering.operations import matches
from civique.modules.volunteering.operations.minors import check_minor
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.views.desk import VOLUNTEER_PAGES
from civique.modules.volunteering.workflow import duration, mission_asked
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, applicant_or_nobody
from civique.web.feeds import Entry, atom
from civique.web.lists import asked, paginate
from civique.web.pages import go, page
from civique.web.site.cases import ApplicantPages
from civique.web.submit import attempt
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


@blueprint.get("")
@allow(PUBLIC)
def missions() -> Response:
    """The missions that look for somebody, by field and village."""
    codes = {word.code: word for word in words.INTERESTS}
    villages = {str(each.id): each.name for each in territories(db.session, "delegated")}
    interest, village = asked("domaine", codes), asked("village", villages)
    minors = bool(asked("mineurs", ("oui",)))
    query = queries.shown_missions(
        words.mask([interest], words.INTERESTS) if interest else 0, UUID(village) if village else None, minors=minors
    )
    return page(
        "volunteering/missions.html",
        block="rows",
        listing=paginate(query, columns=True),
        codes=codes,
        villages=villages,
        interest=interest,
        village=village,
        minors=minors,
        filtered=bool(interest or village or minors),
        rhythms=words.RHYTHMS,
        duration=duration,
    )


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
        open=found.state == MissionState.PUBLISHED,
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


@blueprint.get("/missions.atom")
@allow(PUBLIC)
def atom_feed() -> Response:
    """The missions that look for somebody, for readers of feeds."""
    entries = [
        Entry(feeds.path_of(each), each.title, each.published_at or each.created_at, each.purpose[:280])
        for each in queries.published(db.session)
    ]
    return atom(_("Volunteer missions"), url_for(".atom_feed"), entries)


@blueprint.get("/missions-api-engagement.xml")
@allow(PUBLIC)
def engagement() -> Response:
    """The same in the format of API Engagement."""
    return current_app.response_class(feeds.engagement(db.session), mimetype="application/xml")
