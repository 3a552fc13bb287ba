"""What the processes write on their standard output: in production one JSON object a line, without what people typed."""

import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from typing import Any

import structlog

from civique.core.config import ROOT


def configure(*, local: bool) -> None:
    """Say how this process logs: lines to read on a developer's own machine, JSON otherwise."""
    last: list[Any] = [_say_exception, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if local:  # structlog's own traceback would show the local variables: passwords, messages, keys
        last = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    processors = [structlog.processors.add_log_level, stamp, *last]
    structlog.configure(processors=processors, logger_factory=lambda *_: _Lines())


class _Lines:
    """Writes lines on the standard output. One that cannot be written (full disk, closed pipe) is lost, and nothing else:
    a page or a job never fails because of its log."""

    def msg(self, message: str) -> None:
        """Write one line, or nothing."""
        with suppress(OSError, ValueError):  # ValueError: the stream was closed
            sys.stdout.write(f"{message}\n")
            sys.stdout.flush()

    debug = info = warning = error = critical = exception = msg


def _say_exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its classes and the places that it went through: its message may quote what somebody typed."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["exception"] = names(error)
        frames = traceback.extract_tb(error.__traceback__)
        event["where"] = [f"{f.filename.removeprefix(f'{ROOT}/')}:{f.lineno} {f.name}" for f in frames]
    return event


def names(error: BaseException) -> list[str]:
    """Classes of an error and of what caused it, with the codes of the database: what may be kept and shown of it."""
    return [_name(cause) for cause in _causes(error)]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _name(error: BaseException) -> str:
    """Class of an error, with the code of the standard when it comes from the database."""
    state = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {state}" if state else type(error).__name__
