"""How many times a commune's content changed: what a page's ETag is made of. See :mod:`tenants.changes`."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from tenants.changes import COUNT
from tenants.session import TenantSession


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


@event.listens_for(TenantSession, "after_rollback")
def _forget_change(session: Session) -> None:
    session.info.pop("changed", None)


@event.listens_for(TenantSession, "before_commit")
def _count_change(session: Session) -> None:
    # Last of all: whoever else changes something waits for this row. The end of a savepoint is not the end.
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop("changed", False):
        session.execute(COUNT)
