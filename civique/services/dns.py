"""What the DNS says of a name: a question over UDP, over TCP when the answer is too long (RFC 1035)."""

import ipaddress
import secrets
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

TYPES = {"A": 1, "CNAME": 5, "TXT": 16, "AAAA": 28}
SECONDS = 2.0
"""That a server has to answer."""
MOST_JUMPS = 64
"""Pointers followed in one name: more can only turn in circles."""
RESOLVERS = Path("/etc/resolv.conf")
Server = tuple[str, int]


class DnsFailed(Exception):
    """No server gave an answer that can be read; it says nothing of the name."""


def lookup(name: str, kind: str, servers: Sequence[Server] = ()) -> frozenset[str]:
    """Values of a name, in lower case but for texts; none when it has no record of this kind. A CNAME on the way is
    followed by the resolver, not here.

    Args:
        kind: one of TYPES.
        servers: address and port of the resolvers to ask, those of this machine by default.

    Raises:
        DnsFailed: nobody answers, or the answer is an error.
    """
    question = _question(name, kind)
    for server in servers or system_servers():
        try:
            return frozenset(_values(_ask(question, server), TYPES[kind]))
        except (OSError, ValueError, IndexError, struct.error):
            continue
    raise DnsFailed(name)


def system_servers() -> list[Server]:
    """Resolvers of this machine."""
    try:
        lines = [line.split() for line in RESOLVERS.read_text().splitlines()]
    except OSError:
        lines = []
    return [(words[1], 53) for words in lines if len(words) > 1 and words[0] == "nameserver"] or [("127.0.0.1", 53)]


def _question(name: str, kind: str) -> bytes:
    labels = [label.encode("ascii") for label in name.rstrip(".").split(".")]
    if not all(0 < len(label) < 64 for label in labels):
        raise DnsFailed(name)
    asked = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    # A number that cannot be guessed: an answer that somebody else sends is not taken for the server's.
    return struct.pack("!HHHHHH", secrets.randbits(16), 0x0100, 1, 0, 0, 0) + asked + struct.pack("!HH", TYPES[kind], 1)


def _ask(question: bytes, server: Server) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.settimeout(SECONDS)
        udp.connect(server)
        udp.send(question)
        answer = udp.recv(65_535)
    if answer[:2] == question[:2] and answer[2] & 0x02:  # truncated
        with socket.create_connection(server, SECONDS) as tcp, tcp.makefile("rb") as stream:
            tcp.sendall(struct.pack("!H", len(question)) + question)
            answer = stream.read(struct.unpack("!H", stream.read(2))[0])
    if answer[:2] != question[:2] or not answer[2] & 0x80 or answer[12 : len(question)] != question[12:]:
        raise ValueError("not the answer to this question")
    return answer


def _values(answer: bytes, kind: int) -> list[str]:
    code, count = answer[3] & 0x0F, struct.unpack("!H", answer[6:8])[0]
    if code not in {0, 3}:  # an answer, or no such name
        raise ValueError(f"the server answers with error {code}")
    place = _name(answer, 12)[1] + 4
    found = []
    for _record in range(count):
        place = _name(answer, place)[1]
        of, _class, _life, length = struct.unpack("!HHIH", answer[place : place + 10])
        place += 10
        if of == kind:
            found.append(_value(answer, place, length, kind))
        place += length
    return found


def _value(answer: bytes, place: int, length: int, kind: int) -> str:
    data = answer[place : place + length]
    if len(data) != length:
        raise ValueError("cut short")
    if kind in {TYPES["A"], TYPES["AAAA"]}:
        return str(ipaddress.ip_address(data))
    if kind == TYPES["CNAME"]:
        return _name(answer, place)[0].lower()
    text, at = b"", 0
    while at < length:
        text += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return text.decode("utf-8", "replace")


def _name(answer: bytes, place: int) -> tuple[str, int]:
    """A name that may point to another one, and the place after it."""
    labels, after, jumps = [], 0, 0
    while size := answer[place]:
        if size >= 0xC0:
            after = after or place + 2
            place = (size & 0x3F) << 8 | answer[place + 1]
            jumps += 1
            if jumps > MOST_JUMPS:
                raise ValueError("a name in circles")
        else:
            labels.append(answer[place + 1 : place + 1 + size].decode("ascii"))
            place += 1 + size
    return ".".join(labels), after or place + 1
