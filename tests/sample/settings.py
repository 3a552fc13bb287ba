"""Settings of the sample module."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Rounds:
    """How often the lorry comes, in days, whether it stops at each door, and whether residents support collections."""

    KEY: ClassVar[str] = "sample.rounds"
    days: int = 7
    at_the_door: bool = True
    supports: bool = True
