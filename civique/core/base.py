"""What every table of a commune starts from."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import MetaData, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import DateTime
from uuid_utils.compat import uuid7

from tenants.models import NAMING

Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
Created = Annotated[datetime, mapped_column(server_default=text("clock_timestamp()"))]
ShortText = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(40))]
LongText = Annotated[str, mapped_column(String(20_000))]


class Base(DeclarativeBase):
    """Declarative base of a commune's tables: no schema in their names, the connection gives it."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class Versioned:
    """A row that two agents may edit at once: the second save is refused instead of overwriting the first.

    The form carries ``revision``; SQLAlchemy adds it to the UPDATE and raises ``StaleDataError`` when it moved.
    """

    revision: Mapped[int] = mapped_column(server_default="1", default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.revision}


def one_of(column: str, values: "tuple[str, ...] | list[str]") -> str:
    """SQL of a CHECK that a text column holds one of these words (rather than an enum type a schema)."""
    return "{} in ({})".format(column, ", ".join(f"'{value}'" for value in values))
