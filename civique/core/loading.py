"""Reading at little cost: which collections of an object have rows, which rows have one of some constant values."""

from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, any_, bindparam, exists, inspect, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload, lazyload, load_only
from sqlalchemy.orm.attributes import InstrumentedAttribute, set_committed_value

from civique.core.base import Base
from tenants.session import TenantSession


def among(column: ColumnElement[str] | InstrumentedAttribute[str], values: Iterable[str]) -> ColumnElement[bool]:
    """The column has one of these constant values. ``in_`` writes a parameter for each, again at every execution."""
    return column == any_(literal(list(values), ARRAY(String)))


def ask_together(session: TenantSession, queries: tuple[Select[Any], ...]) -> dict[Select[Any], Any]:
    """The value that each of these queries gives, all asked in one statement; they are constants of the manifests."""
    if not queries:
        return {}
    return dict(zip(queries, session.execute(_asked_together(queries)).one(), strict=True))


@lru_cache(maxsize=128)
def _asked_together(queries: tuple[Select[Any], ...]) -> Select[Any]:
    return select(*(query.scalar_subquery() for query in queries))


def read_collection(session: TenantSession, row: Base, name: str) -> None:
    """Read a collection of an object that refers to its key, in its order. A lazy load writes its statement again at each
    page, for twice the cost."""
    found = session.scalars(_collection(type(row), name), {"id": _key(row)}).unique().all()
    set_committed_value(row, name, found)


@cache
def _collection(model: type[Base], name: str) -> Select[Any]:
    relation = inspect(model).relationships[name]
    refers = relation.local_remote_pairs[0][1] == bindparam("id")
    return select(relation.mapper.class_).where(refers).order_by(*(relation.order_by or ()))


def read_together(session: TenantSession, row: Base, names: Iterable[str]) -> None:
    """Read several things that an object holds in one statement. Their rows multiply: for what has few of them."""
    wanted = tuple(sorted(names))
    if wanted:
        session.scalars(_together(type(row), wanted), {"id": _key(row)}).unique().all()


@cache
def _together(model: type[Base], names: tuple[str, ...]) -> Select[Any]:
    (key,) = inspect(model).primary_key
    read = [joinedload(getattr(model, name)) for name in names]
    query: Select[Any] = select(model).options(lazyload("*"), load_only(getattr(model, key.name)), *read)
    return query.where(key == bindparam("id"))


def _key(row: Base) -> Any:
    (key,) = inspect(row).identity or ()
    return key


class Holdings:
    """What the objects of a class may hold, asked in one statement so that what is empty is not read one by one.

    The statement is written once: writing it costs more than sending it.
    """

    def __init__(self, model: type[Base], names: Iterable[str], **others: ColumnElement[bool]) -> None:
        """Say what to ask.

        Args:
            names: collections of the class, or what it has at most one of, with one column that refers to ``id``.
            others: other conditions, by name. ``bindparam("id")`` is the object; further parameters come with ``of``.
        """
        self.model, self.names, self.others = model, tuple(names), others

    def of(self, session: TenantSession, row: Any, **values: Any) -> set[str]:
        """Names that hold rows, or whose condition is true; the others of the object are known to be empty."""
        answers = session.execute(self._query, {"id": row.id, **values}).mappings().one()
        held = {name for name, answer in answers.items() if answer}
        for name in set(self.names) - held:
            set_committed_value(row, name, [] if self._relations[name].uselist else None)
        return held

    @cached_property
    def _relations(self) -> Any:
        return inspect(self.model).relationships

    @cached_property
    def _query(self) -> Select[Any]:
        ours = {
            name: exists().where(self._relations[name].local_remote_pairs[0][1] == bindparam("id"))
            for name in self.names
        }
        columns: list[Any] = [condition.label(name) for name, condition in {**ours, **self.others}.items()]
        return select(*columns)
