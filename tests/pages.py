"""What the tests that open every page need to know of a module, and the files where each module says it.

A module's tests bring ``routes.txt``, its routes with what each asks, and ``pages.py``, whose ``PAGES`` says the rest; a
module that needs nothing of it has no ``pages.py``. The core has them here beside the matrix.
"""

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MODULE = os.environ.get("MODULE", "")
"""The only module whose pages are tried, when not all are (``make test MODULE=fund``)."""
ROOT = Path(__file__).parent.parent
CORE = "tests.architecture"


@dataclass(frozen=True)
class Crawl:
    """The pages of a module as somebody finds them, by following links.

    Args:
        person: SQL that finds the id of who follows them.
        begin: where they begin.
        least: how many routes of the module are opened, at least.
    """

    person: str
    begin: tuple[str, ...]
    least: int


@dataclass(frozen=True)
class Pages:
    """What the tests that open every page need to know of a module.

    Args:
        tables: table of an argument of an address that bears another name (``request_id`` names ``request``, or a table
            that ends so, by itself).
        fill: ``fill(session, world)`` writes what the demonstration does not show.
        crawls: by a name for who follows the links.
        several: how many objects of a route a crawl opens, where one does not tell enough.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    fill: Callable[[Any, Any], None] = lambda session, world: None
    crawls: Mapping[str, Crawl] = field(default_factory=dict)
    several: Mapping[str, int] = field(default_factory=dict)


def package_of(module: str) -> str:
    """Package of a module's tests."""
    if module in {"core", "platform"}:
        return CORE
    return "tests.sample" if module == "sample" else f"tests.modules.{module}"


def routes_of(module: str) -> Path:
    """File that lists a module's routes; the core's has those of the apex too."""
    return ROOT / package_of(module).replace(".", "/") / "routes.txt"


@cache
def pages_of(module: str) -> Pages:
    """What a module's tests say of its pages."""
    name = f"{package_of(module)}.pages"
    found: Pages = importlib.import_module(name).PAGES if find_spec(name) else Pages()
    return found
