"""How a module says what an organisation sees and does in its space of « Mon compte »."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OrganisationCard:
    """What a module shows to whoever speaks for an organisation.

    Args:
        lines: what there is, each a text, or a text and the path of its page.
        links: what may be done: label and path. The pages behind them ask ``represented``.
    """

    title: Any
    lines: Sequence[Any | tuple[Any, str]] = ()
    links: Sequence[tuple[Any, str]] = ()
