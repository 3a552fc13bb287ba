"""States and transitions of a household."""

from sqlalchemy import select

from civique.core.cases.course import Stage
from civique.core.cases.queries import cases_of
from civique.core.cases.workflow import APPLICANT, NOBODY, State, Transition, Workflow
from civique.core.i18n import _l, long_date, ngettext
from civique.core.i18n import gettext as _
from civique.modules.welcome import messages
from civique.modules.welcome.models import HouseholdState as S
from civique.modules.welcome.models import WelcomeHousehold, WelcomeVoucher
from civique.modules.welcome.operations.households import forget_household
from civique.modules.welcome.operations.kit import hand_kit

MANAGE = "welcome.manage"
MET = (S.KIT_HANDED, S.INVITED, S.CAME, S.ABSENT, S.REMINDED)
LIVE = (S.DECLARED, *MET)
NEEDS = {
    "school": _l("School"),
    "childcare": _l("Childcare"),
    "health": _l("A doctor, health"),
    "transport": _l("Getting around"),
    "procedures": _l("Papers and procedures"),
    "digital": _l("Help with the Internet"),
    "waste": _l("Waste and sorting"),
    "leisure": _l("Sport, culture, associations"),
    "work": _l("Work, training"),
    "other": _l("Something else"),
}
INTERESTS = {
    "volunteering": _l("Give a hand, as a volunteer"),
    "bodies": _l("Sit on a committee or a council of residents"),
    "projects": _l("Take part in a project, or bring an idea"),
    "neighbours": _l("Meet my neighbours"),
}
VOUCHERS = {
    "available": _l("free"),
    "assigned": _l("kept"),
    "handed": _l("handed over"),
    "used": _l("used"),
    "expired": _l("out of date"),
    "cancelled": _l("cancelled"),
}
LANGUAGES = {"fr": _l("French"), "en": _l("English"), "simple": _l("Easy French: short sentences")}


def people_of(household: WelcomeHousehold) -> str:
    """Adults and children in words."""
    adults = ngettext("one adult", "%(num)s adults", household.adults)
    children = ngettext("one child", "%(num)s children", household.children) if household.children else ""
    return ", ".join(part for part in (adults, children) if part)


def title(household: WelcomeHousehold) -> str:
    """What a household is called: the name on its letter box, while it has one."""
    return household.name or _("Household")


def asked(household: WelcomeHousehold) -> tuple[tuple[str, str], ...]:
    """What was said, label and words; nothing once the household is anonymised: what stays is for the figures."""
    if household.state == S.ANONYMISED:
        return ()
    yes = {True: _("yes"), False: _("no")}
    return (
        (_("Arrived on"), long_date(household.arrived_on, weekday=False)),
        (_("Household"), people_of(household)),
        (_("Language of the kit"), str(LANGUAGES[household.language])),
        (_("Needs"), ", ".join(str(NEEDS[code]) for code in household.needs if code in NEEDS)),
        (_("In the household’s words"), household.words),
        (_("Would like to take part in"), ", ".join(str(INTERESTS[one.kind]) for one in household.interests)),
        (_("Somebody may come and say hello"), yes[household.visit]),
        (_("Invited to the welcome event"), yes[household.invite]),
        (_("Stays in touch after the first year"), yes[household.keep_touch]),
    )


WORKFLOW = Workflow(
    name="welcome_household",
    model=WelcomeHousehold,
    states=(
        State(
            S.DECLARED,
            _l("Kit to hand over"),
            "wait",
            told=_l("declared at the town hall"),
            next=_l("Your kit is being prepared."),
            next_by=lambda day: _("Your kit, before %(day)s.", day=day),
            todo=_l("Tell us what you need, unless you did, and tick your first steps."),
            groups=("waiting",),
            heading=_l("Hand over the kit"),
            hint=_l("Print the booklet and the vouchers, then note that the household has them."),
        ),
        State(
            S.KIT_HANDED,
            _l("Kit handed over"),
            "ok",
            waits_for=APPLICANT,
            next=_l("The invitation to the next welcome event, if you wish to be invited."),
            todo=_l("Use your vouchers, and tick your first steps."),
            groups=("known",),
        ),
        State(
            S.INVITED,
            _l("Invited"),
            "wait",
            told=_l("invited to the welcome event"),
            waits_for=APPLICANT,
            next=_l("The welcome event."),
            todo=_l("Answer the invitation, unless you did."),
            groups=("known",),
        ),
        State(
            S.CAME,
            _l("Came to the event"),
            "ok",
            told=_l("met at the welcome event"),
            waits_for=NOBODY,
            groups=("known",),
        ),
        State(
            S.ABSENT,
            _l("Not seen at the event"),
            "",
            told=_l("awaited at a next welcome event"),
            waits_for=NOBODY,
            groups=("known",),
        ),
        State(
            S.REMINDED,
            _l("Asked for news"),
            "",
            told=_l("arrived some months ago"),
            waits_for=APPLICANT,
            todo=_l("Give us news, and say whether you wish to stay in touch."),
            groups=("known",),
        ),
        State(S.ANONYMISED, _l("Anonymised"), "stop", waits_for=NOBODY, groups=("over",)),
    ),
    transitions=(
        Transition(
            "hand",
            _l("The kit is handed over"),
            (S.DECLARED,),
            S.KIT_HANDED,
            MANAGE,
            "remettre",
            done=_l("The kit and its vouchers are handed over; the household is told."),
            answer="close",
            effect=hand_kit,
            message=messages.kit_handed,
            bulk=_l("Each household receives its vouchers, and a word by e-mail or by letter."),
        ),
        Transition("invite", _l("Invited to the welcome event"), LIVE, S.INVITED),
        Transition("come", _l("Came to the welcome event"), LIVE, S.CAME),
        Transition("miss", _l("Did not come to the welcome event"), (S.INVITED,), S.ABSENT),
        Transition("correct", _l("Did not come after all"), (S.CAME,), S.INVITED),
        Transition("remind", _l("Asked for news"), LIVE, S.REMINDED, message=messages.news),
        Transition(
            "anonymise",
            _l("Leave without name"),
            LIVE,
            S.ANONYMISED,
            MANAGE,
            "anonymiser",
            done=_l("Nothing names this household any more. Its figures stay."),
            fold=_l("The household has left, or no longer wants to be known"),
            answer="drop",
            effect=forget_household,
        ),
    ),
    title=title,
    path=lambda household: f"/bienvenue/foyers/{household.id}",
    desk_path=lambda household: f"/mairie/bienvenue/{household.id}",
    asked=asked,
    service=lambda session, household: (
        _("The town hall; to greet you: %(relay)s.", relay=household.relay.label)
        if household.relay
        else _("The town hall, which welcomes you.")
    ),
    mine=cases_of(WelcomeHousehold),
    groups={"waiting": _l("For us to do"), "known": _l("Welcomed"), "over": _l("Anonymised")},
    reason=_l("You receive this message because your household declared its arrival at the town hall."),
    parts=lambda household: select(WelcomeVoucher.id).where(WelcomeVoucher.household_id == household.id),
    stages=(
        Stage(_l("Welcome kit"), (S.DECLARED,), MET, _l("Kit handed over"), answered=True),
        Stage(
            _l("Welcome event"),
            (S.KIT_HANDED, S.INVITED),
            (S.CAME, S.ABSENT),
            when=lambda household: household.invite,
        ),
        Stage(_l("News after some months"), (S.REMINDED,)),
    ),
)
