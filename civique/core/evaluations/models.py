"""The table of the yearly evaluations."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Code, Created, Id, Versioned

WORDS = ("introduction", "went_well", "to_change", "next_year")


class Evaluation(Versioned, Base):
    """The evaluation of a year of a module: words of the mairie around figures.

    ``figures``, and those of the year ``before``, are empty until they are frozen by the publication. ``source`` says where
    those of a year before the software were found: they were typed, and stay.
    """

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("module", "year"),)

    id: Mapped[Id]
    module: Mapped[Code]
    year: Mapped[int] = mapped_column(Integer)
    introduction: Mapped[str] = mapped_column(String(4000), default="")
    went_well: Mapped[str] = mapped_column(String(4000), default="")
    to_change: Mapped[str] = mapped_column(String(4000), default="")
    next_year: Mapped[str] = mapped_column(String(4000), default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(String(300), default="")
    published_at: Mapped[datetime | None]
    created_at: Mapped[Created]
