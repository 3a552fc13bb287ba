"""Flask-SQLAlchemy's session, tied to the commune of the request. The only file of this package that knows Flask."""

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from tenants.engines import Engines
from tenants.session import TenantSession


class _RequestSession(TenantSession):
    """What ``db.session`` makes: finds the process's engines in the extension."""

    def __init__(self, db: "CommuneSQLAlchemy", **options: Any) -> None:
        super().__init__(db.commune_engines, **options)


class CommuneSQLAlchemy(SQLAlchemy):
    """Flask-SQLAlchemy without its engines: ours follow the commune."""

    commune_engines: Engines

    def init_app(self, app: Flask) -> None:
        """Tie the session to the application; ``app.config["ENGINES"]`` holds the process's engines."""
        self.commune_engines = app.config["ENGINES"]
        app.extensions["sqlalchemy"] = self
        app.teardown_appcontext(self._teardown_session)


db = CommuneSQLAlchemy(session_options={"class_": _RequestSession}, add_models_to_shell=False)
