"""The queues between the relay and the workers: one for what somebody waits for, one for the other messages, one for work."""

from dataclasses import dataclass

ENTRY = "civique.worker.perform"
"""The one function that a job of these queues calls."""


@dataclass(frozen=True)
class Lane:
    """A queue of its own. ``depth`` rows may be with the workers at once, ``share`` of them one commune's.

    Both are small: what is not yet in the queue can still let another commune go first.
    """

    name: str
    depth: int
    share: int

    @property
    def queue(self) -> str:
        """Its name in Valkey."""
        return f"civique-{self.name}"


CODES = Lane("codes", depth=20, share=5)
MESSAGES = Lane("messages", depth=20, share=5)
WORK = Lane("work", depth=10, share=2)
LANES = {lane.name: lane for lane in (CODES, MESSAGES, WORK)}
WORKERS = {"messages": (CODES, MESSAGES), "work": (WORK,)}
"""Which lanes each worker serves, in this order: a code leaves before a mailing, and neither waits for an archive."""
