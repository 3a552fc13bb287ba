"""kill -9 of every part of a running instance, one after the other, while people write: what is lost, doubled, late."""

import http.client
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median

import psycopg

from civique.bench.figure import CannotMeasure, Measure, spread
from civique.bench.stage import Stage
from civique.bench.whole import Whole, supported
from civique.services.mail import read_folder, read_message
from civique.services.postgres import EmbeddedPostgres

KILLS = 150
LONGEST = 600.0
"""Seconds that the kills may last."""
CLIENTS = 4
PAUSE = 3.5
"""Seconds between two kills: some fall on a part that is only just there again."""
VICTIMS = ("worker", "web", "postgres", "relay", "worker", "valkey", "web", "worker", "postgres", "supervisor")
"""Who is killed, in turns."""
PATIENCE = 300.0
"""Seconds during which the last receipts are waited for."""


@dataclass
class Seen:
    """What people were told, and when pages did not answer."""

    acknowledged: dict[int, float] = field(default_factory=dict)
    """Moment of the acknowledgement of each question, by its number, in seconds since 1970."""
    outages: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    last_kill: float = 0.0


def measure(stage: Stage) -> list[Measure]:
    """Kill, let people write all along, then count what the database and the mailbox hold.

    Raises:
        CannotMeasure: not on Linux, or the instance does not come back.
    """
    if not supported():
        raise CannotMeasure("processes are found in /proc, which this system has not")
    folder = stage.folder / "chaos"
    folder.mkdir()
    stage.folder.chmod(0o755)
    whole, seen = Whole(folder), Seen()
    try:
        stage.say("starting an instance with its demonstration")
        whole.start()
        kills = min(stage.rounds or KILLS, KILLS)
        with _people(whole, seen), stage.steps() as progress:
            _kill(whole, seen, kills, progress(f"{kills} kills", kills))
            whole.wait_until_ready()
            time.sleep(2)
        stage.say("waiting for the last receipts")
        mails = _receipts(whole, seen)
        rows = _questions(whole)
    finally:
        whole.stop()
        EmbeddedPostgres(folder / "postgres").remove()
    return _measures(seen, mails, rows)


def _kill(whole: Whole, seen: Seen, kills: int, step: Callable[[], None]) -> None:
    chance, begun = random.Random(20), time.monotonic()  # noqa: S311  # which process of a part
    for part in itertools.islice(itertools.cycle(VICTIMS), kills):
        if time.monotonic() - begun > LONGEST - 2 * PAUSE:
            break
        if whole.kill_one(part, chance):
            seen.killed[part] += 1
            seen.last_kill = time.time()
        if part == "supervisor":
            assert whole.process is not None
            whole.process.wait(20)
            whole.start()
        step()
        time.sleep(PAUSE)


@contextmanager
def _people(whole: Whole, seen: Seen) -> Iterator[None]:
    """People who ask questions until told to stop, each sending the same form again until it is acknowledged, and one
    who looks whether pages answer."""
    stop, numbers = threading.Event(), itertools.count(1)
    crowd = [threading.Thread(target=_ask, args=(whole, seen, numbers, stop)) for _ in range(CLIENTS)]
    crowd.append(threading.Thread(target=_look, args=(whole, seen, stop)))
    for one in crowd:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in crowd:
            one.join()


def _ask(whole: Whole, seen: Seen, numbers: Iterator[int], stop: threading.Event) -> None:
    while not stop.is_set():
        number, filled = next(numbers), None
        while not stop.is_set():
            with suppress(OSError, http.client.HTTPException):
                filled = filled or whole.question(number)
                if filled and whole.request("POST", "/signaler", *filled).status == 303:
                    seen.acknowledged[number] = time.time()
                    break
            stop.wait(0.1)
        stop.wait(0.1)


def _look(whole: Whole, seen: Seen, stop: threading.Event) -> None:
    away = None
    while not stop.wait(0.05):
        now = time.monotonic()
        if whole.answers("/"):
            if away is not None:
                seen.outages.append(now - away)
            away = None
        elif away is None:
            away = now


def _receipts(whole: Whole, seen: Seen) -> dict[int, list[float]]:
    """Moments of the receipts of each acknowledged question, once all are there or nothing more is waited for."""
    deadline, folder = time.monotonic() + PATIENCE, whole.var / "mail"
    while True:
        found: dict[int, list[float]] = {}
        for message in read_folder(folder, 1_000_000):
            address = str(read_message(folder, message.name)["To"])
            if address.startswith("q") and address.endswith("@exemple.fr"):
                found.setdefault(int(address[1:].partition("@")[0]), []).append(int(message.name[:20]) / 1e9)
        if seen.acknowledged.keys() <= found.keys() or time.monotonic() > deadline:
            return found
        time.sleep(1)


def _questions(whole: Whole) -> Counter[int]:
    """How many rows there are of each question."""
    url = EmbeddedPostgres(whole.var / "postgres").url.replace("/postgres?", "/civique?")
    with psycopg.connect(url) as connection:
        (schema,) = connection.execute(
            "SELECT schema FROM platform.tenant WHERE slug = 'loire-authion-49'"
        ).fetchone() or ("",)
        rows = connection.execute(
            psycopg.sql.SQL("SELECT text FROM {}.question WHERE text LIKE 'Question %'").format(
                psycopg.sql.Identifier(schema)
            )
        ).fetchall()
    return Counter(int(text.partition(" ")[2]) for (text,) in rows)


def _measures(seen: Seen, mails: dict[int, list[float]], rows: Counter[int]) -> list[Measure]:
    acknowledged = seen.acknowledged
    delays = [min(mails[number]) - moment for number, moment in acknowledged.items() if number in mails]
    late = max(
        (min(moments) - seen.last_kill for number, moments in mails.items() if number in acknowledged), default=0
    )
    kinds = ", ".join(f"{count} {part}" for part, count in sorted(seen.killed.items()))
    outages = seen.outages or [0.0]
    return [
        Measure("Kills", seen.killed.total(), "", note=kinds),
        Measure("Questions acknowledged", len(acknowledged), "", note=f"{CLIENTS} people, all along"),
        Measure("… lost", sum(rows[number] == 0 for number in acknowledged), "", bar=0),
        Measure(
            "… doubled", sum(count > 1 for count in rows.values()), "", bar=0, note="sent again until acknowledged"
        ),
        Measure("Receipts missing", sum(number not in mails for number in acknowledged), "", bar=0),
        Measure("Receipts sent twice", sum(len(moments) > 1 for moments in mails.values()), "", bar=0),
        Measure("Last receipt after the last kill", max(late, 0.0), "s", bar=30),
        Measure("A receipt after its acknowledgement", median(delays or [0.0]), "s", note=spread(delays or [0.0])),
        Measure("Pages away after a kill", median(outages), "s", note=spread(outages)),
    ]
