"""Tables of indicators. A blank has no label; a measure that was validated is never changed, a new version replaces it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.answers.models import CHANNELS
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.indicators import periods
from civique.core.indicators.figures import NATURES, STORED, Figure, Qualifier

POLARITIES = ("up", "down", "none")
SOURCES = ("computed", "manual")
MEASURE_SOURCES = ("computed", "manual", "history")
STATUSES = ("to_date", "frozen", "superseded")
Amount = Numeric(18, 4)


def _fits(qualifier: str, value: str, lower: str, upper: str) -> str:
    """SQL of a CHECK that a figure means something, as :class:`~civique.core.indicators.figures.Figure` does."""
    single = f"{value} IS NOT NULL AND {lower} IS NULL AND {upper} IS NULL"
    return (
        f"({qualifier} in ('exact', 'about', 'more_than') AND {single})"
        f" OR ({qualifier} = 'range' AND {value} IS NULL AND {lower} IS NOT NULL AND {upper} IS NOT NULL AND {lower} <= {upper})"
        f" OR ({qualifier} = 'unknown' AND {value} IS NULL AND {lower} IS NULL AND {upper} IS NULL)"
    )


class Indicator(Versioned, Base):
    """Something followed from period to period. Without label it is a blank, an invitation to define it.

    ``first_period`` is the year in which N begins; a reason says why it is not the first whole period. ``people``: it
    counts people, so small numbers are protected. ``dated``: it can be counted to a day. ``origin_*``: the object of a
    module that it follows (an action of a plan). ``action``: words of that object, to group the list.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        CheckConstraint(f"nature IS NULL OR {one_of('nature', NATURES)}", name="nature"),
        CheckConstraint("label = '' OR nature IS NOT NULL", name="label_has_nature"),
        CheckConstraint(one_of("period_kind", periods.KINDS), name="period_kind"),
        CheckConstraint("horizon BETWEEN 1 AND 6", name="horizon"),
        CheckConstraint(one_of("polarity", POLARITIES), name="polarity"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("first_period BETWEEN 1900 AND 2200", name="first_period"),
        CheckConstraint("first_period_reason = '' OR first_period IS NOT NULL", name="first_period_reason"),
        CheckConstraint("source = 'manual' OR label <> ''", name="computed_has_label"),
        CheckConstraint(
            "(defined_on IS NULL) = (meeting = '') AND (defined_on IS NULL) = (defined_by_id IS NULL)",
            name="definition",
        ),
        CheckConstraint(_fits("target_qualifier", "target_value", "target_lower", "target_upper"), name="target"),
        Index("uq_indicator_code", "code", unique=True),
        Index("ix_indicator_module", "module", "position"),
        Index("ix_indicator_origin", "origin_type", "origin_id"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(80))
    module: Mapped[str] = mapped_column(String(40), default="core")
    action: Mapped[str] = mapped_column(String(200), default="")
    origin_type: Mapped[str | None] = mapped_column(String(60))
    origin_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(String(200), default="")
    folded: Mapped[str] = mapped_column(String(420), default="")
    nature: Mapped[str | None] = mapped_column(String(14))
    unit: Mapped[str] = mapped_column(String(60), default="")
    period_kind: Mapped[str] = mapped_column(String(8), default="civil")
    first_period: Mapped[int | None]
    first_period_reason: Mapped[str] = mapped_column(String(400), default="")
    horizon: Mapped[int] = mapped_column(default=1)
    polarity: Mapped[str] = mapped_column(String(4), default="up")
    source: Mapped[str] = mapped_column(String(8), default="manual")
    by_territory: Mapped[bool] = mapped_column(default=False)
    public: Mapped[bool] = mapped_column(default=False)
    people: Mapped[bool] = mapped_column(default=True)
    dated: Mapped[bool] = mapped_column(default=False)
    to_complete: Mapped[bool] = mapped_column(default=False)
    target_qualifier: Mapped[str] = mapped_column(String(9), default="unknown")
    target_value: Mapped[Decimal | None] = mapped_column(Amount)
    target_lower: Mapped[Decimal | None] = mapped_column(Amount)
    target_upper: Mapped[Decimal | None] = mapped_column(Amount)
    definition: Mapped[str] = mapped_column(String(2000), default="")
    defined_on: Mapped[date | None]
    defined_by_id: Mapped[UUID | None]
    meeting: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[Created]

    @property
    def blank(self) -> bool:
        """Whether it waits for its definition."""
        return not self.label

    @property
    def said_unit(self) -> str:
        """The unit beside a figure in words: nothing where the figure bears its sign already (« 35 % », « 120 € »)."""
        return "" if self.unit in {"%", "€"} and self.nature != "count" else self.unit

    @property
    def target(self) -> Figure:
        """What is aimed at, unknown when nothing was said."""
        return Figure(self.target_value, Qualifier(self.target_qualifier), self.target_lower, self.target_upper)


class Measure(Base):
    """The figure of an indicator for a period, or for a part of it (territory, channel, category).

    One row a part is in force (``to_date`` or ``frozen``); the others are superseded and stay readable. The territory keeps
    its name of the time. ``base``: number of answers or cases that a percentage rests on.
    """

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint(one_of("qualifier", STORED), name="qualifier"),
        CheckConstraint(_fits("qualifier", "value", "lower", "upper"), name="figure"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint(one_of("source", MEASURE_SOURCES), name="source"),
        CheckConstraint("source = 'computed' OR (author_id IS NOT NULL AND note <> '')", name="signed"),
        CheckConstraint("(frozen_at IS NULL) = (frozen_by_id IS NULL)", name="validation"),
        CheckConstraint("status <> 'frozen' OR frozen_at IS NOT NULL", name="frozen"),
        CheckConstraint(f"channel = '' OR {one_of('channel', CHANNELS)}", name="channel"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("base >= 0", name="base"),
        Index(
            "uq_measure_in_force",
            "indicator_id",
            "period",
            "territory_id",
            "channel",
            "category",
            unique=True,
            postgresql_where=text("status <> 'superseded'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_measure_version",
            "indicator_id",
            "period",
            "territory_id",
            "channel",
            "category",
            "version",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"))
    period: Mapped[int]
    territory_id: Mapped[UUID | None]
    territory_name: Mapped[str] = mapped_column(String(120), default="")
    channel: Mapped[str] = mapped_column(String(10), default="")
    category: Mapped[str] = mapped_column(String(80), default="")
    qualifier: Mapped[str] = mapped_column(String(9))
    value: Mapped[Decimal | None] = mapped_column(Amount)
    lower: Mapped[Decimal | None] = mapped_column(Amount)
    upper: Mapped[Decimal | None] = mapped_column(Amount)
    words: Mapped[str] = mapped_column(String(2000), default="")
    base: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10), default="to_date")
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(8), default="computed")
    note: Mapped[str] = mapped_column(String(1000), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    author_id: Mapped[UUID | None]
    at: Mapped[Created]
    frozen_at: Mapped[datetime | None]
    frozen_by_id: Mapped[UUID | None]

    @property
    def figure(self) -> Figure:
        """What was measured."""
        return Figure(self.value, Qualifier(self.qualifier), self.lower, self.upper)

    @property
    def part(self) -> tuple[UUID | None, str, str]:
        """Which part of the period's figure it is; all empty for the figure itself."""
        return self.territory_id, self.channel, self.category
