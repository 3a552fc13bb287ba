"""One effect a form, however often it is sent: the second click finds what the first one made."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import LargeBinary, String, select, update
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
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    created_at: Mapped[Created]


@dataclass(frozen=True)
class Earlier:
    """What a first sending of the same form did.

    Args:
        path: the page that it led to.
        same: whether it said the same.
    """

    path: str
    same: bool


def claim(session: TenantSession, key: UUID, content_hash: bytes = b"") -> Earlier | None:
    """Take a form's key in this transaction; a double click waits here for the first to end.

    Args:
        content_hash: of what the form says: the answer of a first sending may be lost, and something be added since.

    Returns:
        None the first time.
    """
    query = insert(Submission).values(key=key, path="/", content_hash=content_hash).on_conflict_do_nothing()
    if session.execute(query.returning(Submission.key)).scalar_one_or_none() is not None:
        return None
    first = session.execute(select(Submission.path, Submission.content_hash).where(Submission.key == key)).one()
    return Earlier(first.path, first.content_hash == content_hash)


def find(session: TenantSession, key: UUID) -> str | None:
    """Page that the effect of a form led to; None when it had none."""
    return session.execute(select(Submission.path).where(Submission.key == key)).scalar_one_or_none()


def remember(session: TenantSession, key: UUID, path: str) -> None:
    """Note, without taking the key beforehand, where the effect of a form leads."""
    query = insert(Submission).values(key=key, path=path[:500], content_hash=b"")
    session.execute(query.on_conflict_do_update(index_elements=["key"], set_={"path": path[:500]}))


def hold(session: TenantSession, key: UUID) -> None:
    """Be alone with this key until the transaction ends; whoever comes meanwhile waits.

    A row, not an advisory lock: those are shared by all communes, so that one could keep another waiting.
    """
    query = insert(Submission).values(key=key, path="/", content_hash=b"")
    session.execute(query.on_conflict_do_update(index_elements=["key"], set_={"path": Submission.path}))


def note(session: TenantSession, key: UUID, path: str) -> None:
    """Remember where the effect of a form leads."""
    session.execute(update(Submission).where(Submission.key == key).values(path=path[:500]))
