"""What a module says of its objects that are told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from civique.core.base import Base
from civique.core.people.models import Person
from tenants.session import TenantSession

Step = Literal["note", "write", "publish"]
"""What is about to be done: note a day or a photo, write the story, publish it."""


@dataclass(frozen=True)
class Told:
    """An object, as its story tells it.

    Args:
        path: its page for whoever carries it out.
        desk_path: its page at the town hall.
        public_path: its page for everybody; empty when it has none.
        applicant_id: whose photos are kept, exported and erased; None when nobody is left.
        organisation: that carries it out, which everybody reads; empty for residents, who are not named.
        draft: words that its story may begin with.
    """

    title: str
    path: str
    desk_path: str
    public_path: str = ""
    applicant_id: UUID | None = None
    organisation: str = ""
    territory_id: UUID | None = None
    draft: str = ""


@dataclass(frozen=True)
class ToldSubject:
    """Objects of a module that are told. The core locks them before each step.

    Args:
        model: their table.
        describe: what is told of one.
        may_follow: whether a person carries it out: notes its days and its photos, sees those of others.
        check: raises ``Refused`` when a step cannot be taken now; « publish » when the applicant has not agreed.
        read: permission that seeing the photos asks at the town hall.
        manage: permission that noting, writing and publishing ask there.
    """

    model: type[Base]
    describe: Callable[[TenantSession, Any], Told]
    may_follow: Callable[[TenantSession, Any, Person | None], bool]
    check: Callable[[TenantSession, Any, Step], None]
    read: str
    manage: str
