"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FundSettings:
    """Delays of the fund in days, the analysis grid, and what residents may say of applications (off by default).

    ``endorsements``: residents support applications under examination whose applicant agreed; ``comments``: they also comment, which
    needs ``endorsements``.

    ``preset`` is what the first fund of the commune starts from, as the module was chosen in the catalogue (LO-1).

    ``siret`` is the commune's own, for open data; empty, it is that of the first establishment of its SIREN.
    """

    KEY: ClassVar[str] = "fund.settings"
    answer_days: int = 45
    complete_days: int = 30
    report_days: int = 60
    show_amounts: bool = True
    endorsements: bool = False
    comments: bool = False
    siret: str = ""
    preset: str = "citizen_fund"
    criteria: tuple[str, ...] = (
        "Utile à plusieurs habitants",
        "Porté par plusieurs personnes",
        "Réalisable avec les moyens dits",
        "Respectueux de l’environnement",
    )
