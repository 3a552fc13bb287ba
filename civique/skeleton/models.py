"""Tables."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created, Id
from civique.core.cases.models import CaseMixin, States, case_checks


class RequestState(States):
    """States of a request."""

    RECEIVED = "received"
    TO_COMPLETE = "to_complete"
    ADVISED = "advised"
    AGREED = "agreed"
    REFUSED = "refused"


class SkeletonRequest(CaseMixin, Base):
    """What somebody asks, and from which day to which day."""

    __tablename__ = "skeleton_request"
    __table_args__ = (
        *case_checks(RequestState),
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_skeleton_request_state_created_at", "state", "created_at"),
    )
    shown_on_pages = False
    audit = "skeleton.request_"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(2000))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[Created]
