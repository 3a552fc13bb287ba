"""The DNS is read as it answers, and what cannot be read says nothing."""

import socket
import threading

import pytest

from civique.services.dns import DnsFailed, lookup

NAME = "participer.exemple.fr"


def test_values_of_each_kind(dns):
    dns.records = {
        (NAME, "A"): ["192.0.2.1", "192.0.2.2"],
        (NAME, "AAAA"): ["2001:db8::1"],
        (NAME, "CNAME"): ["Blou-49.Participe.example"],
        (NAME, "TXT"): ["civique=blou-49", "x" * 600],
    }
    assert lookup(NAME, "A", [dns.server]) == {"192.0.2.1", "192.0.2.2"}
    assert lookup(NAME, "AAAA", [dns.server]) == {"2001:db8::1"}
    assert lookup(NAME, "CNAME", [dns.server]) == {"blou-49.participe.example"}
    assert lookup(NAME, "TXT", [dns.server]) == {"civique=blou-49", "x" * 600}
    assert lookup("autre.exemple.fr", "A", [dns.server]) == frozenset()


def test_a_long_answer_is_asked_again_by_tcp(dns):
    dns.truncates, dns.records = True, {(NAME, "TXT"): ["civique=blou-49"]}
    assert lookup(NAME, "TXT", [dns.server]) == {"civique=blou-49"}
    assert dns.asked == ["udp", "tcp"]


def test_a_server_that_fails_leaves_the_turn_to_the_next(dns):
    dns.records = {(NAME, "A"): ["192.0.2.1"]}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = nobody.getsockname()
    assert lookup(NAME, "A", [closed, dns.server]) == {"192.0.2.1"}
    dns.fails = True
    with pytest.raises(DnsFailed):
        lookup(NAME, "A", [dns.server])


def test_an_answer_of_somebody_else_says_nothing(monkeypatch):
    """Another number than that of the question."""
    monkeypatch.setattr("civique.services.dns.SECONDS", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve():
            question, client = server.recvfrom(512)
            server.sendto(b"??" + question[2:4] + b"\0\1\0\0\0\0\0\0" + question[12:], client)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(DnsFailed):
            lookup(NAME, "A", [server.getsockname()])
        thread.join()


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".fr"])
def test_a_name_that_is_none(dns, name):
    with pytest.raises(DnsFailed):
        lookup(name, "A", [dns.server])
