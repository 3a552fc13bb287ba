"""Tables that all cases share, and what the table of a case starts from."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, relationship, validates

from civique.core import channels
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.documents.models import StoredFile
from civique.core.folding import fold
from civique.core.people.models import Person
from civique.core.territory.models import Territory

LONGEST_STATE = 20
BANK_WORDS = frozenset({"rib", "iban", "bic", "bank", "banque", "bancaire", "bancaires"})


class States:
    """Codes of the states of a case: a subclass has one constant for each."""

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """Every code, in the order of their declaration."""
        return tuple(value for name, value in vars(cls).items() if name.isupper() and isinstance(value, str))


class CaseStep(Base):
    """A step of a case: the state it entered, when, by whom, why. Never changed."""

    __tablename__ = "case_step"
    __table_args__ = (Index("ix_case_step_object_id", "object_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(LONGEST_STATE))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor_id: Mapped[UUID | None]
    motive: Mapped[str] = mapped_column(String(2000), default="")


class MissingItem(Base):
    """Something that the applicant must still give; without label, something that they added of their own accord."""

    __tablename__ = "missing_item"
    __table_args__ = (Index("ix_missing_item_object_id", "object_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[Created]
    given_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(2000), default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))

    file: Mapped[StoredFile | None] = relationship()

    @property
    def added(self) -> bool:
        """Whether nobody asked for it."""
        return not self.label

    @property
    def bank(self) -> bool:
        """Whether bank details are asked (« Un RIB »): their paper is for who pays."""
        return not BANK_WORDS.isdisjoint(fold(self.label).split())


class CaseMixin(Versioned):
    """What every case has. Its table adds what is its own and, in ``__table_args__``, ``*case_checks(States)``.

    A case of somebody whom the commune has no record of has no applicant: its own table then holds how to answer.
    """

    id: Any
    audit: ClassVar[str]
    """First part of its actions in the audit trail: entering a state writes ``<audit><state>``."""

    reference: Mapped[str | None] = mapped_column(String(20), unique=True)
    channel: Mapped[str] = mapped_column(String(10), default="web")
    state: Mapped[str] = mapped_column(String(LONGEST_STATE))

    @declared_attr
    def applicant_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """Who asks, when the commune has a record of them."""
        return mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    @declared_attr
    def territory_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """Where it is about; None for the whole commune."""
        return mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))

    @declared_attr
    def assignee_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """Who at the mairie has it."""
        return mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)

    @declared_attr
    def applicant(cls) -> Mapped[Person | None]:  # noqa: N805
        """Who asks."""
        return relationship(Person, foreign_keys=[cls.applicant_id])  # type: ignore[list-item]

    @declared_attr
    def assignee(cls) -> Mapped[Person | None]:  # noqa: N805
        """Who at the mairie has it."""
        return relationship(Person, foreign_keys=[cls.assignee_id])  # type: ignore[list-item]

    @declared_attr
    def territory(cls) -> Mapped[Territory | None]:  # noqa: N805
        """Where it is about."""
        return relationship(Territory)

    @declared_attr
    def steps(cls) -> Mapped[list[CaseStep]]:  # noqa: N805
        """Its steps, oldest first; deleted with it."""
        return relationship(
            CaseStep,
            primaryjoin=lambda: cls.id == foreign(CaseStep.object_id),
            order_by=CaseStep.at,
            cascade="all, delete-orphan",
            overlaps="steps",
        )

    @declared_attr
    def missing(cls) -> Mapped[list[MissingItem]]:  # noqa: N805
        """What is or was missing, asked first; deleted with it."""
        return relationship(
            MissingItem,
            primaryjoin=lambda: cls.id == foreign(MissingItem.object_id),
            order_by=MissingItem.asked_at,
            cascade="all, delete-orphan",
            overlaps="missing",
        )

    @validates("steps", "missing")
    def _belongs(self, _name: str, row: Any) -> Any:
        row.object_type = type(self).__tablename__  # type: ignore[attr-defined]
        return row


def case_checks(states: type[States]) -> tuple[Any, ...]:
    """Constraints of the table of a case."""
    return (
        CheckConstraint(one_of("state", states.all()), name="state"),
        CheckConstraint(one_of("channel", tuple(channels.CHANNELS)), name="channel"),
    )
