"""A small DNS server on loopback, which says what a test writes in it."""

import ipaddress
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

TYPES = {"A": 1, "CNAME": 5, "TXT": 16, "AAAA": 28}


class Dns:
    """Records by name and kind; what is asked of it, by UDP or by TCP."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.fails = False
        self.truncates = False
        self.asked: list[str] = []
        self.server: tuple[str, int] = ("127.0.0.1", 0)

    def answer(self, question: bytes, truncate: bool) -> bytes:
        """The answer to a question, compressed names included."""
        labels, place = [], 12
        while size := question[place]:
            labels.append(question[place + 1 : place + 1 + size].decode())
            place += 1 + size
        name, number = ".".join(labels), struct.unpack("!H", question[place + 1 : place + 3])[0]
        kind = next(kind for kind, of in TYPES.items() if of == number)
        values = [] if truncate else self.records.get((name, kind), [])
        known = any(there == name for there, _kind in self.records)
        flags = 0x8180 | (0x0200 if truncate else 0) | (2 if self.fails else 0 if known else 3)
        answer = question[:2] + struct.pack("!HHHHH", flags, 1, len(values), 0, 0) + question[12:]
        for value in values:
            data = _data(kind, value)
            answer += b"\xc0\x0c" + struct.pack("!HHIH", number, 1, 60, len(data)) + data
        return answer


def _data(kind: str, value: str) -> bytes:
    if kind in {"A", "AAAA"}:
        return ipaddress.ip_address(value).packed
    if kind == "TXT":
        text = value.encode()
        return b"".join(bytes([len(text[n : n + 200])]) + text[n : n + 200] for n in range(0, len(text), 200))
    return b"".join(bytes([len(label)]) + label.encode() for label in value.split(".")) + b"\0"


@pytest.fixture
def dns() -> Iterator[Dns]:
    """The server, which listens by UDP and by TCP at ``dns.server``."""
    zone = Dns()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            zone.asked.append("udp")
            socket.sendto(zone.answer(data, zone.truncates), self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            zone.asked.append("tcp")
            size = struct.unpack("!H", self.rfile.read(2))[0]
            answer = zone.answer(self.rfile.read(size), False)
            self.wfile.write(struct.pack("!H", len(answer)) + answer)

    tcp = socketserver.TCPServer(("127.0.0.1", 0), Tcp)
    udp = socketserver.UDPServer(tcp.server_address, Udp)
    zone.server = ("127.0.0.1", tcp.server_address[1])
    servers: tuple[Any, ...] = (tcp, udp)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield zone
    for server in servers:
        server.shutdown()
        server.server_close()
