"""Typed links between any two objects, and the chain of origins: « né de… » (§6 of the domain).

A link keeps the title and the path of each end as they were: a module that is off is still named, and no module needs to know
another's tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from civique.core import audit
from civique.core.base import Base, Created, Id, one_of
from tenants.session import TenantSession

KINDS = ("born_of", "follows", "story_of", "supports", "concerns")
LONGEST = 20


class Link(Base):
    """``from`` is born of, follows, tells or supports ``to``."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("from_type <> to_type OR from_id <> to_id", name="two_objects"),
        UniqueConstraint("kind", "from_id", "to_id", name="uq_link"),
        Index("ix_link_from_id", "from_id"),
        Index("ix_link_to_id", "to_id"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(12))
    from_type: Mapped[str] = mapped_column(String(60))
    from_id: Mapped[UUID]
    from_title: Mapped[str] = mapped_column(String(200))
    from_path: Mapped[str] = mapped_column(String(200))
    to_type: Mapped[str] = mapped_column(String(60))
    to_id: Mapped[UUID]
    to_title: Mapped[str] = mapped_column(String(200))
    to_path: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Created]


@dataclass(frozen=True)
class End:
    """One end of a link: a row, and how to name and reach it."""

    row: Any
    title: str
    path: str


def link(session: TenantSession, kind: str, source: End, target: End) -> Link:
    """Say that ``source`` is born of (follows, tells…) ``target``; said twice, it is one link.

    Raises:
        ValueError: it would make an object its own ancestor.
    """
    query = select(Link).where(Link.kind == kind, Link.from_id == source.row.id, Link.to_id == target.row.id)
    found = session.scalars(query).first()
    if found is not None:
        return found
    if kind == "born_of" and source.row.id in {step.to_id for step in origins(session, target.row)}:
        raise ValueError("an object cannot be its own origin")
    made = Link(
        kind=kind,
        from_type=source.row.__tablename__,
        from_id=source.row.id,
        from_title=source.title[:200],
        from_path=source.path,
        to_type=target.row.__tablename__,
        to_id=target.row.id,
        to_title=target.title[:200],
        to_path=target.path,
    )
    session.add(made)
    session.flush()
    audit.record(session, "link.made", source.row, kind=kind, to=target.row.id)
    return made


def unlink(session: TenantSession, kind: str, source: Any, target: Any) -> None:
    """Take a link back."""
    session.execute(delete(Link).where(Link.kind == kind, Link.from_id == source.id, Link.to_id == target.id))
    audit.record(session, "link.removed", source, kind=kind, to=target.id)


def links_of(session: TenantSession, row: Any) -> Sequence[Link]:
    """Every link of an object, on either end, oldest first."""
    query = select(Link).where(or_(Link.from_id == row.id, Link.to_id == row.id))
    return session.scalars(query.order_by(Link.created_at, Link.id)).all()


def origins(session: TenantSession, row: Any) -> Sequence[Link]:
    """Chain of what an object was born of: its parent first, then the parent's parent, at most twenty steps."""
    chain: list[Link] = []
    here = row.id
    while len(chain) < LONGEST:
        step = session.scalars(select(Link).where(Link.kind == "born_of", Link.from_id == here).limit(1)).first()
        if step is None:
            break
        chain.append(step)
        here = step.to_id
    return chain


def rename(session: TenantSession, row: Any, title: str) -> None:
    """An object has another title, or must lose one that named somebody."""
    session.execute(update(Link).where(Link.from_id == row.id).values(from_title=title[:200]))
    session.execute(update(Link).where(Link.to_id == row.id).values(to_title=title[:200]))


def forget(session: TenantSession, row: Any) -> None:
    """An object is gone: its links go with it."""
    session.execute(delete(Link).where(or_(Link.from_id == row.id, Link.to_id == row.id)))
