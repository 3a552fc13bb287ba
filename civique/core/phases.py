"""« Où en est-on ? » (§1.6): the ordered phases of a process, done, current or to come; a late one keeps both dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from civique.core import audit, clock
from civique.core.base import Base, Id
from tenants.session import TenantSession


class Phase(Base):
    """One phase: planned and real dates, for whom, what one may do, and the figure noted when it closed."""

    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("object_id", "position", name="uq_phase"),
        CheckConstraint("planned_to IS NULL OR planned_from IS NULL OR planned_to >= planned_from", name="planned"),
        CheckConstraint("ended_on IS NULL OR (started_on IS NOT NULL AND ended_on >= started_on)", name="real"),
        Index("ix_phase_object_id", "object_id"),
    )

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    audience: Mapped[str] = mapped_column(String(120), default="")
    what: Mapped[str] = mapped_column(String(600), default="")
    planned_from: Mapped[date | None]
    planned_to: Mapped[date | None]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    figure: Mapped[str] = mapped_column(String(120), default="")

    def state(self, today: date) -> str:
        """``done``, ``now`` or ``todo``: real dates first, the plan where nobody noted any."""
        if self.ended_on is not None:
            return "done"
        if self.started_on is not None:
            return "now"
        if self.planned_from is None or self.planned_from > today:
            return "todo"
        return "done" if self.planned_to is not None and self.planned_to < today else "now"

    def late(self, today: date) -> bool:
        """Whether it ended, or goes on, after what was planned."""
        if self.planned_to is None:
            return False
        end = self.ended_on or (today if self.started_on else None)
        return end is not None and end > self.planned_to


@dataclass(frozen=True)
class Planned:
    """What one wants of a phase."""

    title: str
    planned_from: date | None = None
    planned_to: date | None = None
    audience: str = ""
    what: str = ""


def phases(session: TenantSession, about: Any) -> Sequence[Phase]:
    """Phases of an object, in order."""
    return session.scalars(select(Phase).where(Phase.object_id == about.id).order_by(Phase.position)).all()


def plan(session: TenantSession, about: Any, wanted: Sequence[Planned]) -> Sequence[Phase]:
    """Replace the plan of an object. Phases that keep their rank keep their real dates and figures."""
    known = {phase.position: phase for phase in phases(session, about)}
    for position, facts in enumerate(wanted):
        phase = known.pop(position, None) or Phase(
            object_type=about.__tablename__, object_id=about.id, position=position
        )
        for name, value in vars(facts).items():
            setattr(phase, name, value)
        session.add(phase)
    session.execute(delete(Phase).where(Phase.id.in_([phase.id for phase in known.values()])))
    session.flush()
    audit.record(session, "phase.planned", about, phases=len(wanted))
    return phases(session, about)


def start_phase(session: TenantSession, phase: Phase, on: date | None = None) -> None:
    """A phase begins; the plan stays beside it."""
    phase.started_on = on or clock.today()
    session.flush()
    audit.record(session, "phase.started", phase)


def close_phase(session: TenantSession, phase: Phase, figure: str = "", on: date | None = None) -> None:
    """A phase is over, with the figure that goes with it (« 43 propositions »).

    Raises:
        ValueError: it would end before it began.
    """
    day = on or clock.today()
    phase.started_on = phase.started_on or min(phase.planned_from or day, day)
    if day < phase.started_on:
        raise ValueError("a phase cannot end before it begins")
    phase.ended_on, phase.figure = day, figure
    session.flush()
    audit.record(session, "phase.closed", phase)
