"""Sending one message: by SMTP, or into a folder for a demonstration."""

import email
import email.policy
import fcntl
import hashlib
import os
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0
"""Seconds given to each exchange with the server."""
GREETING = 60.0
"""Seconds given to a server to be ready: connection, encryption, sign-in."""
SENDING = 45.0
"""Seconds given to one message. The transaction that notes it as sent may idle for 60: the database would end it, and a
message that the server had taken would leave again."""
KEPT = 20.0
"""Seconds without a message after which a connection is not used again: servers close those that idle."""
# Our account or our configuration is refused, not the message: it may be right tomorrow.
ACCOUNT_REFUSED = {530, 534, 535, 538}
FILE_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{32}\.eml")


class MailRefused(Exception):
    """The message, or a recipient, is refused for good: sending it again is useless."""


class MailUnavailable(Exception):
    """The message could not be sent now: send it again later, with the same Message-ID."""


class Mailer(Protocol):
    """What sends messages."""

    def reach(self) -> None:
        """Be ready to send, however long the server's greeting lasts. Raises MailUnavailable."""

    def send(self, message: EmailMessage) -> None:
        """Send one message, which has a Message-ID. Raises MailRefused or MailUnavailable."""


class SmtpMailer:
    """Sends by the server of `url`: `smtp://user:password@host:port`, `smtps://…` or `smtp+starttls://…`.

    One connection serves the messages that follow one another. Not for several threads.

    User and password are percent-encoded and may be left out, as may the port (25, 465, 587).
    Raises ValueError when the URL is none of these.
    """

    PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

    def __init__(
        self, url: str, timeout: float = TIMEOUT, *, greeting: float = GREETING, sending: float = SENDING
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in self.PORTS or not parts.hostname:
            # Without the URL, which may hold a password.
            raise ValueError(f"The address of the mail server must begin with {', '.join(self.PORTS)} and name a host.")
        self._scheme = parts.scheme
        self._host = parts.hostname
        self._port = parts.port or self.PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout = timeout
        self._greeting = greeting
        self._sending = sending
        self._server: smtplib.SMTP | None = None
        self._used = 0.0

    def reach(self) -> None:
        """Greet the server, unless the connection of the message before can be used again.

        Raises MailUnavailable (no connection, not ready in time, or our own account refused).
        """
        if self._server is not None and time.monotonic() - self._used < KEPT and self._answers(self._server):
            return
        self.close()
        try:
            self._server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(_answer(error)) from error

    def close(self) -> None:
        """Leave the server. What it took is sent, whatever happens to the good-bye."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException), _within(self._timeout, server):
                server.quit()
            server.close()

    def send(self, message: EmailMessage) -> None:
        """Send one message to all its recipients; return once the server has taken it.

        Raises MailRefused (a code 5xx for a recipient or for the message; other recipients may have been served),
        MailUnavailable (a code 4xx, no connection, no answer in time, or our own account refused).
        """
        _check(message)
        if self._server is None:
            self.reach()
        server = self._server
        assert server is not None
        try:
            with _within(self._sending, server):
                refused = server.send_message(message)
            self._used = time.monotonic()
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPNotSupportedError as error:  # an address with accents, which this server cannot carry
            raise MailRefused(str(error)) from error
        except smtplib.SMTPResponseException as error:
            permanent = error.smtp_code >= 500 and error.smtp_code not in ACCOUNT_REFUSED
            self._server = server if server.sock is not None else None
            raise (MailRefused if permanent else MailUnavailable)(_answer(error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: closed while it was read
            server.close()
            self._server = None
            raise MailUnavailable(_answer(error)) from error
        _report(refused)

    def _answers(self, server: smtplib.SMTP) -> bool:
        try:
            with _within(self._timeout, server):
                return server.noop()[0] == 250
        except (OSError, smtplib.SMTPException, ValueError):
            return False

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(timeout=self._timeout, context=ssl.create_default_context())
            if self._scheme == "smtps"
            else smtplib.SMTP(timeout=self._timeout)
        )
        server._host = self._host  # type: ignore[attr-defined]  # what the certificate is for
        try:
            with _within(self._greeting, server):
                code, said = server.connect(self._host, self._port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, said)
                if self._scheme == "smtp+starttls":
                    server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
                if self._user:
                    server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def _within(seconds: float, server: smtplib.SMTP) -> Iterator[None]:
    """Cut the connection when the block lasts too long: each exchange has a limit, and a server may add them up.

    Raises TimeoutError.
    """
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError):
            if server.sock is not None:
                server.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if cut.is_set():
            raise TimeoutError(f"not done within {seconds:.0f} s") from error
        raise
    finally:
        timer.cancel()


@dataclass(frozen=True)
class StoredMessage:
    """A line of the list of a folder: the name of the file and what its headers say."""

    name: str
    date: str
    sender: str
    recipients: str
    subject: str


class FolderMailer:
    """Writes each message as an `.eml` file whose name sorts by time; the same Message-ID is written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def reach(self) -> None:
        """A folder needs no greeting."""

    def send(self, message: EmailMessage) -> None:
        """Write one message, whole or not at all. Raises MailRefused (bad headers) or MailUnavailable (full disk)."""
        _check(message)
        identity = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:32]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not any(self.folder.glob(f"*-{identity}.eml")):
                    self._write(f"{time.time_ns():020}-{identity}.eml", message.as_bytes())
        except OSError as error:
            raise MailUnavailable(_answer(error)) from error

    def _write(self, name: str, content: bytes) -> None:
        draft = self.folder / "draft"  # what a killed process left of a message is no message, and is written over
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # else the name may be lost with the machine's power, after the message was noted as sent
        finally:
            os.close(folder)


def read_folder(folder: Path, limit: int = 100) -> list[StoredMessage]:
    """List the messages written by FolderMailer, newest first, at most `limit`."""
    names = sorted((path.name for path in folder.glob("*.eml") if FILE_NAME.fullmatch(path.name)), reverse=True)
    return [_summary(name, read_message(folder, name)) for name in names[:limit]]


def read_message(folder: Path, name: str) -> EmailMessage:
    """Read one message by its name in `read_folder`. Raises FileNotFoundError when no message can have this name."""
    if not FILE_NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return email.message_from_bytes((folder / name).read_bytes(), policy=email.policy.default)


def _summary(name: str, message: EmailMessage) -> StoredMessage:
    date, sender, recipients, subject = (str(message[header] or "") for header in ("Date", "From", "To", "Subject"))
    return StoredMessage(name, date, sender, recipients, subject)


def _check(message: EmailMessage) -> None:
    if not message["Message-ID"]:
        raise MailRefused("The message has no Message-ID: sent again after a failure, it could arrive twice")
    # The standard policy refuses these when a header is set; a message made with another policy has not been checked.
    if any(character in f"{name}{value}" for name, value in message.items() for character in "\r\n"):
        raise MailRefused("A header holds a line break")


def _report(refused: "smtplib._SendErrs") -> None:
    """Raise for recipients who were refused: for good if one is, so that the others get nothing twice."""
    if not refused:
        return
    said = "; ".join(f"{who}: {code} {text.decode(errors='replace')}" for who, (code, text) in refused.items())
    raise (MailRefused if any(code >= 500 for code, _ in refused.values()) else MailUnavailable)(said)


def _answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return f"{type(error).__name__}: {error}"
