"""What a message says, apart from how it is carried: typed, so that mail, letter and screen show the same words."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Content:
    """Words of a message.

    ``lines`` are label and value pairs shown as a small table; ``action`` is one link (label, path on the commune's site);
    ``reason`` says why the person receives this; ``case`` holds the four lines of the case that it speaks of.

    On a letter, the link of ``action`` is typed by nobody: with ``on_paper``, the letter names that page of the site instead,
    shows what is ``typed`` there (label and value pairs), and the link as a picture for a telephone.
    """

    subject: str
    paragraphs: tuple[str, ...]
    reason: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    code: str = ""
    action: tuple[str, str] | None = None
    case: tuple[tuple[str, str], ...] = ()
    on_paper: str = ""
    typed: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Content":
        """Content of a stored message."""
        action = value.get("action")
        return cls(
            subject=value.get("subject", ""),
            paragraphs=tuple(value.get("paragraphs", ())),
            reason=value.get("reason", ""),
            lines=tuple((label, text) for label, text in value.get("lines", ())),
            code=value.get("code", ""),
            action=(action[0], action[1]) if action else None,
            case=tuple((label, text) for label, text in value.get("case", ())),
            on_paper=value.get("on_paper", ""),
            typed=tuple((label, text) for label, text in value.get("typed", ())),
        )
