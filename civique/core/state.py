"""How many times a commune's content changed: what a page's ETag is made of, so that 304 costs one short query."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, event, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from civique.core.base import Base
from tenants.session import TenantSession


class SiteState(Base):
    """A single row, counted up by every transaction that changes something."""

    __tablename__ = "site_state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, default=1)


def version(session: TenantSession) -> int:
    """Number of the commune's content."""
    number: int = session.execute(text("SELECT version FROM site_state")).scalar_one()
    return number


@event.listens_for(TenantSession, "after_flush")
def _note_change(session: Session, context: Any) -> None:
    if any(getattr(row, "shown_on_pages", True) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info["changed"] = True


@event.listens_for(TenantSession, "do_orm_execute")
def _note_statement(execution: ORMExecuteState) -> None:
    """What an UPDATE or a DELETE of many rows changes is seen on pages as well."""
    if execution.is_update or execution.is_delete or execution.is_insert:
        mapper = execution.bind_mapper
        if mapper is None or getattr(mapper.class_, "shown_on_pages", True):
            execution.session.info["changed"] = True


@event.listens_for(TenantSession, "before_commit")
def _count_change(session: Session) -> None:
    # Last of all: whoever else changes something waits for this row. The end of a savepoint is not the end.
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop("changed", False):
        session.execute(text("UPDATE site_state SET version = version + 1"))
