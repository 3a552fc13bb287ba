"""One session, one commune. The current commune is a context variable; without one there is no connection."""

from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from tenants.engines import Engines
from tenants.tenant import Tenant

_current: ContextVar[Tenant | None] = ContextVar("civique_tenant", default=None)


class NoTenant(RuntimeError):
    """The database was asked for outside any commune: refused, rather than guessed."""


class TenantMismatch(RuntimeError):
    """A session opened for one commune was used for another: its identity map would hand over the neighbour's objects."""


def current_tenant() -> Tenant:
    """Commune that this request, job or command works for.

    Raises:
        NoTenant: none was entered.
    """
    tenant = _current.get()
    if tenant is None:
        raise NoTenant("no commune was entered")
    return tenant


class entered(AbstractContextManager[Tenant]):  # noqa: N801 (used as a function)
    """Work for one commune inside the block.

    A class, not a generator, for this and :class:`session_for` are in every transaction: the two generators were half of
    what isolation costs.
    """

    __slots__ = ("_tenant", "_token")

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def __enter__(self) -> Tenant:
        """The commune of the block."""
        self._token = _current.set(self._tenant)
        return self._tenant

    def __exit__(self, *error: object) -> None:
        """Back to the commune of before, or to none."""
        _current.reset(self._token)


class TenantSession(Session):
    """SQLAlchemy session bound to the commune that was current at its first use.

    ``info["actor_id"]`` is who acts (a person's id; absent for the software itself): the audit trail reads it.
    """

    def __init__(self, engines: Engines, **options: Any) -> None:
        super().__init__(**options)
        self._engines = engines
        self._tenant: Tenant | None = None

    @property
    def tenant(self) -> Tenant:
        """Commune of this session, fixed at the first use.

        Raises:
            NoTenant: no commune was entered.
            TenantMismatch: the current commune is no longer the one this session was opened for.
        """
        tenant = current_tenant()
        if self._tenant is None:
            self._tenant = tenant
        elif self._tenant.schema != tenant.schema:
            raise TenantMismatch(f"session of {self._tenant.schema} used for {tenant.schema}")
        return self._tenant

    @property
    def actor_id(self) -> UUID | None:
        """Who acts; None for the software itself."""
        return self.info.get("actor_id")

    def get_bind(self, *_: Any, **__: Any) -> Engine:
        """Engine of this session's commune, whatever is being queried."""
        return self._engines.of(self.tenant)


class session_for(AbstractContextManager[TenantSession]):  # noqa: N801 (used as a function)
    """A session for a job or a command; the caller commits, anything else rolls back."""

    __slots__ = ("_engines", "_session", "_tenant", "_token")

    def __init__(self, engines: Engines, tenant: Tenant) -> None:
        self._engines = engines
        self._tenant = tenant

    def __enter__(self) -> TenantSession:
        """The session, with its commune entered."""
        self._token = _current.set(self._tenant)
        self._session = TenantSession(self._engines, expire_on_commit=False)
        return self._session

    def __exit__(self, *error: object) -> None:
        """Close the session, then leave the commune."""
        try:
            self._session.close()
        finally:
            _current.reset(self._token)


@event.listens_for(TenantSession, "do_orm_execute")
def _read_what_is_locked(state: ORMExecuteState) -> None:
    """A row that is locked is read as it is then: what the session knew of it before it waited protects nothing."""
    if state.is_select and getattr(state.statement, "_for_update_arg", None) is not None:
        state.update_execution_options(populate_existing=True)
