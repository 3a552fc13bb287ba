"""The web server: clients that are slow keep nobody waiting, processes that die are replaced, none is left behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from civique.services import server

ROOT = Path(__file__).parent.parent.parent
SLOW = 60


def application():
    """An application that reads the body and says which process answered."""

    def answer(environ, start_response):
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()} {len(body)} {environ.get('HTTP_X_FORWARDED_FOR', '')}".encode()]

    return answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, "/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode().split(" ")
    finally:
        connection.close()


def until(condition):
    """Wait for something, half a minute at most."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.fixture
def start():
    """Starts servers of two threads a process; gives the process and its port."""
    with ExitStack() as stack:

        def run(workers, **settings):
            port = free_port()
            code = "from civique.services import server as s\n"
            code += "".join(f"s.{name} = {value}\n" for name, value in settings.items())
            code += f"s.serve('{__name__}:application', host='127.0.0.1', port={port}, workers={workers}, threads=2)"
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT))
            stack.callback(process.terminate)
            until(lambda: ask(port)[0] == 200)
            return process, port

        yield run


def slow_client(stack, port, first):
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
    client.sendall(first)
    return client


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\nsix by",
    ],
    ids=["headers", "body"],
)
def test_slow_clients_keep_nobody_waiting(start, first):
    _process, port = start(1)
    with ExitStack() as stack:
        slow = [slow_client(stack, port, first) for _ in range(SLOW)]
        for _ in range(20):
            assert ask(port)[0] == 200
        assert all(client.fileno() > 0 for client in slow)


def test_a_slow_body_arrives_all_the_same(start):
    _process, port = start(1)
    with ExitStack() as stack:
        client = slow_client(stack, port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n")
        for part in (b"four", b"four", b"four"):
            client.sendall(part)
            assert ask(port)[0] == 200
        client.settimeout(20)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert b" 12 " in answer.read()


def test_a_request_that_never_ends_is_closed(start):
    _process, port = start(1, PATIENCE=0.2)
    with ExitStack() as stack:
        client = slow_client(stack, port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\nsix by")
        client.settimeout(0.5)

        def closed():
            try:
                client.sendall(b"x")
                return client.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        until(closed)


def test_a_body_beyond_the_limit_is_refused_before_it_is_kept(start):
    _process, port = start(1, LARGEST_BODY=1000)
    assert ask(port, "POST", b"x" * 900)[0] == 200
    assert ask(port, "POST", b"x" * 2000)[0] == 413


def test_headers_of_a_proxy_reach_the_application(start):
    _process, port = start(1)
    assert ask(port, **{"X-Forwarded-For": "192.0.2.7"})[1][2] == "192.0.2.7"


def test_several_processes_share_the_port_and_one_that_dies_is_replaced(start):
    _process, port = start(2)
    seen = set()
    until(lambda: seen.add(ask(port)[1][0]) or len(seen) == 2)
    killed = seen.pop()
    os.kill(int(killed), signal.SIGKILL)
    until(lambda: ask(port)[1][0] not in {killed, *seen})


def test_all_end_with_the_first_process(start):
    process, port = start(2)
    process.terminate()
    assert process.wait(20) == 0
    with pytest.raises(OSError, match="refused"):
        ask(port)


def test_none_is_left_behind_when_the_first_process_is_killed(start):
    process, port = start(2)
    process.kill()
    process.wait()

    def nobody():
        try:
            ask(port)
        except ConnectionRefusedError:
            return True
        return False

    until(nobody)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        server.serve("x:y", host="127.0.0.1", port=taken.getsockname()[1], workers=1, threads=1)
