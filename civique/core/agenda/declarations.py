"""What a module shows in the agenda besides the events that it plans."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Day:
    """A day that matters: a fund closes, a call opens. One an object (``row``) at most, so that it moves in the telephones.

    Lists of events show it as one that lasts all day; ``where`` is the name of the module, which the house fills in.
    """

    row: Any
    title: str
    starts_at: date
    path: str
    where: str = ""
    all_day: bool = True
    state: str = "planned"
