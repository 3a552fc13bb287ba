"""Which process runs what: a file is run by one process, as its fixtures want; the long files come first, so that no
process ends alone; each test of the crawl is by itself; a folder whose files share what is long to make is one."""

from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

BY_ITSELF = "tests/journeys/test_every_page.py::"
TOGETHER = "tests/faults/whole/"
LONG = ("tests/faults/", "tests/bench/", "tests/services/")


class FilesLongestFirst(LoadScopeScheduling):
    """``--dist loadscope`` in the order of the collection, with the tests of the crawl apart."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(TOGETHER):
            return TOGETHER
        return nodeid if nodeid.startswith(BY_ITSELF) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Ours in place of xdist's."""
    return FilesLongestFirst(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser, real servers or kills first, then those with most tests."""
    tests = Counter(item.path for item in items)
    slow = {item.path for item in items if "live" in getattr(item, "fixturenames", ()) or item.nodeid.startswith(LONG)}
    items.sort(
        key=lambda item: (not item.nodeid.startswith(BY_ITSELF), item.path not in slow, -tests[item.path], item.path)
    )
