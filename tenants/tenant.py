"""One commune as the processes know it. No database here: the relay needs no more."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Tenant:
    """One commune as the processes know it. Its schema and its role share one opaque name."""

    id: UUID
    slug: str
    insee: str
    siren: str | None
    name: str
    schema: str
    key_version: int
    modules: frozenset[str]
    state: str
    state_reason: str | None
    time_zone: str
    trial_ends_on: date | None
    demonstration: bool
    hosts: tuple[str, ...] = field(default=())

    @property
    def role(self) -> str:
        """Login role, which is also the schema's name."""
        return self.schema

    @property
    def is_platform(self) -> bool:
        """True for the apex itself, which is a place like a commune but has no commune's data."""
        return self.schema == "platform"

    @property
    def read_only(self) -> bool:
        """A suspended commune can be read and exported, not changed."""
        return self.state == "suspended"


# States of a commune whose schema is whole: one that is being created or removed may have none yet, or none any more.
WITH_SCHEMA = ("open", "suspended", "closed")
PLATFORM = Tenant(
    id=UUID(int=0),
    slug="",
    insee="",
    siren=None,
    name="Civique",
    schema="platform",
    key_version=1,
    modules=frozenset(),
    state="open",
    state_reason=None,
    time_zone="Europe/Paris",
    trial_ends_on=None,
    demonstration=False,
)
