"""The port of a start: one that is being left is waited for, one that stays taken is not."""

import socket
import threading

import pytest

from civique.embedded import free_within


@pytest.fixture
def taken():
    """A socket that listens on a port of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def test_a_port_that_is_being_left_is_waited_for(taken):
    """After a kill -9 of the supervisor its web server still answers for a moment: the next start is not refused."""
    leaving = threading.Timer(0.5, taken.close)
    leaving.start()
    assert free_within(30, taken.getsockname()[1])
    leaving.join()


def test_a_port_that_stays_taken_is_said(taken):
    assert not free_within(0, taken.getsockname()[1])
