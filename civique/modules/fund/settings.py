"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FundSettings:
    """Delays of the fund, in days."""

    KEY: ClassVar[str] = "fund.settings"
    answer_days: int = 45
    show_amounts: bool = True
