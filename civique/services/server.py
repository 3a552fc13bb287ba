"""The web server that serves a WSGI application: Waitress, whose one loop reads whole requests before a thread sees them.

A client that sends its headers or its body slowly holds a few kilobytes, never a thread, so that it keeps nobody waiting.
"""

import importlib
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from civique.services.prefork import keep

BACKLOG = 1024
CONNECTIONS = 2000
"""Of one process at once; more wait in the backlog."""
LARGEST_BODY = 33_000_000
"""A little more than the application takes: it answers what is too large in words."""
PATIENCE = 120
"""Seconds within which a request must have arrived whole: 15 MB at a megabit a second."""
SILENCE = 30
"""Seconds without a byte after which a connection is closed."""
ENDS = (signal.SIGTERM, signal.SIGINT)


class Channel(HTTPChannel):
    """A connection that knows since when a request is arriving on it."""

    since = 0.0

    def received(self, data: bytes) -> Any:
        """Take bytes; the first ones of a request start its clock."""
        if self.request is None:
            self.since = time.time()
        return super().received(data)


class Server(TcpWSGIServer):
    """A server that closes connections which are silent, or whose request takes too long to arrive."""

    channel_class = Channel
    parent = 0

    def maintenance(self, now: float) -> None:
        """Close them; run by the loop every few seconds. A process whose parent is gone ends too: it would keep the port."""
        super().maintenance(now)
        if self.parent and os.getppid() != self.parent:
            raise SystemExit(0)
        for channel in self.active_channels.values():
            if channel.request is not None and now - channel.since > PATIENCE:
                channel.will_close = True


def serve(application: str, *, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        application: « module:function », where the function makes the WSGI application.
        workers: number of processes, each with ``threads`` threads; they share one listening socket.

    Raises:
        OSError: the port is taken.
    """
    listening = socket.create_server((host, port), backlog=BACKLOG)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of a few requests is no news
    if workers == 1:
        _serve(application, listening, threads)
    else:
        parent = os.getpid()
        work = partial(_serve, application, listening, threads, parent)
        keep({f"web {number}": work for number in range(1, workers + 1)})


def _serve(application: str, listening: socket.socket, threads: int, parent: int = 0) -> None:
    """Serve in this process, as long as its parent lives when it has one."""
    module, _colon, function = application.partition(":")
    made = getattr(importlib.import_module(module), function)()
    settings = Adjustments(
        sockets=[listening],
        threads=threads,
        backlog=BACKLOG,
        connection_limit=CONNECTIONS,
        channel_timeout=SILENCE,
        cleanup_interval=5,
        max_request_body_size=LARGEST_BODY,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # the application reads them when it stands behind a proxy, and only then
        ident=None,
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(threads)
    where = (listening.family, listening.type, listening.proto, listening.getsockname())
    server = Server(made, {}, True, listening, dispatcher=dispatcher, adj=settings, bind_socket=False, sockinfo=where)
    server.parent = parent
    with _ended_by_signals():
        server.run()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    def end(_number: int, _frame: Any) -> None:
        raise SystemExit(0)

    for number in ENDS:
        signal.signal(number, end)
    yield
