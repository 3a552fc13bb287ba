"""Who needs volunteers: the guided form, the follow-up of a mission, the answer to who may come."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core.cases.operations import move
from civique.core.cases.queries import may_follow
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.volunteering import documents, forms, queries
from civique.modules.volunteering.models import TOLD, Match, Mission
from civique.modules.volunteering.operations.missions import propose_mission
from civique.modules.volunteering.operations.opinions import BY_ORGANISATIONS, opinion_token
from civique.modules.volunteering.views.desk import MISSION_PAGES
from civique.modules.volunteering.workflow import MATCHES
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import first_who
from civique.web.lists import row_or_404
from civique.web.pages import go
from civique.web.site.cases import ApplicantPages
from civique.web.submit import attempt
from tenants.db import db

blueprint = Blueprint("volunteering_needs", __name__, url_prefix="/benevolat/besoins")
NEEDS = ApplicantPages(
    blueprint,
    MISSION_PAGES,
    _l("We need volunteers"),
    forms.MissionForm,
    propose_mission,
    documents.blank_mission,
    "besoin-de-benevoles",
    template="volunteering/need.html",
    follow_template="volunteering/need_request.html",
)
NEEDS.add_routes()


@blueprint.context_processor
def answers() -> dict[str, Any]:
    """What the follow-up of a mission shows besides: who may come, without a name before both sides agreed."""
    return {
        "matches_of": lambda mission: queries.matches_of(db.session, mission_ids=[mission.id]),
        "match_flow": MATCHES,
        "told": _told,
        "described": documents.described,
    }


def answered_match(match_id: UUID) -> Match:
    """A match of a mission for which the visitor answers; any other does not exist."""
    match = db.session.get(Match, match_id)
    if match is None or first_who(lambda person: may_follow(db.session, match.mission, person)) is None:
        abort(404)
    return match


def _page_of(match: Match) -> str:
    if match.mission.organisation_id:
        return url_for("volunteering.organisation", organisation_id=match.mission.organisation_id)
    return url_for(".follow", volunteering_mission_id=match.mission_id)


@blueprint.post("/<uuid:mission_id>/avis")
@allow(SIGNED_IN)
def opinion(mission_id: UUID) -> Response:
    """Those who run a mission say how it goes."""
    mission = row_or_404(Mission, mission_id)
    person = first_who(lambda each: may_follow(db.session, mission, each))
    if person is None or not _told(mission):
        abort(404)
    return go("feedback.answer", token=opinion_token(db.session, BY_ORGANISATIONS, mission, person))


def _told(mission: Mission) -> bool:
    return any(match.state in TOLD for match in queries.matches_of(db.session, mission_ids=[mission.id]))


@blueprint.post("/propositions/<uuid:match_id>/oui")
@allow(SIGNED_IN)
def agree(match_id: UUID) -> Response:
    """The organisation says yes."""
    match = answered_match(match_id)
    return attempt(
        lambda: move(db.session, MATCHES, match, "mission_agrees"),
        _page_of(match),
        _("Thank you! You have the contact details as soon as the volunteer says yes too."),
    )


@blueprint.post("/propositions/<uuid:match_id>/non")
@allow(SIGNED_IN)
def decline(match_id: UUID) -> Response:
    """The organisation says no, with a word for the volunteer."""
    match, form = answered_match(match_id), forms.DecideForm()
    motive = form.reason.data or _("Those who run the mission could not say yes this time.")
    return attempt(
        lambda: move(db.session, MATCHES, match, "decline", motive=motive),
        _page_of(match),
        _("The volunteer is told."),
        form=form,
    )
