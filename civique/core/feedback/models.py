"""What was answered to short questionnaires."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Code, Created, Id, one_of
from civique.core.channels import CHANNELS


class FeedbackSheet(Base):
    """What somebody answered about one object, most often without saying who they are.

    ``answers`` are rates and choices by question, None for « ne se prononce pas »; ``words`` what was written, which goes
    before the figures do.
    """

    __tablename__ = "feedback_sheet"
    __table_args__ = (
        CheckConstraint(one_of("channel", tuple(CHANNELS)), name="channel"),
        Index("ix_feedback_sheet_object_id", "object_id", "questionnaire"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(unique=True)
    questionnaire: Mapped[Code]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    object_title: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    answers: Mapped[dict[str, Any]]
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Created]
