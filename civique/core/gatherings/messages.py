"""What is written to those who are invited or registered to a gathering: by e-mail, or by letter."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.i18n import date_and_time, ngettext
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.core.passes import operations as passes
from tenants.session import TenantSession

RSVP = "rsvp"
"""Purpose of the passes that open a registration to whoever holds its link or its code."""
PATH = "/rencontres"
"""Page where a code is typed; the link of a pass is below it."""
AFTERWARDS = timedelta(days=1)
"""How long a link goes on opening once the gathering began."""


def tell_place(session: TenantSession, registration: Registration) -> None:
    """Somebody is registered, or waits for a seat."""
    if registration.state == RegistrationState.WAITING:
        _write(session, registration, "gathering.waiting", lambda: _waiting(registration))
    else:
        _write(session, registration, "gathering.registered", lambda: _registered(registration))


def tell_moved_up(session: TenantSession, registration: Registration) -> None:
    """A seat became free for somebody who waited."""
    _write(session, registration, "gathering.moved_up", lambda: _moved_up(registration))


def tell_invited(session: TenantSession, registration: Registration) -> None:
    """Somebody is invited, and answers by a link or a code."""
    _write(session, registration, "gathering.invitation", lambda: _invited(registration))


def tell_reminded(session: TenantSession, registration: Registration) -> None:
    """A gathering is near: who is registered is reminded of it."""
    _write(session, registration, "gathering.reminder", lambda: _reminded(registration))


def tell_cancelled(session: TenantSession, gathering: Gathering) -> None:
    """A gathering does not take place: everybody who may come is told."""
    for registration in _expected(session, gathering):
        _write(session, registration, "gathering.cancelled", lambda: _cancelled(gathering), answered=False)


def tell_moved(session: TenantSession, gathering: Gathering) -> None:
    """A gathering has another moment or another place: everybody who may come is told."""
    for registration in _expected(session, gathering):
        _write(session, registration, "gathering.moved", lambda: _moved(gathering))


def _expected(session: TenantSession, gathering: Gathering) -> Sequence[Registration]:
    states = (RegistrationState.INVITED, RegistrationState.REGISTERED, RegistrationState.WAITING)
    query = select(Registration).where(Registration.gathering_id == gathering.id, Registration.state.in_(states))
    return session.scalars(query.order_by(Registration.id)).all()


def reached_by(registration: Registration) -> str:
    """How what is written arrives: ``email``, ``letter``, or nothing: then somebody calls."""
    if registration.email:
        return "email"
    return registration.person.reached_by if registration.person else ""


def _write(
    session: TenantSession,
    registration: Registration,
    kind: str,
    content: Callable[[], Content],
    answered: bool = True,
) -> None:
    """Write where the registration says, otherwise to the person; nobody is reached by neither.

    Args:
        answered: whether the message opens the registration, to answer it, change it or withdraw it.
    """
    if not reached_by(registration):
        return
    issued = _pass(session, registration) if answered else None

    def words() -> Content:
        said = content()
        return replace(said, **_ways(registration, issued)) if issued else said

    if registration.email:
        write_to_address(session, registration.email, kind, words, locale=registration.locale, about=registration)
    else:
        assert registration.person is not None, "nobody else is reached without an address"
        write_to(session, registration.person, kind, words, about=registration)


def _pass(session: TenantSession, registration: Registration) -> passes.Issued:
    event = registration.gathering.event
    until = (event.ends_at or event.starts_at) + AFTERWARDS
    return passes.issue(session, RSVP, registration, until=until, person=registration.person, pin=True)


def _ways(registration: Registration, issued: passes.Issued) -> dict[str, Any]:
    """How one answers: the link of an e-mail; on paper the page, what is typed there, and the link as a picture."""
    invited = registration.state == RegistrationState.INVITED
    return {
        "action": (_("Answer the invitation") if invited else _("My registration"), f"{PATH}/{issued.token}"),
        "on_paper": PATH,
        "typed": ((_("Reference"), issued.reference), (_("Code"), issued.pin)),
    }


def _when_and_where(gathering: Gathering) -> tuple[tuple[str, str], ...]:
    event = gathering.event
    return ((_("When"), date_and_time(event.starts_at)), *(((_("Where"), event.where),) if event.where else ()))


def _for_how_many(registration: Registration) -> tuple[tuple[str, str], ...]:
    people = ngettext("one person", "%(num)s people", registration.party)
    return (*_when_and_where(registration.gathering), (_("For"), people))


def _registered(registration: Registration) -> Content:
    title = registration.gathering.event.title
    return Content(
        subject=_("You are registered: %(title)s", title=title),
        paragraphs=(
            _("You are registered to “%(title)s”.", title=title),
            _("If you cannot come, say so: somebody else may be waiting for a seat."),
        ),
        lines=_for_how_many(registration),
        reason=_("You receive this message because you registered."),
    )


def _invited(registration: Registration) -> Content:
    gathering = registration.gathering
    title, opening = gathering.event.title, gathering.opening
    last = opening.closes_at if opening else None
    return Content(
        subject=_("Invitation: %(title)s", title=title),
        paragraphs=(
            _("The town hall has the pleasure to invite you to “%(title)s”.", title=title),
            *((gathering.event.summary,) if gathering.event.summary else ()),
            _("Please say whether you come, also when you do not: you need no account."),
            _("You may also answer by telephone or at the town hall."),
        ),
        lines=(*_when_and_where(gathering), *(((_("Answer before"), date_and_time(last)),) if last else ())),
        reason=_("You receive this message because the town hall invites you."),
    )


def _reminded(registration: Registration) -> Content:
    event = registration.gathering.event
    return Content(
        subject=_("Reminder: %(title)s, %(when)s", title=event.title, when=date_and_time(event.starts_at)),
        paragraphs=(
            _("You are registered to “%(title)s”, which is near.", title=event.title),
            _("If you cannot come any more, say so: somebody else may be waiting for a seat."),
        ),
        lines=_for_how_many(registration),
        reason=_("You receive this message because you registered."),
    )


def _waiting(registration: Registration) -> Content:
    title = registration.gathering.event.title
    return Content(
        subject=_("You are on the waiting list: %(title)s", title=title),
        paragraphs=(
            _("There are not seats enough left for “%(title)s”: you are on the waiting list.", title=title),
            _("When seats become free, they are yours by themselves, in the order of the list, and we write to you."),
        ),
        lines=_for_how_many(registration),
        reason=_("You receive this message because you registered."),
    )


def _moved_up(registration: Registration) -> Content:
    title = registration.gathering.event.title
    return Content(
        subject=_("A seat for you: %(title)s", title=title),
        paragraphs=(
            _("Seats became free for “%(title)s”: you are registered.", title=title),
            _("If you cannot come any more, say so: somebody else may be waiting for a seat."),
        ),
        lines=_for_how_many(registration),
        reason=_("You receive this message because you were on the waiting list."),
    )


def _cancelled(gathering: Gathering) -> Content:
    title = gathering.event.title
    return Content(
        subject=_("Cancelled: %(title)s", title=title),
        paragraphs=(_("“%(title)s” does not take place.", title=title),),
        lines=_when_and_where(gathering),
        reason=_("You receive this message because you were expected there."),
    )


def _moved(gathering: Gathering) -> Content:
    title = gathering.event.title
    return Content(
        subject=_("Another day or another place: %(title)s", title=title),
        paragraphs=(
            _("“%(title)s” has another day or another place.", title=title),
            _("If you cannot come any more, say so: somebody else may be waiting for a seat."),
        ),
        lines=_when_and_where(gathering),
        reason=_("You receive this message because you were expected there."),
    )
