"""A whole instance, as ``make run`` starts it, in a folder of its own, with durable settings.

Its first start, which fills the demonstration, is done once for the files of this folder: one process runs them.
"""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civique.bench.whole import Whole


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an instance keeps once it was started, and stopped."""
    folder = tmp_path_factory.mktemp("whole")
    made = Whole(open_to_servers(folder))
    try:
        made.start()
    finally:
        made.stop()
    return made.var


@pytest.fixture
def whole(started_once: Path, tmp_path: Path) -> Iterator[Callable[..., Whole]]:
    """Gives an instance that was started once, not running, with settings; whatever runs of it is stopped at the end."""
    made: list[Whole] = []

    def give(**settings: str) -> Whole:
        var = open_to_servers(tmp_path)
        subprocess.run(["cp", "-a", f"{started_once}/.", var], check=True)  # the servers' files are their own user's
        made.append(Whole(var, **settings))
        return made[-1]

    yield give
    for instance in made:
        instance.stop()


def open_to_servers(folder: Path) -> Path:
    """A folder in this one, which the unprivileged user of the servers may enter."""
    folder.chmod(0o755)
    (folder / "var").mkdir()
    return folder / "var"
