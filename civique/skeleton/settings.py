"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.i18n import _l
from civique.core.settings import setting


@dataclass(frozen=True)
class SkeletonSettings:
    """Whether residents may ask on the site, delays, and how long a request names who asked."""

    KEY: ClassVar[str] = "skeleton.settings"
    open: bool = setting(True, _l("Residents may send a request on the site"))
    answer_days: int = setting(15, _l("Days to answer a request"), least=2, most=60)
    kept_months: int = setting(24, _l("Months after which a request that is over names nobody"), least=6, most=120)
