"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.i18n import _l
from civique.core.settings import setting


@dataclass(frozen=True)
class VolunteeringSettings:
    """Delays, and how long somebody who left is named."""

    KEY: ClassVar[str] = "volunteering.settings"
    contact_days: int = setting(7, _l("Days to get in touch with a volunteer"), least=2, most=60)
    mission_days: int = setting(10, _l("Days to go through a mission with who proposes it"), least=2, most=60)
    kept_months: int = setting(24, _l("Months after which a volunteer who left is no longer named"), least=6, most=120)
