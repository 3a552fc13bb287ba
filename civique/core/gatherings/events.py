"""What happens at gatherings that modules may want to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class GatheringJoined:
    """Somebody came to a gathering: told when they are checked in or noted present, and again when that is corrected.

    Args:
        kind: code of its ``GatheringKind``.
        person_id: their record; None for somebody whom the commune does not know.
        came: how many came with them, themselves included; 0 when what was told before was a mistake.
    """

    gathering_id: UUID
    kind: str
    person_id: UUID | None
    came: int
