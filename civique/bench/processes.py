"""What the kernel says of processes: who started whom, the processor time they took, the memory they hold. Linux only."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from civique.bench.figure import CannotMeasure

PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """A process and all those that it started, directly or not."""
    parents: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name between parentheses may itself hold spaces and parentheses.
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found.extend(parents.get(one, []))
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody has waited for does not."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def told() -> bool:
    """Whether this kernel has /proc."""
    return (PROC / "self" / "stat").exists()


class ProcessorClock:
    """Processor seconds, user and system, that processes and all those that they started have taken.

    /proc/<pid>/stat counts in hundredths of a second, more than a page takes; the clock of a process counts in
    nanoseconds.
    """

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self._pids: list[int] = []
        self.find()

    def find(self) -> None:
        """Look again for the processes that there are."""
        self._pids = sorted({pid for root in self._roots for pid in family(root)})

    def read(self) -> dict[int, float]:
        """Seconds of each process since it began."""
        seconds = {}
        for pid in self._pids:
            with suppress(OSError):
                # What clock_getcpuclockid(3) answers for a process, on Linux.
                seconds[pid] = time.clock_gettime(~pid << 3 | 2)
        return seconds

    def since(self, before: Mapping[int, float]) -> float:
        """Seconds of all since they were read; what one took that has ended meanwhile is not known."""
        return sum(now - before[pid] for pid, now in self.read().items() if pid in before)


def taken(*roots: int) -> float:
    """Processor seconds that processes and all those that they started have taken, those that have ended included: what a
    parent waited for is counted with it. In hundredths of a second: for work of many seconds."""
    ticks = 0
    for pid in {pid for root in roots for pid in family(root)}:
        with suppress(OSError):
            # After the name: user and system time, of the process and of its children that have ended.
            ticks += sum(map(int, (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Held:
    """Megabytes (10⁶ bytes) that processes hold.

    ``pss``: a page shared by n processes, whoever they are, counts 1/n. ``rss``: it counts in each of ours. ``alone``:
    it counts once for all of ours, as if nobody else on the machine had the same libraries open.
    """

    pss: float
    rss: float
    alone: float


def memory(*pids: int) -> Held:
    """What processes hold together.

    Raises:
        CannotMeasure: this kernel does not tell.
    """
    if not (PROC / "self" / "smaps").exists():
        raise CannotMeasure("The memory of processes is read from /proc/<pid>/smaps, which only Linux has.")
    pss = rss = own = 0
    files: dict[str, int] = {}
    for pid in pids:
        for place, of_file, sizes in _mappings(pid):
            pss += sizes["Pss"]
            rss += sizes["Rss"]
            own += sizes["Private_Dirty"] if of_file else sizes["Pss"]
            if of_file:
                files[place] = max(files.get(place, 0), sizes["Rss"] - sizes["Private_Dirty"])
    unit = 1024 / 1e6
    return Held(pss * unit, rss * unit, (own + sum(files.values())) * unit)


def _mappings(pid: int) -> Iterator[tuple[str, bool, dict[str, int]]]:
    """Mappings of a process: which part of which file (or none), and their sizes in kibibytes."""
    place, of_file = "", False
    sizes: dict[str, int] = {}
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps").read_text().splitlines():
            words = line.split()
            if not words[0].endswith(":"):
                if sizes:
                    yield place, of_file, sizes
                _, _, offset, device, inode, *_rest = words
                place, of_file, sizes = f"{device} {inode} {offset}", inode != "0", {}
            elif len(words) == 3:
                sizes[words[0].rstrip(":")] = int(words[1])
    if sizes:
        yield place, of_file, sizes
