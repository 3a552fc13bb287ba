"""How long something takes, in minutes: read as people write it, told in words."""

import re

from civique.core.i18n import gettext as _

_HOURS = r"(?P<hours>[0-9]{1,3})"
_MINUTES = r"(?:m|mn|min|minutes?)"
_WRITTEN = (
    re.compile(rf"{_HOURS}(?:[.,](?P<part>[0-9]{{1,2}}))?(?:h|heures?|hours?)?"),
    re.compile(rf"{_HOURS}(?:h|heures?|hours?|:)(?:et)?(?P<minutes>[0-5]?[0-9]){_MINUTES}?"),
    re.compile(rf"(?P<minutes>[0-9]{{1,4}}){_MINUTES}"),
)


def read_duration(text: str) -> int:
    """Minutes of « 2 », « 2,5 », « 2 h 30 », « 2:30 » or « 45 min »: a number alone is hours.

    Raises:
        ValueError: it says nothing of the kind.
    """
    compact = "".join(text.casefold().split())
    found = next((match for written in _WRITTEN if (match := written.fullmatch(compact))), None)
    if found is None:
        raise ValueError(text)
    said = found.groupdict()
    hours = float(f"{said.get('hours') or 0}.{said.get('part') or 0}")
    return round(hours * 60) + int(said.get("minutes") or 0)


def duration(minutes: int | None) -> str:
    """Minutes in words: « 1 h 30 »; nothing when it is not known, or none."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min", minutes=rest)
    return _("%(hours)s h %(minutes)s", hours=hours, minutes=f"{rest:02}") if rest else _("%(hours)s h", hours=hours)
