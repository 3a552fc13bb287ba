"""Where figures are measured: the options of the command, progress on the terminal, an instance at the first need."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from civique.bench import contents
from civique.bench.instance import Instance
from tenants.tenant import Tenant

Step = Callable[[], None]


@dataclass
class Stage:
    """What every figure receives. ``communes`` and ``rounds`` replace the number that a figure would take."""

    communes: int | None = None
    rounds: int | None = None
    console: Console = field(default_factory=lambda: Console(stderr=True))
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="civique-bench-")))

    @cached_property
    def instance(self) -> Instance:
        """Servers in the temporary folder, started at the first figure that needs them."""
        made = Instance(self.folder / "instance")
        self.__dict__["instance"] = made  # known to ``close`` even when a server does not start
        made.start()
        return made

    @cached_property
    def lived_in(self) -> tuple[Tenant, dict[str, str]]:
        """The commune that the modules filled, and the paths of its public pages by name."""
        self.say("filling a commune")
        tenant = self.instance.open("49307", *contents.names())
        return tenant, contents.fill(tenant)

    def plain(self, number: int) -> list[Tenant]:
        """Communes with the core alone, made when they are missing."""
        with self.steps() as progress:
            return self.instance.communes(number, progress)

    def say(self, sentence: str) -> None:
        """Tell what is being done."""
        self.console.print(f"  {sentence}", style="dim", highlight=False)

    @contextmanager
    def steps(self) -> Iterator[Callable[[str, int], Step]]:
        """Bars for long work: ``progress(label, total)`` gives what to call at each step. One line without a terminal."""
        columns = TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(
            *columns, console=self.console, transient=True, refresh_per_second=2, disable=not self.console.is_terminal
        ) as bars:

            def progress(label: str, total: int) -> Step:
                if not self.console.is_terminal:
                    self.say(label)
                task = bars.add_task(label, total=total)
                return lambda: bars.advance(task)

            yield progress

    def close(self) -> None:
        """Stop what was started and delete the temporary folder."""
        try:
            if "instance" in self.__dict__:
                self.instance.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
