"""What happened, told to whoever listens, in the same transaction. Modules meet here instead of importing each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tenants.session import TenantSession


@dataclass(frozen=True)
class Listener:
    """A function of a module called when a kind of event is told. A module that is off does not hear."""

    kind: type
    hear: Callable[[TenantSession, Any], None]


_listeners: dict[type, list[tuple[str, Callable[[TenantSession, Any], None]]]] = {}
"""Of each event that a manifest declares: the modules that hear it."""


def declare(events: Iterable[type]) -> None:
    """Register the events that a module tells."""
    for kind in events:
        _listeners.setdefault(kind, [])


def connect(module: str, listeners: Iterable[Listener]) -> None:
    """Register the listeners of a module.

    Raises:
        KeyError: no module declares that it tells this event.
    """
    for listener in listeners:
        _listeners[listener.kind].append((module, listener.hear))


def tell(session: TenantSession, happened: Any) -> None:
    """Tell an event (a frozen dataclass) to the listeners of the modules that are on.

    Raises:
        KeyError: no module declares that it tells this event.
    """
    for module, hear in _listeners[type(happened)]:
        if module == "core" or module in session.tenant.modules:
            hear(session, happened)
