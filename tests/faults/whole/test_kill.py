"""kill -9 of each part of a running instance, several times, while people write: what was acknowledged is there once."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest

from civique.bench.whole import PARTS
from civique.core.config import ROOT
from civique.services.mail import read_folder, read_message


@pytest.fixture
def instance(whole):
    made = whole()
    made.start()
    return made


def test_what_was_acknowledged_is_there_once(instance):
    """Questions are asked all along; every part dies twice; each acknowledged question has one receipt, sent once."""
    acknowledged: list[int] = []
    stop = threading.Event()

    def people() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with suppress(OSError, http.client.HTTPException):
                if instance.ask(number):
                    acknowledged.append(number)
            stop.wait(0.15)

    crowd = threading.Thread(target=people)
    crowd.start()
    try:
        for name in ("worker", "relay", "valkey", "web", "postgres", "supervisor", "worker", "valkey", "postgres"):
            time.sleep(1.5)
            instance.kill_once_there(name)
            if name == "supervisor":
                assert instance.process is not None
                instance.process.wait(10)
                instance.start()
            else:
                instance.wait_until_ready()
    finally:
        stop.set()
        crowd.join()
    assert len(acknowledged) > 10

    wanted = {f"q{number}@exemple.fr" for number in acknowledged}
    deadline = time.monotonic() + 600  # a job that failed five times waits nearly three minutes
    while time.monotonic() < deadline:
        folder = instance.var / "mail"
        sent = Counter(read_message(folder, m.name)["To"] for m in read_folder(folder, 10_000))
        if wanted <= set(sent):
            break
        time.sleep(1)
    assert wanted - set(sent) == set(), "a receipt is missing"
    assert {address: n for address, n in sent.items() if address in wanted and n > 1} == {}, "a receipt left twice"


def test_small_faults_and_a_clean_end(instance):
    """A queue that answers no more does not stop a question; a taken port is said; Ctrl-C leaves nothing behind."""
    valkey = instance.pids("valkey")[0]
    os.kill(valkey, signal.SIGSTOP)
    try:
        assert instance.ask(1)
    finally:
        os.kill(valkey, signal.SIGCONT)

    environment = {**instance.environment, "CIVIQUE_VAR": f"{instance.var}-2"}
    command = [sys.executable, "-m", "civique.cli", "up"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"Port {instance.port} is taken" in done.stderr

    assert instance.process is not None
    instance.process.send_signal(signal.SIGINT)
    assert instance.process.wait(30) == 0
    for part in PARTS:
        assert instance.pids(part) == [], part
