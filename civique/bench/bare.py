"""A bare Flask application: what this machine gives at this hour, for the other figures to be read beside."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, create_engine, text

from civique.bench.instance import free_port, stop, wait_for
from civique.core.config import config
from civique.services.server import serve

PLAIN, SELECT = "/plain", "/"
"""Paths of its two views: without database, and with one SELECT."""
DATABASE = "BARE_DATABASE"


def bare_flask(engine: Engine) -> Flask:
    """The application, whose SELECT goes through this engine."""
    app = Flask("bare")

    @app.get(PLAIN)
    def plain() -> str:
        return "1"

    @app.get(SELECT)
    def select() -> str:
        with engine.connect() as connection:
            return str(connection.execute(text("SELECT 1")).scalar_one())

    return app


def create_wsgi() -> Flask:
    """What the server loads."""
    return bare_flask(create_engine(os.environ[DATABASE], use_native_hstore=False))


@contextmanager
def bare_server(engine: Engine, folder: Path) -> Iterator[tuple[int, int]]:
    """A server of its own, with the settings of ``civique web``, as the role of this engine; gives its pid and its port.

    Raises:
        CannotMeasure: it does not answer.
    """
    port = free_port()
    environment = {**os.environ, DATABASE: engine.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "civique.bench.bare", str(port)]
    with (folder / "bare.log").open("ab") as log:
        program = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, "localhost", SELECT)
        yield program.pid, port
    finally:
        stop(program)


if __name__ == "__main__":
    serve(
        "civique.bench.bare:create_wsgi", host="127.0.0.1", port=int(sys.argv[1]), workers=1, threads=config().threads
    )
