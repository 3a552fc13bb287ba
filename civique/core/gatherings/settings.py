"""How long what is said to come to a gathering is kept."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.i18n import _l
from civique.core.settings import setting


@dataclass(frozen=True)
class GatheringSettings:
    """Durations, counted from the end of a gathering."""

    KEY: ClassVar[str] = "core.gatherings"
    needs_days: int = setting(
        30,
        _l("Needs (food, access, child-minding), in days"),
        hint=_l("They may tell somebody’s health: they are erased as soon as nobody needs them any more."),
        least=1,
        most=90,
    )
    names_months: int = setting(
        12,
        _l("Names of those who registered, in months"),
        hint=_l("The numbers stay. What a training of a series gave stays with the record of the person."),
        least=1,
        most=36,
    )
