"""States and transitions: of a mission, of a volunteer, of a match between the two."""

from functools import partial
from typing import Any

from civique.core.cases import messages as case_messages
from civique.core.cases.course import Stage
from civique.core.cases.queries import cases_of
from civique.core.cases.workflow import APPLICANT, NOBODY, State, Transition, Workflow
from civique.core.durations import duration
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.modules.volunteering.messages import path_of, side_path
from civique.modules.volunteering.models import Match, Mission, Volunteer, words
from civique.modules.volunteering.models import MatchState as X
from civique.modules.volunteering.models import MissionState as M
from civique.modules.volunteering.models import VolunteerState as V
from civique.modules.volunteering.operations import matches, missions, volunteers

MANAGE, MEDIATE = "volunteering.manage", "volunteering.mediate"
DESK = "/mairie/benevolat"
OPEN_MISSION = (M.DRAFT, M.CLARIFIED, M.PUBLISHED, M.FILLED)
HERE = (V.DECLARED, V.MET, V.ACTIVE, V.PAUSED)


def _listed(labels: list[str]) -> str:
    return ", ".join(labels)


def mission_asked(mission: Mission) -> tuple[tuple[str, str], ...]:
    """What a mission says, label and words."""
    return (
        (_("Organisation"), mission.organisation.name if mission.organisation else ""),
        (_("What for"), mission.purpose),
        (_("What one does"), mission.tasks),
        (_("How often"), str(words.RHYTHMS[mission.rhythm])),
        (
            _("Day") if mission.rhythm == words.ONCE else _("First day"),
            long_date(mission.starts_on) if mission.starts_on else "",
        ),
        (_("Last day"), long_date(mission.ends_on) if mission.ends_on else ""),
        (_("Possible moments"), _listed(words.slots_in_words(mission.slots))),
        (_("Time it takes"), duration(mission.minutes)),
        (_("People wanted"), str(mission.places or "")),
        (_("Where"), mission.venue),
        (_("Conditions"), mission.conditions),
        (_("Accessibility"), mission.access),
        (_("Fields"), _listed(words.labels(mission.interests, words.INTERESTS))),
        (_("Useful skills"), _listed(words.labels(mission.skills, words.SKILLS))),
        (_("Languages"), _listed(words.labels(mission.languages, words.LANGUAGES))),
        (_("Special action"), str(words.SPECIALS.get(mission.special, ""))),
        (_("Minors"), _("Open to minors, with the consent of a guardian") if mission.minors else ""),
        (_("Children"), _("Somebody minds your children meanwhile") if mission.childcare else ""),
    )


def volunteer_asked(volunteer: Volunteer) -> tuple[tuple[str, str], ...]:
    """What a volunteer said, label and words."""
    return (
        (_("What they like"), _listed(words.labels(volunteer.interests, words.INTERESTS))),
        (_("In their words"), volunteer.wishes),
        (_("Possible moments"), _listed(words.slots_in_words(volunteer.slots))),
        (_("What they know"), _listed(words.labels(volunteer.skills, words.SKILLS))),
        (_("Languages"), _listed(words.labels(volunteer.languages, words.LANGUAGES))),
        (_("Rather not"), _listed(words.labels(volunteer.avoids, words.INTERESTS))),
        (_("To be taken into account"), volunteer.constraints),
        (_("How they came"), volunteer.came_by),
    )


def match_asked(match: Match) -> tuple[tuple[str, str], ...]:
    """What is proposed, label and words."""
    return (
        *mission_asked(match.mission)[:10],
        (_("Conditions"), match.mission.conditions),
        (_("Mentor"), match.mentor),
    )


def _with_you(_case: Any) -> str:
    return _("With you")


def _with_both(match: Match) -> str:
    organisation = match.mission.organisation
    return _("With you and « %(name)s »", name=organisation.name) if organisation else _("With you and the town hall")


def _who_answers(match: Match) -> str:
    """Who has not said yes yet; the volunteer first, who can do something about it."""
    if match.volunteer_agreed_at is None:
        return _("With you")
    organisation = match.mission.organisation
    return _("With « %(name)s »", name=organisation.name) if organisation else _("At the town hall")


def _yes_or_no(match: Match) -> str:
    if match.volunteer_agreed_at is None:
        return _("Say yes or no.")
    return _("You said yes: the others answer now.")


MISSIONS = Workflow(
    name="volunteering_mission",
    model=Mission,
    states=(
        State(
            M.DRAFT,
            _l("Received, to be clarified"),
            "wait",
            groups=("waiting",),
            heading=_l("Go through the mission with who proposes it"),
            hint=_l(
                "Who comes, to do what, when, how long, with whom, on which conditions? Then say that it is clear."
            ),
        ),
        State(M.CLARIFIED, _l("Clear, to be published"), "wait", groups=("waiting",)),
        State(
            M.PUBLISHED,
            _l("Published"),
            "ok",
            told=_l("open to volunteers"),
            groups=("open",),
            next=_l("The desk proposes volunteers, and residents offer to help."),
            todo=_l("Answer the volunteers who are proposed to you."),
        ),
        State(
            M.FILLED,
            _l("Filled"),
            "ok",
            told=_l("filled"),
            groups=("open",),
            next=_l("Everybody begins."),
            todo=_l("Call the volunteers who said yes."),
            held_by=_with_you,
        ),
        State(M.ENDED, _l("Ended (mission)"), waits_for=NOBODY, told=_l("over"), groups=("over",)),
        State(M.CANCELLED, _l("Called off"), "stop", waits_for=NOBODY, told=_l("called off"), groups=("over",)),
    ),
    transitions=(
        Transition(
            "clarify",
            _l("It is clear"),
            (M.DRAFT,),
            M.CLARIFIED,
            MANAGE,
            "clarifier",
            done=_l("The mission is clear. Publish it when whoever proposes it agrees."),
            check=missions.check_stated,
        ),
        Transition(
            "publish",
            _l("Publish"),
            (M.CLARIFIED,),
            M.PUBLISHED,
            MANAGE,
            "publier",
            done=_l("Everybody reads the mission and may offer to help."),
            check=missions.check_stated,
            effect=missions.publish,
            answer="close",
            message=case_messages.moved,
            bulk=_l("They are published as they are, and who proposed each is told."),
        ),
        Transition(
            "end",
            _l("It is over"),
            (M.PUBLISHED, M.FILLED),
            M.ENDED,
            MANAGE,
            "terminer",
            done=_l("The mission has ended."),
            fold=_l("The mission is over"),
            effect=missions.withdraw,
        ),
        Transition(
            "cancel",
            _l("Cancel the mission"),
            OPEN_MISSION,
            M.CANCELLED,
            MANAGE,
            "annuler",
            done=_l("The mission is cancelled, and who proposed it reads why."),
            fold=_l("It will not take place"),
            motive="reason",
            effect=missions.withdraw,
            answer="drop",
            message=case_messages.moved,
        ),
    ),
    title=lambda mission: mission.title,
    path=side_path,
    desk_path=lambda mission: f"{DESK}/missions/{mission.id}",
    asked=mission_asked,
    service=lambda session, mission: _("The volunteer desk, which goes through it with you."),
    mine=cases_of(Mission),
    groups={"waiting": _l("For us to do"), "open": _l("Under way"), "over": _l("Over")},
    stages=(
        Stage(_l("Gone through with the desk"), (M.DRAFT,), (M.CLARIFIED,), _l("Gone through together"), answered=True),
        Stage(_l("Publication"), (M.CLARIFIED,), (M.PUBLISHED,), _l("Published")),
        Stage(_l("Volunteers"), (M.PUBLISHED,), (M.FILLED,), _l("Enough volunteers")),
        Stage(_l("End of the mission"), (M.FILLED,), (M.ENDED, M.CANCELLED)),
    ),
)

VOLUNTEERS = Workflow(
    name="volunteering_volunteer",
    model=Volunteer,
    states=(
        State(
            V.DECLARED,
            _l("To be called"),
            "wait",
            told=_l("soon called by the desk"),
            groups=("waiting",),
            heading=_l("Get in touch with this person"),
            hint=_l("Nobody is left without an answer: a call first, then a conversation."),
        ),
        State(
            V.MET,
            _l("Met by the desk"),
            "ok",
            told=_l("met"),
            groups=("here",),
            next=_l("The desk proposes missions to you."),
            todo=_l("Look at the missions, and offer to help."),
        ),
        State(
            V.ACTIVE,
            _l("On missions"),
            "ok",
            told=_l("active"),
            groups=("here",),
            next=_l("Your missions go on."),
            todo=_l("Note your hours: your certificate counts them."),
            held_by=_with_you,
        ),
        State(
            V.PAUSED,
            _l("Taking a break"),
            told=_l("taking a break"),
            waits_for=APPLICANT,
            groups=("here",),
            next=_l("Nothing is proposed to you meanwhile."),
            todo=_l("Tell the desk when you come back."),
        ),
        State(V.LEFT, _l("Has stopped"), told=_l("no longer a volunteer"), waits_for=NOBODY, groups=("over",)),
    ),
    transitions=(
        Transition(
            "contact",
            _l("I spoke with them"),
            (V.DECLARED,),
            V.DECLARED,
            MEDIATE,
            "appeler",
            done=_l("Noted: this person has had an answer."),
            effect=volunteers.contacted,
            answer="close",
            audit="volunteering.volunteer_contacted",
        ),
        Transition(
            "meet",
            _l("Note the conversation"),
            (V.DECLARED,),
            V.MET,
            MEDIATE,
            "rencontrer",
            done=_l("Noted. The missions that may suit are on this page."),
            fold=_l("We met"),
            effect=volunteers.meet,
            answer="close",
        ),
        Transition(
            "pause",
            _l("Take a break"),
            (V.MET, V.ACTIVE),
            V.PAUSED,
            MEDIATE,
            "pause",
            done=_l("Nothing is proposed to this person meanwhile."),
            fold=_l("A break"),
            effect=volunteers.leave,
        ),
        Transition(
            "resume", _l("Back from the break"), (V.PAUSED,), V.MET, MEDIATE, "reprendre", done=_l("Welcome back.")
        ),
        Transition(
            "return",
            _l("This person comes back"),
            (V.LEFT,),
            V.MET,
            MEDIATE,
            "revenir",
            done=_l("Welcome back."),
            lock=volunteers.alone,
        ),
        Transition(
            "leave",
            _l("This person stops"),
            HERE,
            V.LEFT,
            MEDIATE,
            "partir",
            done=_l("This person is no longer a volunteer."),
            fold=_l("This person stops"),
            effect=volunteers.leave,
            answer="drop",
        ),
    ),
    title=lambda volunteer: _("I give a hand"),
    path=lambda volunteer: f"/benevolat/demandes/{volunteer.id}",
    desk_path=lambda volunteer: f"{DESK}/{volunteer.id}",
    asked=volunteer_asked,
    service=lambda session, volunteer: _("The volunteer desk, which calls you."),
    mine=cases_of(Volunteer),
    groups={"waiting": _l("For us to do"), "here": _l("Volunteers"), "over": _l("Former volunteers")},
    reason=_l("You receive this message because you offered to give a hand."),
    stages=(
        Stage(_l("First word from the desk"), (V.DECLARED,), (V.MET,), _l("Met by the desk"), answered=True),
        Stage(_l("A mission that suits you"), (V.MET, V.PAUSED), (V.ACTIVE,), _l("First mission")),
        Stage(_l("Your missions"), (V.ACTIVE,), (V.LEFT,)),
    ),
)

_agree: dict[str, Any] = {
    "sources": (X.PROPOSED,),
    "permission": MEDIATE,
    "audit": "volunteering.match_agreed",
    "message": matches.told,
}
MATCHES = Workflow(
    name="volunteering_match",
    model=Match,
    states=(
        State(
            X.PROPOSED,
            _l("Proposed, to be agreed"),
            "wait",
            told=_l("proposed"),
            groups=("waiting",),
            next=_l("You have each other’s contact details once both sides said yes."),
            todo_of=_yes_or_no,
            held_by=_who_answers,
        ),
        State(
            X.ACCEPTED,
            _l("Agreed by both sides"),
            "ok",
            told=_l("agreed by both sides"),
            groups=("waiting",),
            next=_l("Your first steps, with somebody who welcomes you."),
            todo=_l("Get in touch with those who run the mission."),
            heading=_l("Prepare the first steps"),
            hint=_l("Who welcomes this person, and when?"),
            held_by=_with_both,
        ),
        State(
            X.FIRST_STEPS,
            _l("First steps"),
            "ok",
            told=_l("first steps"),
            groups=("open",),
            next=_l("The desk calls you after two weeks, then after two months."),
            todo=_l("Note your hours: your certificate counts them."),
            held_by=_with_both,
        ),
        State(
            X.COMMITTED,
            _l("Under way"),
            "ok",
            told=_l("under way"),
            groups=("open",),
            next=_l("Your missions go on."),
            todo=_l("Note your hours: your certificate counts them."),
            held_by=_with_both,
        ),
        State(X.ENDED, _l("Ended (match)"), told=_l("ended (match)"), waits_for=NOBODY, groups=("over",)),
        State(X.DECLINED, _l("Declined"), "stop", told=_l("declined"), waits_for=NOBODY, groups=("over",)),
    ),
    transitions=(
        Transition(
            "volunteer_agrees",
            _l("The volunteer says yes"),
            path="benevole-oui",
            done=_l("The volunteer’s agreement is noted."),
            lock=matches.lock_mission,
            effect=partial(matches.agree, side=matches.VOLUNTEER),
            **_agree,
        ),
        Transition(
            "mission_agrees",
            _l("The organisation says yes"),
            path="mission-oui",
            done=_l("The organisation’s agreement is noted."),
            lock=matches.lock_mission,
            effect=partial(matches.agree, side=matches.MISSION),
            **_agree,
        ),
        Transition(
            "begin",
            _l("Begin the first steps"),
            (X.ACCEPTED,),
            X.FIRST_STEPS,
            MEDIATE,
            "debuter",
            done=_l("A word with the volunteer is due in two weeks, and in two months."),
            effect=matches.begin,
        ),
        Transition(
            "commit",
            _l("It goes well"),
            (X.FIRST_STEPS,),
            X.COMMITTED,
            MEDIATE,
            "engager",
            done=_l("This is noted."),
            effect=matches.engage,
        ),
        Transition(
            "end",
            _l("It has ended"),
            (X.ACCEPTED, X.FIRST_STEPS, X.COMMITTED),
            X.ENDED,
            MEDIATE,
            "terminer",
            done=_l("Noted: its place is free again."),
            fold=_l("It has ended"),
            lock=matches.lock_mission,
            effect=matches.stop,
            message=matches.freed,
        ),
        Transition(
            "decline",
            _l("It will not be"),
            (X.PROPOSED, X.ACCEPTED),
            X.DECLINED,
            MEDIATE,
            "decliner",
            done=_l("The volunteer is told, with the reason."),
            fold=_l("It will not be"),
            motive="reason",
            lock=matches.lock_mission,
            message=matches.declined,
        ),
    ),
    title=lambda match: match.mission.title,
    path=path_of,
    desk_path=lambda match: f"{DESK}/propositions/{match.id}",
    asked=match_asked,
    service=lambda session, match: _("The volunteer desk, which follows it with both sides."),
    mine=cases_of(Match),
    groups={"waiting": _l("For us to do"), "open": _l("Under way"), "over": _l("Over")},
    reason=_l("You receive this message because you offered to give a hand."),
    stages=(
        Stage(_l("Agreement of both sides"), (X.PROPOSED,), (X.ACCEPTED, X.DECLINED), _l("Agreed by both sides")),
        Stage(_l("First steps"), (X.ACCEPTED, X.FIRST_STEPS), (X.COMMITTED,), _l("Under way")),
        Stage(_l("End of the mission"), (X.COMMITTED,), (X.ENDED,)),
    ),
)
WORKFLOWS = (VOLUNTEERS, MISSIONS, MATCHES)
