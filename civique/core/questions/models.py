"""Questions to the mairie."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from civique.core.base import Base, Created, Id
from civique.core.cases.models import CaseMixin, States, case_checks


class QuestionState(States):
    """States of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"


class Question(CaseMixin, Base):
    """What somebody asked, and what the mairie answered. Who has no record leaves a name and a way to be answered."""

    __tablename__ = "question"
    __table_args__ = (*case_checks(QuestionState), Index("ix_question_state_created_at", "state", "created_at"))
    shown_on_pages = False
    audit = "question."

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(String(4000))
    answer: Mapped[str | None] = mapped_column(String(4000))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    due_on: Mapped[date | None] = query_expression()

    @property
    def title(self) -> str:
        """Its first line, short enough for a list."""
        return self.text.partition("\n")[0][:120]
