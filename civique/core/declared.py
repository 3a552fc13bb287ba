"""Objects of modules that a shared service works on, found through the manifests: the core knows no module."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from civique.core.base import Base
from civique.core.manifest import Manifest
from civique.core.registry import modules
from tenants.session import TenantSession


class Declaration(Protocol):
    """What a module declares of the objects of one table."""

    @property
    def model(self) -> type[Base]:
        """Their table."""


Declares = TypeVar("Declares", bound=Declaration)


class Declared(Generic[Declares]):
    """What modules declare for one service.

    Args:
        field: gives what a manifest declares.
    """

    def __init__(self, field: Callable[[Manifest], Iterable[Declares]]) -> None:
        self._field = field

    def every(self) -> dict[str, Declares]:
        """Declarations of all modules, by table."""
        return self._of(modules())

    def on(self, session: TenantSession) -> dict[str, Declares]:
        """Declarations of the modules that are on, by table."""
        return self._of(modules().of(session.tenant))

    def find(self, session: TenantSession, object_id: UUID) -> Any:
        """An object of a module that is on, by its identifier; None when there is none."""
        rows = (session.get(declared.model, object_id) for declared in self.on(session).values())
        return next((row for row in rows if row is not None), None)

    def object_of(self, session: TenantSession, about: Any) -> tuple[Declares, Any] | None:
        """What a row of the service is about (its ``object_type`` and ``object_id``), even when its module is off; None once
        it is gone."""
        declared = self.every().get(about.object_type)
        row = session.get(declared.model, about.object_id) if declared else None
        return (declared, row) if declared is not None and row is not None else None

    def _of(self, manifests: Iterable[Manifest]) -> dict[str, Declares]:
        return {one.model.__tablename__: one for manifest in manifests for one in self._field(manifest)}
