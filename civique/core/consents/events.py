"""What happens to consents that others must know of at once."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A person no longer agrees, or leaves: told in the same transaction, so that what relied on it ends with it."""

    person_id: UUID
    kind: str
    medium: str
