"""How a module says what it asks people, about which of its objects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from civique.core.base import Base
from civique.core.i18n import _l

SCALE = {1: _l("1, not at all"), 2: "2", 3: "3", 4: "4", 5: _l("5, entirely")}
"""Rates, with their words."""


@dataclass(frozen=True)
class Scale:
    """A statement rated from 1 (not at all) to 5 (entirely); None is « ne se prononce pas »."""

    code: str
    label: Any


@dataclass(frozen=True)
class Choice:
    """One of several answers, code and words."""

    code: str
    label: Any
    choices: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Words:
    """A few words, at most 1,000 characters."""

    code: str
    label: Any


Question = Scale | Choice | Words


def title_of(row: Any) -> str:
    """Title of an object that has one, or a name."""
    return str(getattr(row, "title", "") or getattr(row, "name", ""))


@dataclass(frozen=True)
class Questionnaire:
    """What is asked about the objects of one class.

    Args:
        code: unique in the house, at most 30 characters.
        questions: each with its own code, which is also the name of its field: neither ``once`` nor ``channel``.
        model: the class of what it is about: pages ask for it.
        title: names one of them.
    """

    code: str
    label: Any
    questions: tuple[Question, ...]
    model: type[Base] | None = None
    title: Callable[[Any], str] = title_of

    @property
    def purpose(self) -> str:
        """Of the passes that open it."""
        return f"feedback.{self.code}"
