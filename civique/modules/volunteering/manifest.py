"""What the module declares to the house."""

from civique.core.cases.queries import count_waiting
from civique.core.consents.events import ConsentWithdrawn
from civique.core.events import Listener
from civique.core.gatherings.declarations import GatheringKind
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.interests import InterestTold, Joined
from civique.core.manifest import Job, Link, Manifest, Permission, WorkItem
from civique.core.organisations.declarations import OrganisationCard
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.stall.forms import StallField, StallForm
from civique.modules.volunteering import documents, models, privacy, queries
from civique.modules.volunteering.demo import demo
from civique.modules.volunteering.documents import feeds
from civique.modules.volunteering.documents.certificates import CERTIFICATES
from civique.modules.volunteering.imports import IMPORTER
from civique.modules.volunteering.indicators import INDICATORS
from civique.modules.volunteering.jobs import remind
from civique.modules.volunteering.operations.opinions import BY_ORGANISATIONS, BY_VOLUNTEERS
from civique.modules.volunteering.operations.volunteers import declare_at_stall, hear_interest, stop_minor
from civique.modules.volunteering.queries.figures import TRAINING
from civique.modules.volunteering.settings import VolunteeringSettings
from civique.modules.volunteering.views import BLUEPRINTS, desk
from civique.modules.volunteering.workflow import MANAGE, MATCHES, MEDIATE, MISSIONS, VOLUNTEERS, WORKFLOWS
from tenants.session import TenantSession

OFFICE = ("administrator", "secretary")


def work_items(session: TenantSession, agent: object) -> list[WorkItem]:
    """What waits in the three queues."""
    queues = (desk.VOLUNTEER_QUEUE, desk.MISSION_QUEUE, desk.MATCH_QUEUE)
    return [item for queue in queues for item in queue.work_items(session, agent)]


def organisation_cards(session: TenantSession, organisation: Organisation, _person: Person) -> list[OrganisationCard]:
    """What an organisation has with volunteers, in its space."""
    missions = queries.missions_of_organisation(session, organisation.id)
    waiting = len(queries.hours_to_decide(session, organisation.id))
    page = f"/benevolat/associations/{organisation.id}"
    lines = [
        *(f"{mission.title}, {MISSIONS.told(mission.state, mission)}" for mission in missions[:5]),
        *(
            [(ngettext("One entry of hours to validate", "%(num)s entries of hours to validate", waiting), page)]
            if waiting
            else []
        ),
    ]
    links = ((_("Volunteers, hours to validate"), page), (_("Propose a mission"), "/benevolat/besoins/demander"))
    return [OrganisationCard(_("Volunteers"), lines, links)]


MANIFEST = Manifest(
    name="volunteering",
    label=desk.TITLE,
    summary=_l(
        "Associations say what they need, residents give a hand; the desk brings them together and follows both."
    ),
    icon="heart-handshake",
    package="civique.modules.volunteering",
    models=(
        models.Mission,
        models.Volunteer,
        models.Interview,
        models.Match,
        models.FollowUp,
        models.Shift,
        models.ShiftPlace,
        models.Hours,
        models.Rate,
    ),
    blueprints=BLUEPRINTS,
    permissions=(
        Permission(desk.READ, _l("Read volunteers and missions"), (*OFFICE, "examiner")),
        Permission(MEDIATE, _l("Meet volunteers, read what was noted, follow matches"), (*OFFICE, "examiner")),
        Permission(MANAGE, _l("Publish missions, set the rules of the volunteer desk"), OFFICE),
        Permission(desk.COUNTER, _l("Enter a volunteer or a mission for a resident"), (*OFFICE, "counter")),
    ),
    settings=(VolunteeringSettings,),
    public_links=(
        Link(
            _l("Give a hand"),
            "volunteering.missions",
            "users",
            summary=_l("Missions near you, or simply two minutes to say what you like."),
            deed="help",
        ),
    ),
    desk_links=(
        Link(_l("Volunteers"), "volunteering_desk.queue", "users", desk.READ, count=count_waiting(VOLUNTEERS)),
        Link(_l("Missions"), "volunteering_missions.queue", "inbox", desk.READ, count=count_waiting(MISSIONS)),
        Link(_l("Matches"), "volunteering_matches.queue", "check", desk.READ, count=count_waiting(MATCHES)),
        Link(_l("Hours"), "volunteering_desk.hours", "clock", desk.READ, count=queries.HOURS_OF_THE_COMMUNE),
    ),
    settings_links=(Link(desk.TITLE, "volunteering_desk.settings_page", "settings", MANAGE),),
    counter_links=(
        Link(_l("A volunteer"), "volunteering_desk.counter", "users", desk.COUNTER),
        Link(_l("A volunteer mission"), "volunteering_missions.counter", "inbox", desk.COUNTER),
    ),
    stall_forms=(
        StallForm(
            "volunteering.hand",
            _l("I give a hand"),
            (StallField("wishes", _l("What would you like to do?"), required=True, limit=1000),),
            declare_at_stall,
        ),
    ),
    jobs=(
        Job("volunteering.remind", remind, daily=True),
        Job("volunteering.forget", privacy.forget, daily=True),
    ),
    events=(Joined,),
    listeners=(Listener(ConsentWithdrawn, stop_minor), Listener(InterestTold, hear_interest)),
    organisation_cards=organisation_cards,
    work_items=work_items,
    answer_permission=desk.READ,
    workflows=WORKFLOWS,
    gathering_kinds=(GatheringKind(TRAINING, _l("Training of volunteers"), MANAGE),),
    personal_data=(
        privacy.INTERVIEWS,
        privacy.HOURS,
        privacy.VOLUNTEER_DATA,
        privacy.MISSION_DATA,
        privacy.MATCH_DATA,
    ),
    indicators=INDICATORS,
    questionnaires=(BY_VOLUNTEERS, BY_ORGANISATIONS),
    importers=(IMPORTER,),
    paper_forms=documents.BLANK_FORMS,
    documents=(CERTIFICATES,),
    search=(queries.SEARCH,),
    feeds=(feeds.ATOM, feeds.ENGAGEMENT),
    open_data=(feeds.DATASET,),
    audit_labels={
        "volunteering.mission_changed": _l("Mission changed"),
        "volunteering.shifts_added": _l("Shifts added"),
        "volunteering.shift_taken": _l("Place taken at a shift"),
        "volunteering.volunteer_changed": _l("What a volunteer said changed"),
        "volunteering.volunteer_contacted": _l("First word with a volunteer"),
        "volunteering.interview_noted": _l("Conversation noted"),
        "volunteering.match_agreed": _l("A side agreed"),
        "volunteering.followed_up": _l("Word with a volunteer noted"),
        "volunteering.hours_entered": _l("Hours entered"),
        "volunteering.hours_validated": _l("Hours validated"),
        "volunteering.hours_refused": _l("Hours not validated"),
        "volunteering.rate_set": _l("Rate of an hour set by an organisation"),
    },
    object_labels={
        "volunteering_mission": _l("a volunteer mission"),
        "volunteering_volunteer": _l("a volunteer"),
        "volunteering_match": _l("a volunteer match"),
        "volunteering_shift": _l("a shift"),
        "volunteering_hours": _l("hours of a volunteer"),
    },
    demo=demo,
)
