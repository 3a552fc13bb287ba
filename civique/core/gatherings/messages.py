"""What is written to those who are invited or registered to a gathering: by e-mail, or by letter."""

from collections.abc import Callable

from sqlalchemy import select

from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.i18n import date_and_time, ngettext
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from tenants.session import TenantSession


def tell_place(session: TenantSession, registration: Registration) -> None:
    """Somebody is registered, or waits for a seat."""
    if registration.state == RegistrationState.WAITING:
        _write(session, registration, "gathering.waiting", lambda: _waiting(registration))
    else:
        _write(session, registration, "gathering.registered", lambda: _registered(registration))


def tell_moved_up(session: TenantSession, registration: Registration) -> None:
    """A seat became free for somebody who waited."""
    _write(session, registration, "gathering.moved_up", lambda: _moved_up(registration))


def tell_cancelled(session: TenantSession, gathering: Gathering) -> None:
    """A gathering does not take place: everybody who may come is told."""
    told = (RegistrationState.INVITED, RegistrationState.REGISTERED, RegistrationState.WAITING)
    query = select(Registration).where(Registration.gathering_id == gathering.id, Registration.state.in_(told))
    for registration in session.scalars(query.order_by(Registration.id)).all():
        _write(session, registration, "gathering.cancelled", lambda: _cancelled(gathering))


def reached_by(registration: Registration) -> str:
    """How what is written arrives: ``email``, ``letter``, or nothing: then somebody calls."""
    if registration.email:
        return "email"
    return registration.person.reached_by if registration.person else ""


def _write(session: TenantSession, registration: Registration, kind: str, content: Callable[[], Content]) -> None:
    """Write where the registration says, otherwise to the person; nobody is reached by neither."""
    if registration.email:
        write_to_address(session, registration.email, kind, content, locale=registration.locale, about=registration)
    elif registration.person is not None and registration.person.reached_by:
        write_to(session, registration.person, kind, content, about=registration)


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
