"""What residents would like to take part in, and what they joined, as any module may hear of it.

These events are of no service of the core: they stand here so that the module that hears a wish (new residents) and those
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
        channel: by which it was said, one of ``civique.core.channels.CHANNELS``.
        object_type: table of the row where it was said; ``object_id`` its key.
    """

    person_id: UUID
    kind: str
    origin: str
    channel: str
    object_type: str
    object_id: UUID
    day: date


@dataclass(frozen=True)
class Joined:
    """Somebody takes part in something for good, and not only once.

    Args:
        kind: as for :class:`InterestTold`.
        object_type: table of the row that says it; ``object_id`` its key.
    """

    person_id: UUID
    kind: str
    object_type: str
    object_id: UUID
    day: date
