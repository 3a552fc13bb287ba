"""Reminding of the answers due (§1.4): whoever is in charge by a message, those who may answer in « À faire aujourd'hui »."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from functools import partial

from civique.core import clock
from civique.core.access.queries import still_working
from civique.core.answers.models import AnswerDue
from civique.core.answers.operations import remind
from civique.core.answers.queries import to_remind
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, ngettext
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.people.models import Person
from tenants.session import TenantSession

BEFORE = timedelta(days=3)
"""How long before its date an answer is reminded; a late one that never was is reminded too."""


def remind_due(session: TenantSession, modules: Collection[str]) -> None:
    """Remind once of each answer of these modules whose date comes, or has passed: one message a day to whoever is in
    charge, who works here and reads e-mail; the list of work says it to all. A second run changes nothing."""
    in_hand: dict[Person, list[AnswerDue]] = defaultdict(list)
    for answer in to_remind(session, modules, clock.today() + BEFORE):
        remind(session, answer)
        if answer.owner is not None:
            in_hand[answer.owner].append(answer)
    here = still_working(session, [owner.id for owner in in_hand])
    for owner, answers in in_hand.items():
        if owner.channel == "email" and owner.email and owner.id in here:
            write_to(session, owner, "core.answers_reminder", partial(_words, [answer.due_on for answer in answers]))


def _words(dates: list[date]) -> Content:
    """Numbers and dates alone: what residents wrote stays in the back office."""
    number, today = len(dates), clock.today()
    late = sum(day < today for day in dates)
    return Content(
        subject=ngettext("An answer in your charge is due", "%(num)s answers in your charge are due", number),
        paragraphs=(
            ngettext("Due date: %(day)s.", "First due date: %(day)s.", number, day=long_date(min(dates))),
            *([ngettext("One is late.", "%(num)s are late.", late)] if late else []),
            _("If you cannot answer in time, pass it on to a colleague, or tell the person who waits when you will."),
        ),
        action=(_("See what is in my charge"), "/mairie?voir=mine"),
        reason=_("You receive this message because you took charge of an answer at the town hall."),
    )
