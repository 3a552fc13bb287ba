"""Flask-SQLAlchemy's session, tied to the commune of the request. The only file of this package that knows Flask."""

from typing import Any
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import _app_ctx_id
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from tenants.engines import Engines
from tenants.session import TenantSession
from tenants.tenant import Tenant


class _RequestSession(TenantSession):
    """What ``db.session`` makes: finds the process's engines in the extension."""

    def __init__(self, db: "CommuneSQLAlchemy", **options: Any) -> None:
        super().__init__(db.commune_engines, **options)


class _Scoped(scoped_session[Any]):
    """The request's session behind Flask-SQLAlchemy's proxy, with what a :class:`TenantSession` has besides."""

    @property
    def tenant(self) -> Tenant:
        """Commune of the request."""
        return self.registry().tenant  # type: ignore[no-any-return]

    @property
    def actor_id(self) -> UUID | None:
        """Who acts."""
        return self.info.get("actor_id")


class CommuneSQLAlchemy(SQLAlchemy):
    """Flask-SQLAlchemy without its engines: ours follow the commune."""

    commune_engines: Engines
    session: TenantSession  # type: ignore[assignment]  # a scoped proxy that behaves as one

    def init_app(self, app: Flask) -> None:
        """Tie the session to the application; ``app.config["ENGINES"]`` holds the process's engines."""
        self.commune_engines = app.config["ENGINES"]
        app.extensions["sqlalchemy"] = self
        app.teardown_appcontext(self._teardown_session)

    def _teardown_session(self, error: BaseException | None) -> None:
        """Close the session. Its connection may have ended meanwhile (the commune was deleted, the server restarted): the
        page is written already, and nothing is left to roll back."""
        try:
            super()._teardown_session(error)
        except DBAPIError as ended:
            self.session.registry.clear()  # type: ignore[attr-defined]
            if not ended.connection_invalidated:
                raise

    def _make_scoped_session(self, options: dict[str, Any]) -> Any:
        scope = options.pop("scopefunc", _app_ctx_id)
        return _Scoped(self._make_session_factory(options), scope)


db = CommuneSQLAlchemy(
    session_options={"class_": _RequestSession, "expire_on_commit": False}, add_models_to_shell=False
)
