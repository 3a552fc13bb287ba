"""« make run » whose servers die while it starts: it says so, and is there all the same."""

import time

import pytest

from civique.bench.whole import Whole
from civique.services.mail import read_folder


@pytest.fixture
def starting(tmp_path):
    """An instance that is told to start, and not waited for."""
    tmp_path.chmod(0o755)
    (tmp_path / "var").mkdir()
    made = Whole(tmp_path / "var")
    made.wait_until_ready, wait = lambda: None, made.wait_until_ready
    try:
        made.start()
        made.wait_until_ready = wait
        yield made
    finally:
        made.stop()


def test_its_servers_die_while_it_prepares_the_database(starting):
    """PostgreSQL three times and Valkey once, before the first page; then a message leaves."""
    for part in ("postgres", "postgres", "valkey", "postgres"):
        starting.kill_once_there(part, 60)
        time.sleep(1.0)
    starting.wait_until_ready(240)
    assert starting.process.poll() is None
    assert "It is tried again" in starting.log
    assert starting.ask(1)
    deadline = time.monotonic() + 240
    while not any("q1@exemple.fr" in message.recipients for message in read_folder(starting.var / "mail", 1000)):
        assert time.monotonic() < deadline, "the receipt does not leave"
        time.sleep(0.5)
