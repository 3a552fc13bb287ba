"""What happens to people that modules may want to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PeopleMerged:
    """Two records became one; told before the rows are moved, so that a module can settle what would clash."""

    kept_id: UUID
    double_id: UUID
