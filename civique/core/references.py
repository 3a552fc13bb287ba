"""Short references for people and paper: FIC-2026-0042, counted a year and a prefix, never reused."""

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from civique.core import clock
from civique.core.base import Base
from tenants.session import TenantSession


class ReferenceCounter(Base):
    """Last number given for a prefix and a year."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def next_reference(session: TenantSession, prefix: str) -> str:
    """Take the next reference of this year. Two at once wait for each other; a rolled back one leaves no gap."""
    query = text(
        "INSERT INTO reference_counter (prefix, year, last) VALUES (:prefix, :year, 1) "
        "ON CONFLICT (prefix, year) DO UPDATE SET last = reference_counter.last + 1 RETURNING last"
    )
    year = clock.today().year
    last = session.execute(query, {"prefix": prefix, "year": year}).scalar_one()
    return f"{prefix}-{year}-{last:04}"
