"""Hostile and unlucky clients of one commune, and what another commune's visitors notice."""

import io
import logging
import re
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from socket import create_connection, socket

import psycopg
import structlog

from civique.app import create_wsgi
from civique.bench.client import Page, Visitor
from civique.bench.figure import CannotMeasure, Measure
from civique.bench.load import percentile
from civique.bench.pages import Visit, sign_in
from civique.bench.stage import Stage
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to_address
from civique.core.process import engines
from civique.core.tasks import start_task
from tenants.session import session_for
from tenants.tenant import Tenant

SLOW = 400
PHONES = 8
PHONE_BYTES, PHONE_RATE = 15_000_000, 250_000
"""What each sends, and how many bytes a second its network carries."""
SECONDS = 8.0
"""Length of each measure."""
EVERY = 0.04
"""Seconds between two visits."""
ARCHIVES = 40


def measure(stage: Stage) -> list[Measure]:
    """Visit the home page of a commune without ever keeping it, quiet then during each attack on its neighbour."""
    mine, _paths = stage.lived_in
    theirs = stage.plain(1)[0]
    port = stage.instance.port
    seconds = min(stage.rounds or SECONDS, SECONDS)
    host, victim = stage.instance.host(mine), Page(stage.instance.host(theirs), "/mentions-legales")
    form = Visit(create_wsgi(), host, "/mairie/documents/ajouter", cookie=sign_in(mine)).expect(200).page
    attacks: dict[str, Callable[[], AbstractContextManager[None]]] = {
        f"{SLOW} slow headers": lambda: _slow(port, host, headers=SLOW, bodies=0),
        f"{SLOW} slow bodies": lambda: _slow(port, host, headers=0, bodies=SLOW),
        f"{SLOW} slow headers and {SLOW} slow bodies": lambda: _slow(port, host, headers=SLOW, bodies=SLOW),
        f"{PHONES} phones sending 15 MB over a poor network": lambda: _phones(port, host),
        "hostile files, filed again and again by two people": lambda: _repeated(port, form, _bombs(), clients=2),
        "endless queries of the neighbour's role": lambda: _queries(mine),
    }
    measures: list[Measure] = []
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with stage.instance.programs("web", "worker", "relay"):
        _waits(port, victim, 1.0)
        for name, attack in attacks.items():
            stage.say(name)
            quiet = percentile(_waits(port, victim, seconds / 2), 95)
            with attack():
                waits = _waits(port, victim, seconds)
            slowest = percentile(waits, 95)
            note = f"{slowest / quiet:.2g} × the {quiet * 1e3:.3g} ms of quiet just before, {len(waits)} pages"
            measures.append(Measure(f"95 % within, {name}", slowest * 1e3, "ms", bar=min(60.0, 2e3 * quiet), note=note))
        measures += [_alone(port, form, name, content) for name, content in _bombs()]
        stage.say(f"{ARCHIVES} archives of the neighbour, then a code")
        measures.append(_code_behind_archives(mine, theirs))
    return measures


def _waits(port: int, page: Page, seconds: float) -> list[float]:
    """How long each visit takes, at a steady pace."""
    visitor, end, waits = Visitor(port), time.monotonic() + seconds, []
    try:
        while time.monotonic() < end:
            waits.append(visitor.ask(page))
            time.sleep(max(0.0, EVERY - waits[-1]))
    finally:
        visitor.close()
    return waits


@contextmanager
def _slow(port: int, host: str, *, headers: int, bodies: int) -> Iterator[None]:
    """Clients that send a byte now and then of headers, or of a body, that never end."""
    begun = {
        f"GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ": headers,
        f"POST /signaler HTTP/1.1\r\nHost: {host}\r\nContent-Length: 50000\r\n\r\nsix by": bodies,
    }
    with ExitStack() as stack:
        clients: list[socket] = []
        for start, number in begun.items():
            for _ in range(number):
                clients.append(stack.enter_context(create_connection(("127.0.0.1", port))))
                clients[-1].sendall(start.encode())

        def drip() -> None:
            for client in clients:
                with suppress(OSError):
                    client.sendall(b"x")

        stack.enter_context(_meanwhile(drip, pause=2.0))
        yield


@contextmanager
def _phones(port: int, host: str) -> Iterator[None]:
    """Uploads that arrive at the pace of a poor network."""

    def send() -> None:
        start = f"POST /signaler HTTP/1.1\r\nHost: {host}\r\nContent-Length: {PHONE_BYTES}\r\n\r\n"
        with suppress(OSError), create_connection(("127.0.0.1", port)) as client:
            client.sendall(start.encode())
            end = time.monotonic() + SECONDS + 2
            while time.monotonic() < end:
                client.sendall(b"x" * (PHONE_RATE // 10))
                time.sleep(0.1)

    phones = [threading.Thread(target=send, daemon=True) for _ in range(PHONES)]
    for phone in phones:
        phone.start()
    yield
    for phone in phones:
        phone.join()


@contextmanager
def _repeated(port: int, page: Page, files: list[tuple[str, bytes]], clients: int) -> Iterator[None]:
    """Each client files one of the documents after the other, again and again.

    Raises:
        CannotMeasure: the form is not shown, or a document is neither taken nor refused.
    """
    answers: list[int] = []

    def send() -> None:
        for name, content in files:
            with suppress(OSError, HTTPException):
                answers.append(_upload(port, page, name, content))

    with ExitStack() as stack:
        for _ in range(clients):
            stack.enter_context(_meanwhile(send, pause=0.0))
        yield
    if not {422} <= set(answers) <= {303, 422}:
        raise CannotMeasure(f"hostile documents are answered {sorted(set(answers))}")


def _alone(port: int, page: Page, name: str, content: bytes) -> Measure:
    """How long one of them takes to be answered, alone."""
    begun = time.monotonic()
    status = _upload(port, page, name, content)
    note = f"{len(content) / 1e6:.2g} MB, {'refused' if status == 422 else 'taken'}"
    return Measure(f"{name}, alone", time.monotonic() - begun, "s", bar=1, note=note)


def _upload(port: int, page: Page, name: str, content: bytes) -> int:
    """File a document with a form of the back office; gives the status of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", page.path, headers={"Host": page.host, "Cookie": page.cookies})
        shown = connection.getresponse().read().decode()
        fields = dict(re.findall(r'name="(csrf_token|once)"[^>]*value="([^"]+)"', shown))
        fields |= {"kind": "other", "title": name, "visibility": "staff"}
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
        ]
        part = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, part]).encode() + content + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        connection.request("POST", page.path, body, {"Host": page.host, "Cookie": page.cookies, "Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _bombs() -> list[tuple[str, bytes]]:
    """Small files that cost much to whoever reads them without limits."""
    return [("rue.png", _tall_picture()), ("plan.png", _large_picture()), ("devis.pdf", _long_pdf())]


def _tall_picture() -> bytes:
    """One pixel wide, 24,000,000 high."""
    return _png(1, 24_000_000, zlib.compress(bytes(2 * 24_000_000), 9))


def _large_picture() -> bytes:
    """900 megapixels of one bit."""
    engine, row = zlib.compressobj(9), bytes(1 + 30_000 // 8)
    return _png(30_000, 30_000, b"".join(engine.compress(row) for _ in range(30_000)) + engine.flush())


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _long_pdf() -> bytes:
    """14 MB in which a stream seems to begin four hundred times."""
    written = io.BytesIO(b"%PDF-1.7\n")
    written.seek(0, io.SEEK_END)
    for number in range(400):
        written.write(b"%d 0 obj\n<< /Filter /FlateDecode >>\nstream\n" % (number + 1))
        written.write(b"\x78\x9c" + bytes(35_000))
    return written.getvalue() + b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


@contextmanager
def _queries(tenant: Tenant) -> Iterator[None]:
    """Two connections of a commune's role that undo their own time-out and compute for ever."""
    url = engines().of(tenant).url.set(drivername="postgresql").render_as_string(hide_password=False)
    connections = [psycopg.connect(url, autocommit=True) for _ in range(2)]

    def compute(connection: "psycopg.Connection[object]") -> None:
        with suppress(psycopg.Error):
            connection.execute("SET statement_timeout = 0")
            connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")

    threads = [threading.Thread(target=compute, args=(connection,), daemon=True) for connection in connections]
    for thread in threads:
        thread.start()
    yield
    for connection in connections:
        connection.cancel()
    for thread in threads:
        thread.join()


def _code_behind_archives(mine: Tenant, theirs: Tenant) -> Measure:
    """How long a code of one commune takes when another has just asked for many archives."""
    with session_for(engines(), mine) as session:
        for _ in range(ARCHIVES):
            start_task(session, "Export", "core.export_tenant")
        session.commit()
    time.sleep(2)
    with session_for(engines(), theirs) as session:
        words = Content(subject="Code", paragraphs=("123456",), reason="")
        code = write_to_address(session, "a@exemple.fr", "access.code", lambda: words, secret=True).id
        session.commit()
    begun, state = time.monotonic(), ""
    while state != "sent" and time.monotonic() - begun < 60:
        time.sleep(0.02)
        with session_for(engines(), theirs) as session:
            message = session.get(Message, code)
            state = message.state if message is not None else ""
    note = "" if state == "sent" else "not sent within a minute"
    return Measure(
        f"A code behind {ARCHIVES} archives of the neighbour", time.monotonic() - begun, "s", bar=1, note=note
    )


@contextmanager
def _meanwhile(work: Callable[[], object], pause: float) -> Iterator[None]:
    """Do something again and again in another thread."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            work()
            stop.wait(pause)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
