"""The DNS is read as it answers, and what cannot be read says nothing."""

import socket
import threading

import pytest

from civique.services.dns import DnsFailed, lookup, system_servers

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


@pytest.mark.parametrize(
    "change",
    [
        lambda question: b"",
        lambda question: question[:5],
        lambda question: b"??" + question[2:],
        lambda question: question,
        lambda question: question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:] + b"\xc0\xff",
        lambda question: question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:] + b"\xc0" + bytes([len(question)]),
        lambda question: question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\1",
        lambda question: question[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + question[12:].replace(b"exemple", b"example"),
    ],
    ids=["empty", "cut", "another number", "a question", "a far pointer", "in circles", "short data", "another name"],
)
def test_an_answer_that_is_none_says_nothing(change):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve():
            question, client = server.recvfrom(512)
            server.sendto(change(question), client)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(DnsFailed):
            lookup(NAME, "A", [server.getsockname()])
        thread.join()


def test_the_resolvers_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr("civique.services.dns.RESOLVERS", tmp_path / "resolv.conf")
    assert system_servers() == [("127.0.0.1", 53)]
    (tmp_path / "resolv.conf").write_text("# here\nnameserver 192.0.2.53\nsearch exemple.fr\nnameserver 2001:db8::53\n")
    assert system_servers() == [("192.0.2.53", 53), ("2001:db8::53", 53)]
