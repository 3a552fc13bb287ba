"""What happened, told to whoever listens, in the same transaction. Modules meet here instead of importing each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenants.session import TenantSession


@dataclass(frozen=True)
class Listener:
    """A function of a module called when a kind of event is told. A module that is off does not hear."""

    kind: type
    hear: Callable[[TenantSession, Any], None]


_listeners: dict[type, list[tuple[str, Callable[[TenantSession, Any], None]]]] = {}


def connect(module: str, listeners: tuple[Listener, ...]) -> None:
    """Register the listeners of a module's manifest."""
    for listener in listeners:
        _listeners.setdefault(listener.kind, []).append((module, listener.hear))


def tell(session: TenantSession, happened: Any) -> None:
    """Tell an event (a frozen dataclass) to the listeners of the modules that are on."""
    for module, hear in _listeners.get(type(happened), ()):
        if module == "core" or module in session.tenant.modules:
            hear(session, happened)
