"""An administrator reads the audit trail in words: every action that the code notes has its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from civique.web.audit_labels import labels

ROOT = Path(__file__).parent.parent.parent
# The trail of the platform is its own; what it notes in a commune's is said as the rest.
OF_THE_PLATFORM = ("subscription.", "outbox.", "tenant.")


def actions_in(source: str) -> Iterator[str]:
    """Actions that a file gives to ``record``, also one of two; those with a state in their name are not read here."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "record":
            for value in ast.walk(call.args[1]) if len(call.args) > 1 else ():
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value:
                    yield value.value


def actions() -> set[str]:
    """Those of the whole software."""
    files = (ROOT / "civique").rglob("*.py")
    return {action for file in files for action in actions_in(file.read_text()) if not action.endswith("_")}


def test_every_action_of_the_trail_is_said_in_words():
    noted = {action for action in actions() if not action.startswith(OF_THE_PLATFORM)}
    assert len(noted) > 150, "they are read in the code"
    assert sorted(noted - set(labels())) == []


def test_an_action_without_words_is_seen():
    written = 'audit.record(session, "a.done" if done else "a.undone", row)\nrecord(session, f"b.{state}", row)'
    assert set(actions_in(written)) == {"a.done", "a.undone", "b."}, "of a computed one, what is written"
