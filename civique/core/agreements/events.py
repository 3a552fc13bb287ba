"""What becomes of an agreement, told to modules in the same transaction. A listener may raise ``Refused``.

``paragraphs`` are added to the message that its applicant then receives, each made in the applicant's language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from civique.core.agreements.models import Agreement

Paragraphs = list[Callable[[], Iterable[str]]]


@dataclass(frozen=True)
class AgreementDrawnUp:
    """An agreement was written, or written again, about an object."""

    agreement: Agreement
    about: Any


@dataclass(frozen=True)
class AgreementOffered:
    """Both sides are asked to sign."""

    agreement: Agreement
    about: Any


@dataclass(frozen=True)
class AgreementSigned:
    """Both sides have signed: it is in force."""

    agreement: Agreement
    about: Any
    paragraphs: Paragraphs = field(default_factory=list)


@dataclass(frozen=True)
class AgreementBroken:
    """The commune ended it. ``repay_cents`` is what it asks back; None for all that was paid."""

    agreement: Agreement
    about: Any
    because: str
    repay_cents: int | None = None
    paragraphs: Paragraphs = field(default_factory=list)
