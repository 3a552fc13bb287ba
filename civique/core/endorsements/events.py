"""What is asked of the module of an object before something is said of it. Who forbids it raises ``Refused``."""

from dataclasses import dataclass
from typing import Any

from civique.core.endorsements.models import Comment
from civique.core.people.models import Person


@dataclass(frozen=True)
class EndorsementAsked:
    """A person wants to endorse an object, which is locked."""

    row: Any
    person: Person


@dataclass(frozen=True)
class CommentAsked:
    """A person wants to write a comment on an object."""

    row: Any
    person: Person


@dataclass(frozen=True)
class ModerationAsked:
    """Somebody at the mairie wants to publish a comment, or to refuse it."""

    comment: Comment
    publish: bool
