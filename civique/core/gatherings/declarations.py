"""Kinds of gatherings, which modules declare in ``Manifest.gathering_kinds``, and what people may need there."""

from dataclasses import dataclass
from typing import Any

from civique.core.i18n import _l

NEEDS = {
    "diet": _l("Food: allergies, diet"),
    "access": _l("Access: wheelchair, interpreter, anything else"),
    "childcare": _l("Child-minding: names and ages"),
}
"""What a registration may ask people to say. Nobody has to answer; the words are erased soon after the gathering."""

REGISTRATION_STATES = {
    "invited": _l("invited"),
    "registered": _l("registered"),
    "waiting": _l("on the waiting list"),
    "declined": _l("does not come"),
    "cancelled": _l("registration withdrawn"),
}


@dataclass(frozen=True)
class GatheringKind:
    """A kind of gathering that a module plans with the pages of the core.

    Args:
        code: at most 20 characters; kept in ``Gathering.kind``, never given another meaning.
        permission: whoever has it plans gatherings of this kind, sees who registers and checks them in, beside those who
            have ``gatherings.record``.
        planned: whether the page that plans a gathering offers it; a committee plans its meetings on its own page.
    """

    code: str
    label: Any
    permission: str
    planned: bool = True
