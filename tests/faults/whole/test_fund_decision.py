"""kill -9 between a decision of the fund and the message that tells it: after a restart it arrives, once.

A real instance with its own PostgreSQL and Valkey, sending by SMTP to a real server on this machine. Everything is killed
three times: before the relay carries the message, while the mail server listens, and once it has taken the message but
before we know it. In the last case the server gets it again under the same Message-ID, by which readers show one.
"""

import asyncio
import email
import email.policy
import http.client
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from civique.bench.whole import PARTS, Whole

HOST = "loire-authion-49.civique.localhost"
FUND = "/mairie/fonds"
LEASE = 8


class MailServer:
    """Takes messages. One that says ``hold`` is kept waiting until ``go``, before it is taken or just after."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.hold = ""
        self.before = True
        self.held, self.go = threading.Event(), threading.Event()

    def stop_at(self, words: str, *, before: bool) -> None:
        """Keep the next message that says this waiting."""
        self.held.clear()
        self.go.clear()
        self.hold, self.before = words, before

    def go_on(self) -> None:
        """Keep nothing waiting any more."""
        self.hold = ""
        self.go.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        stops = bool(self.hold) and self.hold in text
        if stops and self.before:
            self.held.set()
            await self._resumed()
            return "451 Later"
        self.taken.append((str(message["Message-ID"]), text))
        if stops:
            self.held.set()
            await self._resumed()
        return "250 OK"

    async def _resumed(self) -> None:
        while not self.go.is_set():
            await asyncio.sleep(0.05)

    def ids(self, words: str) -> list[str]:
        """Message-ID of each message that says this, as often as it came."""
        return [identity for identity, text in self.taken if words in text]


class Browser:
    """Keeps cookies, sends forms; no JavaScript."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def open(
        self, method: str, path: str, form: dict[str, str] | None = None, host: str = HOST
    ) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Host": f"{host}:{self.port}"}
        if host == HOST:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, text, answer.getheader("Location") or ""

    def play(self, path: str) -> None:
        """Come in as somebody of the demonstration."""
        _status, _text, location = self.open("GET", path, host="civique.localhost")
        while location:
            parts = urlsplit(location)
            _status, _text, location = self.open("GET", f"{parts.path}?{parts.query}")

    def to_decide(self) -> list[str]:
        """Requests whose page offers this person to decide."""
        listed = "".join(self.open("GET", f"{FUND}?page={number}")[1] for number in (1, 2))
        paths = sorted(set(re.findall(rf'href="({FUND}/demandes/[0-9a-f-]{{36}})"', listed)))
        pages = {path: self.open("GET", path)[1] for path in paths}
        return [path for path, text in pages.items() if f'action="{path}/decision"' in text and "mailto:" in text]

    def refuse(self, path: str, why: str) -> int:
        """Refuse a request; gives the status of the answer."""
        _status, text, _location = self.open("GET", path)
        form = text.partition(f'action="{path}/decision"')[2].partition("</form>")[0]
        fields = {}
        for tag in re.findall(r"<input[^>]*>", form):
            facts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if facts.get("type") != "radio":
                fields[facts["name"]] = unescape(facts.get("value", ""))
        return self.open("POST", f"{path}/decision", {**fields, "decision": "refused", "motive": why})[0]


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, int]]:
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, port
    server.go.set()
    controller.stop()


def kill_everything(instance: Whole) -> None:
    """Everything that runs, by -9. The supervisor is stopped meanwhile: it starts nothing again, and nothing is told to
    stop in good order because it died."""
    running = {part: instance.pids(part) for part in PARTS}
    assert all(running.values()), running
    for pid in running["supervisor"]:
        os.kill(pid, signal.SIGSTOP)
    for pid in sorted({pid for pids in running.values() for pid in pids} - set(running["supervisor"])):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in running["supervisor"]:
        os.kill(pid, signal.SIGKILL)
    assert instance.process is not None
    instance.process.wait(10)


def signed_in(instance: Whole) -> Browser:
    """The browser of somebody of the demonstration who may decide on three requests at least."""
    people = Browser(instance.port).open("GET", "/_demo", host="civique.localhost")[1]
    for path in re.findall(r'href="(/_demo/loire-authion-49/[0-9a-f-]{36})"', people):
        browser = Browser(instance.port)
        browser.play(path)
        if len(browser.to_decide()) >= 3:
            return browser
    raise AssertionError("nobody of the demonstration has three requests to decide")


def until(true, what: str, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.2)
    raise AssertionError(what)


def test_a_decision_is_told_once_whenever_everything_dies(whole, mail_server):
    server, port = mail_server
    instance = whole(LEASE_SECONDS=str(LEASE))
    instance.start()
    browser = signed_in(instance)
    instance.stop()
    instance.environment["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    instance.start()
    requests = browser.to_decide()[:3]

    # Before: the decision is committed, nothing carries its message yet.
    for relay in instance.pids("relay"):
        os.kill(relay, signal.SIGSTOP)
    assert browser.refuse(requests[0], "Motif de la panne avant.") == 303
    kill_everything(instance)
    assert server.ids("panne avant") == []
    instance.start()
    until(lambda: server.ids("panne avant"), "the decision was never told")

    # While: the mail server listens and has not taken the message.
    server.stop_at("panne pendant", before=True)
    assert browser.refuse(requests[1], "Motif de la panne pendant.") == 303
    assert server.held.wait(60), "the message was not on its way"
    kill_everything(instance)
    server.go_on()
    instance.start()
    until(lambda: server.ids("panne pendant"), "the decision was never told")

    # After: the mail server has taken it, we have not noted it.
    server.stop_at("panne après", before=False)
    assert browser.refuse(requests[2], "Motif de la panne après.") == 303
    assert server.held.wait(60), "the message was not on its way"
    kill_everything(instance)
    server.go_on()
    instance.start()
    until(lambda: len(server.ids("panne après")) > 1, "it was not sent again, although nobody knew that it left")

    time.sleep(LEASE + 5)  # what a killed worker held is taken again within a lease
    assert [len(server.ids(f"panne {when}")) for when in ("avant", "pendant", "après")] == [1, 1, 2]
    assert len(set(server.ids("panne après"))) == 1, "one Message-ID: whoever reads their mail sees it once"
    for path in requests:
        status, text, _location = browser.open("GET", path)
        assert status == 200
        assert f'action="{path}/decision"' not in text, "decided once, and it stays decided"
