"""What residents would like to take part in, as any module may hear of it.

This event is of no service of the core: it stands here so that the module that hears a wish (new residents) and those
that answer it (volunteers, committees, projects) import them, and never each other.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class InterestTold:
    """Somebody would like to take part in something.

    Args:
        kind: ``volunteering``, ``bodies``, ``projects`` or ``neighbours``.
        origin: module that heard it, which is kept as the origin of what follows (``welcome``).
        object_type: table of the row where it was said; ``object_id`` its key.
    """

    person_id: UUID
    kind: str
    origin: str
    object_type: str
    object_id: UUID
    day: date
