"""One effect a form, however often it is sent: the second click finds what the first one made."""

from uuid import UUID

from sqlalchemy import String, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created
from tenants.session import TenantSession


class Submission(Base):
    """A form that was sent, and the page that its effect led to."""

    __tablename__ = "submission"
    __table_args__ = {"info": {"export": False}}
    shown_on_pages = False

    key: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(500), default="/")
    created_at: Mapped[Created]


def claim(session: TenantSession, key: UUID) -> str | None:
    """Take a form's key in this transaction; a double click waits here for the first to end.

    Returns:
        None the first time; then the page that the first one led to.
    """
    query = insert(Submission).values(key=key, path="/").on_conflict_do_nothing().returning(Submission.key)
    if session.execute(query).scalar_one_or_none() is not None:
        return None
    return session.execute(select(Submission.path).where(Submission.key == key)).scalar_one()


def hold(session: TenantSession, key: UUID) -> None:
    """Be alone with this key until the transaction ends; whoever comes meanwhile waits.

    A row, not an advisory lock: those are shared by all communes, so that one could keep another waiting.
    """
    query = insert(Submission).values(key=key, path="/")
    session.execute(query.on_conflict_do_update(index_elements=["key"], set_={"path": Submission.path}))


def note(session: TenantSession, key: UUID, path: str) -> None:
    """Remember where the effect of a form leads."""
    session.execute(update(Submission).where(Submission.key == key).values(path=path[:500]))
