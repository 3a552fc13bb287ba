"""``make run``, the second time: from the command to the first page."""

import subprocess
from pathlib import Path
from time import perf_counter

from civique.bench.figure import Measure, middle, spread
from civique.bench.instance import clean_environment, free_port, stop, wait_for
from civique.bench.stage import Stage
from civique.embedded import COMMAND

ROUNDS = 3
SLUG = "loire-authion-49"
"""A commune of the demonstration."""


def measure(stage: Stage) -> list[Measure]:
    """Seconds until a commune's home page answers: the very first start, then starts on what it left."""
    rounds = stage.rounds or ROUNDS
    folder = stage.folder / "start"
    folder.mkdir()
    stage.say("first start, which fills the demonstration")
    first = _start(folder, patience=300)
    stage.say(f"{rounds} starts more")
    warm = [_start(folder) for _ in range(rounds)]
    return [
        Measure(
            "Start of « civique up » on a filled folder, until a page answers",
            middle(warm),
            "s",
            bar=5,
            note=spread(warm),
        ),
        Measure("Very first start, with the demonstration to make", first, "s"),
    ]


def _start(folder: Path, patience: float = 60) -> float:
    """Start, wait for the page, stop; gives the seconds until the page."""
    port = free_port()
    environment = clean_environment(folder, port)
    with (folder.parent / "start.log").open("ab") as log:
        start = perf_counter()
        program = subprocess.Popen([*COMMAND, "up"], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(port, f"{SLUG}.civique.localhost:{port}", "/", patience)
            return perf_counter() - start
        finally:
            stop(program)
