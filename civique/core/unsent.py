"""What somebody wrote and could not send, because their session or their form's token had ended: kept an hour at most.

Kept in the commune's schema, for the browser that sent it and, when its ended session named somebody, for that person only.
It is never sent by itself.
"""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from civique.core import clock
from civique.core.base import Base, Created
from civique.core.outbox import enqueue
from tenants.session import TenantSession

Fields = list[tuple[str, str]]

LIFE = timedelta(hours=1)
MOST_BYTES = 64_000
MOST_KEPT = 200
"""Forms of a commune at once: whoever sends nonsense fills 13 MB, and takes this help away from others for an hour."""


class UnsentForm(Base):
    """The fields of a form that did not leave, and its address; files are not kept."""

    __tablename__ = "unsent_form"
    __table_args__ = (Index("ix_unsent_form_person_id", "person_id"), {"info": {"export": False}})
    shown_on_pages = False

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[str] = mapped_column(Text)
    with_files: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]

    def pairs(self) -> Fields:
        """Names and values, in the order of the form."""
        return [(name, value) for name, value in json.loads(self.fields)]


def keep(
    session: TenantSession, browser: bytes, person_id: UUID | None, path: str, fields: Fields, *, with_files: bool
) -> UUID | None:
    """Keep a form for an hour.

    Args:
        browser: hash of what the cookie of this browser holds.
        person_id: whom the ended session named.

    Returns:
        Identifier to ask for it again; None when it is too large, or when too many are kept in this commune.
    """
    written = json.dumps(fields, ensure_ascii=True)
    forget_old(session)
    kept = session.execute(select(func.count()).select_from(UnsentForm)).scalar_one()
    if len(written) > MOST_BYTES or len(path) > 500 or kept >= MOST_KEPT:
        return None
    row = UnsentForm(browser_hash=browser, person_id=person_id, path=path, fields=written, with_files=with_files)
    session.add(row)
    session.flush()
    enqueue(session, "core.forget_unsent", due_at=clock.now() + LIFE)
    return row.id


def find(session: TenantSession, identifier: UUID, browser: bytes, person_id: UUID | None) -> UnsentForm | None:
    """The form that this browser could not send; None for another browser or person, and after an hour."""
    row = session.get(UnsentForm, identifier)
    if row is None or row.browser_hash != browser or row.created_at < clock.now() - LIFE:
        return None
    return row if row.person_id in (None, person_id) else None


def forget(session: TenantSession, browser: bytes, path: str) -> None:
    """Nothing is kept any more of a form that this browser has now sent."""
    session.execute(delete(UnsentForm).where(UnsentForm.browser_hash == browser, UnsentForm.path == path))


def forget_old(session: TenantSession) -> None:
    """Nothing is kept beyond an hour."""
    session.execute(delete(UnsentForm).where(UnsentForm.created_at < clock.now() - LIFE))
