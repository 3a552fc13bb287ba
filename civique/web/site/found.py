"""Pages of the public site that are no object of the database, as the search offers them."""

from collections.abc import Iterator

from flask import url_for

from civique.core import commune, settings
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.officials.operations import officials
from civique.core.registry import modules
from civique.core.search import Described
from tenants.db import db
from tenants.session import current_tenant

NO_WORDS = frozenset("a au aux d de des du en et l la le les un une".split())  # noqa: SIM905 (read as a sentence)


def fixed_pages(words: str) -> list[Described]:
    """Those whose title or text holds every word, or its beginning; a plural finds its singular."""
    asked = fold(words).split()
    keys = [_singular(word) for word in asked if word not in NO_WORDS]
    return [described for described in _pages() if _holds(described, keys)] if keys else []


def _holds(described: Described, keys: list[str]) -> bool:
    there = fold(f"{described.title} {described.text}").split()
    return all(any(word.startswith(key) for word in there) for key in keys)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _pages() -> Iterator[Described]:
    texts = settings.get(db.session, commune.Texts)
    yield Described(_("The town hall"), _town_hall(), url_for("site.who_is_who"))
    yield Described(
        _("Agenda"), _("Dates of the commune: meetings, parties, last days to ask."), url_for("agenda.listing")
    )
    yield Described(_("Documents"), _("Decisions, minutes and forms of the town hall."), url_for("documents.listing"))
    yield Described(
        _("Write to the town hall"), _("Report a problem in the street, ask a question."), url_for("contact.form")
    )
    yield Described(_("Legal notice"), texts.legal or _("Who publishes this site."), url_for("legal.notice"))
    yield Described(
        _("Personal data"),
        texts.privacy or _("What is kept about you, why, how long, and your rights (GDPR)."),
        url_for("legal.personal_data"),
    )
    yield Described(
        _("Accessibility"),
        texts.accessibility or _("Declaration of accessibility of this site (RGAA)."),
        url_for("legal.accessibility"),
    )
    for link in (link for manifest in modules().of(current_tenant()) for link in manifest.public_links):
        yield Described(str(link.label), str(link.summary), url_for(link.endpoint))


def _town_hall() -> str:
    """Opening hours first, since that is what is looked for."""
    contact = settings.get(db.session, commune.Contact)
    hours = _("Opening hours: %(hours)s", hours=contact.hours) if contact.hours else _("Opening hours")
    phone = _("Telephone: %(phone)s", phone=contact.phone_shown) if contact.phone else ""
    cards = [f"{one.name} ({one.function})" if one.function else one.name for one in officials(db.session)]
    address = " ".join(contact.postal_lines)
    return " – ".join(filter(None, (hours, phone, address, contact.email, ", ".join(cards))))
