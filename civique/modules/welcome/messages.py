"""What is written to households and to those who greet them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from civique.core.cases.messages import to_applicant
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, ngettext
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.passes.operations import Issued
from civique.modules.welcome.models import WelcomeHousehold, WelcomeRelay, WelcomeVoucher
from tenants.session import TenantSession

GREETING = "/bienvenue/accueillir"


@to_applicant("welcome.declared")
def declared(household: WelcomeHousehold, due: date) -> Content:
    """Receipt: what comes next, who greets them."""
    said = [
        _("Welcome. The town hall knows that you have arrived."),
        _("Your welcome kit will be ready by %(date)s.", date=long_date(due)),
    ]
    if household.relay is not None and household.greet_by is not None:
        said.append(
            _(
                "You will have a visit before %(date)s: %(relay)s.",
                relay=household.relay.label,
                date=long_date(household.greet_by),
            )
        )
    return Content(
        subject=_("Welcome: you are registered, %(reference)s", reference=household.reference),
        paragraphs=tuple(said),
        action=(_("Your first steps"), f"/bienvenue/foyers/{household.id}"),
    )


@to_applicant("welcome.kit_handed")
def kit_handed(household: WelcomeHousehold, /, vouchers: Sequence[WelcomeVoucher], **_facts: Any) -> Content:
    """The kit is there, with the numbers of the vouchers for who cannot print them."""
    said = [_("Your welcome kit is ready: useful places, services, who does what, and your first steps.")]
    if vouchers:
        said.append(
            ngettext(
                "It comes with one voucher of the shops and associations around you.",
                "It comes with %(num)s vouchers of the shops and associations around you.",
                len(vouchers),
            )
        )
        said.append(_("Give the voucher, or its number, to the shop or the association. Each is used once."))
    return Content(
        subject=_("Your welcome kit"),
        paragraphs=tuple(said),
        lines=tuple((f"{v.offer.organisation.name}, {v.offer.title}", v.shown) for v in vouchers),
        action=(_("See my kit"), f"/bienvenue/foyers/{household.id}"),
    )


@to_applicant("welcome.news")
def news(household: WelcomeHousehold, /, **_facts: Any) -> Content:
    """Some months later: how is it going? It also says what becomes of the data."""
    return Content(
        subject=_("How is it going since you arrived?"),
        paragraphs=(
            _(
                "You arrived some months ago. Is there something that you still look for, or would like to take part in?"
            ),
            _("Say it on the page of your household, call the town hall, or drop by."),
            _(
                "Your name will soon leave our list of new residents. If you wish to stay in touch, say so on that page."
            ),
        ),
        action=(_("My household"), f"/bienvenue/foyers/{household.id}"),
    )


@to_applicant("welcome.opinion")
def opinion(household: WelcomeHousehold, issued: Issued) -> Content:
    """What did you think of the welcome event? By a link, or the reference and the code on a letter."""
    return Content(
        subject=_("What did you think of the welcome event?"),
        paragraphs=(
            _("Thank you for coming. Four short questions help us to welcome the next ones better."),
            _("Nothing says who answered what. On paper, at the town hall, it works too."),
        ),
        lines=((_("Reference"), issued.reference), (_("Code of six digits"), issued.pin)),
        action=(_("Give my opinion"), f"/avis/{issued.token}"),
    )


def to_greet(session: TenantSession, relay: WelcomeRelay, household: WelcomeHousehold) -> None:
    """A relay has a household to greet; its name and address are on the page, behind the sign-in."""
    if relay.person is not None:
        write_to(session, relay.person, "welcome.to_greet", lambda: _greeting(household, late=False), about=household)


def greet_reminder(session: TenantSession, relay: WelcomeRelay, household: WelcomeHousehold) -> None:
    """The day by which it was to be greeted comes."""
    if relay.person is not None:
        write_to(
            session, relay.person, "welcome.greet_reminder", lambda: _greeting(household, late=True), about=household
        )


def _greeting(household: WelcomeHousehold, *, late: bool) -> Content:
    day = long_date(household.greet_by) if household.greet_by else ""
    place = household.territory.name if household.territory else ""
    size = ngettext("a household of one person", "a household of %(num)s people", household.size)
    lines = [(_("Who"), size), (_("Greet them before"), day)]
    if place:
        lines.insert(1, (_("Where"), place))
    return Content(
        subject=_("A new household has still to be greeted") if late else _("A new household to greet"),
        paragraphs=(
            _("A household that has just arrived would like somebody to come and say hello."),
            _("Their name and how to reach them are on the page below. The town hall gives them to you as well."),
            _("Once you have met them, note the day: nothing else is asked."),
        ),
        lines=tuple(lines),
        action=(_("Households to greet"), GREETING),
        reason=_("You receive this message because you greet new residents for the town hall."),
    )
