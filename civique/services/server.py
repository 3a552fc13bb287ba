"""The web server that serves a WSGI application: Granian, set as in production."""

from granian import Granian
from granian.constants import Interfaces


def serve(application: str, *, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        application: « module:function », where the function makes the WSGI application.
        workers: number of processes, each with ``threads`` threads.
    """
    Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=threads,
        runtime_threads=1,
        log_access=False,
        backlog=512,
        respawn_failed_workers=True,
    ).serve()
