"""What is written to people beside what every case says of itself."""

from typing import Any

from civique.core.cases.messages import to_applicant
from civique.core.i18n import clock_time, long_date
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.passes.operations import Issued
from civique.core.people.models import Person
from civique.modules.volunteering.models import Hours, Match, Mission, ShiftPlace, Volunteer
from civique.services.identifiers import format_phone
from tenants.session import TenantSession


def path_of(match: Match) -> str:
    """Page of a match, for the volunteer."""
    return f"/benevolat/propositions/{match.id}"


def side_path(mission: Mission) -> str:
    """Page on which whoever answers for a mission reads who may come."""
    return f"/benevolat/besoins/demandes/{mission.id}"


@to_applicant("volunteering.proposed")
def proposed(match: Match, /, **_facts: Any) -> Content:
    """A mission is proposed to a volunteer; nobody has their contact details yet."""
    return Content(
        subject=_("A mission for you: %(title)s", title=match.mission.title),
        paragraphs=(
            _("The volunteer desk thought of you for « %(title)s ».", title=match.mission.title),
            match.mission.purpose,
            _(
                "Say yes or no, on the site or by telephone. Your contact details are given to nobody before both sides said yes."
            ),
        ),
        action=(_("See the mission and answer"), path_of(match)),
    )


@to_applicant("volunteering.opened")
def opened(match: Match, /, **_facts: Any) -> Content:
    """Both sides said yes: the volunteer learns whom to call."""
    return Content(
        subject=_("It is agreed: %(title)s", title=match.mission.title),
        paragraphs=(
            _("You and those who run the mission both said yes. Get in touch with them, or they will with you."),
        ),
        lines=contact(match.mission),
        action=(_("See the mission"), path_of(match)),
    )


@to_applicant("volunteering.declined")
def declined(match: Match, /, motive: str = "", **_facts: Any) -> Content:
    """The match comes to nothing; the desk goes on looking."""
    return Content(
        subject=_("« %(title)s » will be without you this time", title=match.mission.title),
        paragraphs=(
            *((_("Reason:"), motive) if motive else ()),
            _(
                "Thank you for having offered. Other missions look for somebody, and the volunteer desk goes on with you."
            ),
        ),
        action=(_("See the missions"), "/benevolat"),
    )


def offered(session: TenantSession, match: Match) -> None:
    """Whoever answers for the mission learns that somebody may come, and not who."""
    _to_side(
        session,
        match,
        "volunteering.offered",
        lambda: Content(
            subject=_("Somebody may help: %(title)s", title=match.mission.title),
            paragraphs=(
                _("A volunteer may come for « %(title)s ».", title=match.mission.title),
                _("Say yes or no on its page. You have each other’s contact details once both sides said yes."),
            ),
            action=(_("Say yes or no"), side_path(match.mission)),
            reason=_because(),
        ),
    )


def introduced(session: TenantSession, match: Match) -> None:
    """Both sides said yes: whoever answers for the mission learns who comes."""
    person = match.applicant
    if person is None:
        return

    def words() -> Content:
        email = person.email.address if person.email else ""
        lines = (
            (_("Name"), person.name),
            (_("Telephone"), format_phone(person.phone) if person.phone else ""),
            (_("E-mail"), email),
        )
        return Content(
            subject=_("It is agreed: %(title)s", title=match.mission.title),
            paragraphs=(_("You and the volunteer both said yes. Call them in the next days: a first word matters."),),
            lines=tuple((label, words) for label, words in lines if words),
            action=(_("See the mission"), side_path(match.mission)),
            reason=_because(),
        )

    _to_side(session, match, "volunteering.introduced", words)


def gone(session: TenantSession, match: Match) -> None:
    """Whoever answers for a mission learns that somebody whom they expected no longer comes."""
    name = match.applicant.name if match.applicant else _("A volunteer")
    _to_side(
        session,
        match,
        "volunteering.gone",
        lambda: Content(
            subject=_("%(name)s no longer comes: %(title)s", name=name, title=match.mission.title),
            paragraphs=(
                _("%(name)s takes a break, or stops: you need not expect them any more.", name=name),
                _("Their place is free again, and the volunteer desk looks for somebody."),
            ),
            action=(_("See the mission"), side_path(match.mission)),
            reason=_because(),
        ),
    )


def _to_side(session: TenantSession, match: Match, kind: str, content: Any) -> None:
    if match.mission.applicant is not None:
        write_to(session, match.mission.applicant, kind, content, about=match)


def _because() -> str:
    return _("You receive this message because you proposed a mission to the volunteer desk.")


def contact(mission: Mission) -> tuple[tuple[str, str], ...]:
    """How to reach those who run a mission; shown once both sides agreed."""
    organisation, person = mission.organisation, mission.applicant
    name = organisation.name if organisation else ""
    phone = (organisation.phone if organisation else "") or (person.phone if person else "") or ""
    own = person.email.address if person and person.email else ""
    email = (organisation.email if organisation else "") or own
    lines = (
        (_("Organisation"), name),
        (_("Whom to ask for"), person.name if person else ""),
        (_("Telephone"), format_phone(phone) if phone else ""),
        (_("E-mail"), email),
        (_("Where"), mission.venue),
    )
    return tuple((label, words) for label, words in lines if words)


def shift_tomorrow(session: TenantSession, person: Person, place: ShiftPlace) -> None:
    """The day before a shift."""
    shift = place.shift
    write_to(
        session,
        person,
        "volunteering.shift_tomorrow",
        lambda: Content(
            subject=_("Tomorrow: %(title)s", title=shift.mission.title),
            paragraphs=(
                _(
                    "You are expected on %(day)s at %(time)s.",
                    day=long_date(shift.starts_at),
                    time=clock_time(shift.starts_at),
                ),
                _("Something came up? Say so as soon as you can: somebody can take your place."),
            ),
            lines=((_("Where"), shift.mission.venue),) if shift.mission.venue else (),
            action=(_("My missions"), "/benevolat/moi"),
            reason=_("You receive this message because you said that you come."),
        ),
        about=place,
    )


def hours_refused(session: TenantSession, hours: Hours) -> None:
    """An organisation did not validate hours: the volunteer reads why."""
    person = hours.volunteer.applicant
    if person is None:
        return
    write_to(
        session,
        person,
        "volunteering.hours_refused",
        lambda: Content(
            subject=_("Your hours of %(day)s are to be seen again", day=long_date(hours.done_on, weekday=False)),
            paragraphs=(
                _("« %(activity)s » was not validated.", activity=hours.activity),
                *((_("Reason:"), hours.reason) if hours.reason else ()),
                _("You may enter them again, otherwise written, or talk about it with the organisation."),
            ),
            action=(_("My hours"), "/benevolat/moi"),
            reason=_("You receive this message because you entered hours that you gave."),
        ),
        about=hours,
    )


def hours_link(session: TenantSession, volunteer: Volunteer, issued: Issued) -> None:
    """The link by which somebody enters their hours without an account, and the code of a letter; erased once sent."""
    person = volunteer.applicant
    if person is None:
        return
    write_to(
        session,
        person,
        "volunteering.hours_link",
        lambda: Content(
            subject=_("Enter your hours in twenty seconds"),
            paragraphs=(
                _("This link is yours: it opens a page on which you say what you did, which day and how long."),
                _("No account is needed. Keep it, and give it to nobody. On paper, it is this address and this code:"),
            ),
            lines=(
                (_("Address"), "/benevolat/heures/code"),
                (_("Reference"), issued.reference),
                (_("Code"), issued.pin),
            ),
            action=(_("Enter my hours"), f"/benevolat/heures/{issued.token}"),
            reason=_("You receive this message because you are a volunteer and asked for it."),
        ),
        about=volunteer,
        secret=True,
    )
