"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.i18n import _l
from civique.core.settings import setting


@dataclass(frozen=True)
class WelcomeSettings:
    """Whether households declare themselves on the site, the delays, and how long a household is known by name."""

    KEY: ClassVar[str] = "welcome.settings"
    open: bool = setting(True, _l("New households may declare themselves on the site"))
    greeting: str = setting(
        "",
        _l("A word of the mayor at the top of the kit"),
        hint=_l("Two or three sentences. Without one, the kit begins with the first steps."),
        most=600,
    )
    edition: str = setting(
        "", _l("Edition of the kit"), hint=_l("For instance 2027. It is noted on each kit."), most=40
    )
    kit_days: int = setting(15, _l("Days to hand over the kit"), least=2, most=60)
    greet_days: int = setting(21, _l("Days within which somebody greets the household"), least=3, most=120)
    remind_months: int = setting(6, _l("Months after which the household is asked for news"), least=1, most=11)
    kept_months: int = setting(12, _l("Months after which a household is anonymised"), least=6, most=24)
