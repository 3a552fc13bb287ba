"""Lists of what has a date: what comes, soonest first, or what is over, latest first."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

from civique.core.agenda.models import Event
from civique.core.i18n import _l
from civique.web.desk_list import Asked, Filter

OVER = "passe"


def when(condition: Callable[[str], ColumnElement[bool]]) -> Filter:
    """The tabs « À venir » and « Passé »."""
    labels = {"a-venir": _l("To come"), OVER: _l("Over")}
    return Filter("quand", _l("Period"), labels, condition, default="a-venir", tabs=True)


def by_date(asked: Asked) -> Any:
    """Order of such a list."""
    return Event.starts_at.desc() if asked.codes["quand"] == OVER else Event.starts_at
