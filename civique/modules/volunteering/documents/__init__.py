"""Columns of its lists as files, forms to fill in by hand, the certificate of a volunteer, the poster of a mission."""

from civique.core import clock, commune, settings
from civique.core.durations import duration
from civique.core.i18n import _l, get_locale, long_date
from civique.core.i18n import gettext as _
from civique.core.paper import (
    POSTER,
    BlankForm,
    Choices,
    Item,
    Lines,
    Table,
    render_form,
    request_form,
)
from civique.modules.volunteering.models import HoursState, Mission, Volunteer, words
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from civique.services.identifiers import format_phone
from civique.services.pdf import render_pdf
from civique.services.qr import qr_svg
from civique.web.desk.cases import case_columns
from civique.web.desk.labels import CHANNELS
from civique.web.tables import Column
from tenants.session import TenantSession

VOLUNTEER_COLUMNS = case_columns(
    VOLUNTEERS,
    _l("What"),
    Column(_l("What they like"), lambda row: ", ".join(words.labels(row.interests, words.INTERESTS))),
    Column(_l("In their words"), lambda row: row.wishes),
    Column(_l("Possible moments"), lambda row: ", ".join(words.slots_in_words(row.slots))),
    Column(_l("Languages"), lambda row: ", ".join(words.labels(row.languages, words.LANGUAGES))),
    Column(_l("How they came"), lambda row: row.came_by),
    Column(_l("First word on"), lambda row: clock.local(row.contacted_at).date() if row.contacted_at else ""),
    Column(_l("Telephone"), lambda row: format_phone(row.applicant.phone) if row.applicant else ""),
)
MISSION_COLUMNS = case_columns(
    MISSIONS,
    _l("Mission"),
    Column(_l("Organisation"), lambda row: row.organisation.name if row.organisation else ""),
    Column(_l("People wanted"), lambda row: row.places),
    Column(_l("Time it takes"), lambda row: duration(row.minutes)),
    Column(_l("First day"), lambda row: row.starts_on),
)
MATCH_COLUMNS = case_columns(MATCHES, _l("Mission"), Column(_l("Mentor"), lambda row: row.mentor))
HOURS_STATES = {
    HoursState.DECLARED: (_l("To be validated"), "wait"),
    HoursState.VALIDATED: (_l("Validated (hours)"), "ok"),
    HoursState.REFUSED: (_l("Not validated"), "stop"),
}
HOURS_COLUMNS = (
    Column(_l("Day"), lambda row: row.done_on),
    Column(_l("Volunteer"), lambda row: row.volunteer.applicant.name if row.volunteer.applicant else ""),
    Column(_l("Activity"), lambda row: row.activity),
    Column(_l("Organisation"), lambda row: row.organisation.name if row.organisation else _("The town hall itself")),
    Column(_l("Hours"), lambda row: row.minutes / 60),
    Column(_l("State"), lambda row: str(HOURS_STATES[row.state][0])),
    Column(_l("Channel"), lambda row: str(CHANNELS[row.channel])),
)
VALUED_COLUMNS = (
    Column(_l("Year"), lambda row: row.year),
    Column(_l("Activity"), lambda row: row.activity),
    Column(_l("People"), lambda row: row.people),
    Column(_l("Hours"), lambda row: row.minutes / 60),
    Column(_l("One hour is counted (€)"), lambda row: row.cents / 100 if row.cents else None),
    Column(_l("Where this rate comes from"), lambda row: row.source or ""),
    Column(_l("Value (€)"), lambda row: row.value / 100 if row.value is not None else None),
    Column(_l("Account of the resource"), lambda row: "875"),
    Column(_l("Account of the use"), lambda row: "864"),
)
BLANK_FORMS = (
    BlankForm(_l("I give a hand"), "volunteering.paper", _l("The paper card of a volunteer, for meetings.")),
    BlankForm(
        _l("We need volunteers"), "volunteering_needs.paper", _l("For an association that tells its mission by hand.")
    ),
)


def blank_hand(session: TenantSession) -> bytes:
    """The card of a volunteer, with the questions of the site."""
    asked: list[Item] = [
        Choices(_("What would you like to do?"), tuple(str(word.label) for word in words.INTERESTS)),
        Lines(_("In your words"), 2),
        Table(
            _("When could you come?"),
            ("", *(str(part.label) for part in words.PARTS)),
            (2, 1, 1, 1),
            rows=tuple((str(day.label), "", "", "") for day in words.DAYS),
        ),
        Choices(_("Which languages do you speak besides French?"), tuple(str(word.label) for word in words.LANGUAGES)),
        Choices(_("What do you know or have that may help?"), tuple(str(word.label) for word in words.SKILLS)),
        Lines(_("What would you rather not do?")),
        Lines(_("Anything to be taken into account?")),
        Choices(_("How did you hear of it?"), tuple(str(label) for label in words.ORIGINS.values())),
    ]
    return render_form(session, request_form(_("I give a hand"), "BEN-F", "/benevolat/demander", asked))


def blank_mission(session: TenantSession) -> bytes:
    """A mission, with the questions of the site."""
    asked: list[Item] = [
        Lines(_("For which organisation?")),
        Lines(_("In a few words, what do you need?")),
        Lines(_("What is it for?"), 3),
        Lines(_("What does one do, concretely?"), 4),
        Choices(_("How often?"), tuple(str(label) for label in words.RHYTHMS.values())),
        Lines(_("From which day, until which day, at which moments?"), 2),
        Lines(_("How long each time? How many people are wanted?")),
        Lines(_("Where? Accessibility")),
        Lines(_("On which conditions?"), 3, _("(who welcomes, what is provided, expenses, insurance)")),
        Choices(_("Minors, children"), (_("Open to minors"), _("Somebody minds the children of those who come"))),
    ]
    return render_form(session, request_form(_("We need volunteers"), "MIS-F", "/benevolat/besoins/demander", asked))


def mission_poster(session: TenantSession, mission: Mission) -> bytes:
    """A poster for a mission, with its address and its code to scan."""
    address, contact = commune.site_address(session.tenant), settings.get(session, commune.Contact)
    path = f"{address}/benevolat/missions/{mission.id}"
    svg = qr_svg(path, label=mission.title).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    days = long_date(mission.starts_on) if mission.starts_on else str(words.RHYTHMS[mission.rhythm])
    deeds = (days, duration(mission.minutes), mission.venue)
    return render_pdf(
        POSTER,
        {
            "language": get_locale(),
            "title": mission.title,
            "sender": commune.sender_name(session.tenant, settings.get(session, commune.Identity)),
            "deeds": [words_ for words_ in deeds if words_],
            "qr": {"svg": svg, "alt": _("Code to scan: leads to %(address)s", address=path)},
            "address": f"{address.partition('://')[2]}/benevolat",
            "help": _("No Internet? Call or come: the town hall puts your name down."),
            "lines": [line for line in (*contact.postal_lines, contact.phone_shown) if line],
        },
    )


def described(volunteer: Volunteer) -> str:
    """A volunteer told to an organisation before both sides agreed: what they like, never who they are."""
    likes = ", ".join(words.labels(volunteer.interests, words.INTERESTS)[:3])
    return _("Somebody who likes: %(likes)s", likes=likes.lower()) if likes else _("Somebody of the commune")
