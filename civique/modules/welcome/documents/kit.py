"""The kit on paper: a booklet for each household, the sheet of its vouchers, the poster, the card to fill in."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from civique.core import commune, settings
from civique.core.config import ROOT
from civique.core.i18n import _l, get_locale, long_date, ngettext, speaking
from civique.core.i18n import gettext as _
from civique.core.officials.operations import officials
from civique.core.paper import POSTER, Choices, Item, Lines, PaperForm, Section, qr_file, render_form, who_asks
from civique.core.personalised.declarations import Personalised
from civique.modules.welcome.models import WelcomeHousehold, WelcomeItem, WelcomeVoucher
from civique.modules.welcome.queries.households import households_of
from civique.modules.welcome.queries.kit import by_kind, items, title_in, words_in
from civique.modules.welcome.queries.vouchers import running_offers, vouchers_of
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import INTERESTS, LANGUAGES, NEEDS
from civique.services.identifiers import format_phone
from tenants.session import TenantSession

BOOKLET = ROOT / "templates" / "welcome" / "booklet.typ"
VOUCHERS = BOOKLET.with_name("vouchers.typ")
HEADINGS = {
    "step": lambda: _("Your first steps"),
    "place": lambda: _("Useful places"),
    "service": lambda: _("Services and calendars"),
    "person": lambda: _("Who is who"),
}


def booklets(session: TenantSession, households: Sequence[WelcomeHousehold]) -> bytes:
    """The booklets of households as one PDF, each with its name, its quarter and in its language."""
    from civique.services.pdf import render_pdf

    one = households[0] if len(households) == 1 else None
    title = ngettext("Welcome booklet", "%(num)s welcome booklets", len(households))
    return render_pdf(
        BOOKLET,
        {
            "language": _locale(one) if one else get_locale(),
            "title": title,
            "author": _sender(session),
            "documents": list(booklet_data(session, households)),
        },
    )


def booklet_data(session: TenantSession, households: Sequence[WelcomeHousehold]) -> Iterator[dict[str, Any]]:
    """What ``booklet.typ`` needs of each household. What a language and a territory share is made once."""
    made: dict[tuple[str, Any], dict[str, Any]] = {}
    for household in households:
        key = (household.language, household.territory_id)
        with speaking(_locale(household)):
            if key not in made:
                made[key] = _shared(session, household)
        yield {**made[key], "name": household.name, "reference": str(household.reference)}


def booklets_of(session: TenantSession, ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    """The booklets of those of these households that are still there."""
    return booklet_data(session, households_of(session, ids))


BOOKLETS = Personalised("welcome.booklet", _l("Welcome booklets"), BOOKLET, booklets_of, "welcome.read")


def _locale(household: WelcomeHousehold) -> str:
    return "en" if household.language == "en" else "fr"


def _sender(session: TenantSession) -> str:
    return commune.sender_name(session.tenant, settings.get(session, commune.Identity))


def _shared(session: TenantSession, household: WelcomeHousehold) -> dict[str, Any]:
    """What the booklets of one language and territory have in common."""
    contact, chosen = settings.get(session, commune.Contact), settings.get(session, WelcomeSettings)
    address = f"{commune.site_address(session.tenant)}/bienvenue"
    place = household.territory.name if household.territory else session.tenant.name
    kinds = by_kind(items(session, household.territory_id))
    entries = {kind: [_entry(item, household) for item in kinds.get(kind, ())] for kind in HEADINGS}
    if household.language != "simple":
        entries["person"] += [
            {"title": o.name, "words": o.title, "more": format_phone(o.phone)} for o in officials(session)
        ]
    sections = [
        {"heading": HEADINGS[kind](), "ticks": kind == "step", "entries": found}
        for kind, found in entries.items()
        if found
    ]
    return {
        "language": _locale(household),
        "simple": household.language == "simple",
        "welcome": _("Welcome"),
        "place": place,
        "commune": session.tenant.name,
        "edition": chosen.edition,
        "greeting": chosen.greeting,
        "sections": sections,
        "contact": {
            "heading": _("The town hall"),
            "lines": [x for x in (*contact.postal_lines, contact.phone_shown, contact.email) if x],
            "hours": contact.hours,
        },
        "qr": _qr(address),
        "address": address.partition("//")[2],
    }


def _entry(item: WelcomeItem, household: WelcomeHousehold) -> dict[str, str]:
    """An entry in the language of a household; a calendar is a document, whose name says where it is."""
    place = item.place
    more = [
        ", ".join(part for part in (place.name if place.name != item.title else "", place.street) if part)
        if place
        else "",
        format_phone(item.phone) if item.phone else "",
        _("On the site: %(title)s", title=item.document.title) if item.document else "",
    ]
    return {
        "title": title_in(item, household.language),
        "words": words_in(item, household.language),
        "more": " · ".join(part for part in more if part),
    }


def _qr(address: str) -> dict[str, str]:
    """A code to scan, with what a screen reader says of it."""
    alternative = _("Code to scan: leads to %(address)s", address=address)
    return {"svg": qr_file(address, alternative), "alt": alternative}


def voucher_sheet(session: TenantSession, household: WelcomeHousehold) -> bytes | None:
    """The vouchers of a household to cut out, each with its number and its code; None when it has none to use."""
    with speaking(_locale(household)):
        mine = [v for v in vouchers_of(session, household) if v.state in {"assigned", "handed"}]
        return vouchers_pdf(session, mine, household.name) if mine else None


def vouchers_pdf(session: TenantSession, vouchers: Sequence[WelcomeVoucher], name: str) -> bytes:
    """A sheet of vouchers, in the language of whoever reads."""
    from civique.services.pdf import render_pdf

    site, contact = commune.site_address(session.tenant), settings.get(session, commune.Contact)
    return render_pdf(
        VOUCHERS,
        {
            "language": get_locale(),
            "title": _("Welcome vouchers"),
            "author": _sender(session),
            "household": name,
            "how": _("Give the voucher to the shop or the association. Each is used once."),
            "lost": _("Lost one? Call the town hall: %(phone)s.", phone=contact.phone_shown) if contact.phone else "",
            "vouchers": [_voucher(site, voucher) for voucher in vouchers],
        },
    )


def _voucher(site: str, voucher: WelcomeVoucher) -> dict[str, Any]:
    offer = voucher.offer
    return {
        "partner": offer.organisation.name,
        "title": offer.title,
        "conditions": offer.conditions,
        "valid": _("Until %(date)s", date=long_date(offer.valid_until, weekday=False)),
        "label": _("Number"),
        "number": voucher.shown,
        "qr": _qr(f"{site}/bienvenue/bons/{voucher.number}"),
    }


def poster(session: TenantSession) -> bytes:
    """A poster for shop windows and the notice board: who has just arrived says so; which partners offer something."""
    from civique.services.pdf import render_pdf

    address, contact = f"{commune.site_address(session.tenant)}/bienvenue", settings.get(session, commune.Contact)
    partners = sorted({offer.organisation.name for offer in running_offers(session)})
    return render_pdf(
        POSTER,
        {
            "language": get_locale(),
            "title": _("Have you just arrived?"),
            "sender": _sender(session),
            "deeds": partners[:8] or [_("Useful places"), _("First formalities"), _("Neighbours")],
            "qr": _qr(address),
            "address": address.partition("//")[2],
            "help": _("No Internet? The town hall does it with you, on paper or by telephone."),
            "lines": [line for line in (*contact.postal_lines, contact.phone_shown) if line],
        },
    )


def blank_card(session: TenantSession) -> bytes:
    """The same three questions as on the site, on a card to fill in by hand."""
    household: list[Item] = [
        *who_asks(),
        Lines(_("Arrived on")),
        Lines(_("How many adults? How many children?")),
        Choices(_("Language of the kit"), tuple(str(label) for label in LANGUAGES.values())),
    ]
    needs: list[Item] = [
        Choices(_("What do you look for?"), tuple(str(label) for label in NEEDS.values())),
        Lines(_("In your words")),
    ]
    part: list[Item] = [
        Choices(_("What would you like to take part in?"), tuple(str(label) for label in INTERESTS.values())),
        Choices(
            _("Tick what you wish"),
            (
                _("Somebody may come and say hello"),
                _("I wish to be invited to the welcome event"),
                _("I wish to stay in touch after the first year"),
            ),
        ),
        Lines(_("Date and signature")),
    ]
    sections = (
        Section(_("1. Your household"), household),
        Section(_("2. What you need"), needs),
        Section(_("3. What you would like to take part in"), part),
    )
    return render_form(session, PaperForm(_("I have just arrived"), "BVN-F", "/bienvenue", sections))
