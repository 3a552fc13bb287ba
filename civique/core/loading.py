"""Reading an object that may hold many things: one statement says which of its collections have rows."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from civique.core.base import Base
from tenants.session import TenantSession


class Holdings:
    """What the objects of a class may hold, asked in one statement so that what is empty is not read one by one.

    The statement is written once: writing it costs more than sending it.
    """

    def __init__(self, model: type[Base], names: Iterable[str], **others: ColumnElement[bool]) -> None:
        """Say what to ask.

        Args:
            names: collections of the class, with one column that refers to ``id``.
            others: other conditions, by name. ``bindparam("id")`` is the object; further parameters come with ``of``.
        """
        self.model, self.names, self.others = model, tuple(names), others

    def of(self, session: TenantSession, row: Any, **values: Any) -> set[str]:
        """Names that hold rows, or whose condition is true; the other collections of the object are known to be empty."""
        answers = session.execute(self._query, {"id": row.id, **values}).mappings().one()
        held = {name for name, answer in answers.items() if answer}
        for name in set(self.names) - held:
            set_committed_value(row, name, [])
        return held

    @cached_property
    def _query(self) -> Select[Any]:
        relations = inspect(self.model).relationships
        ours = {
            name: exists().where(relations[name].local_remote_pairs[0][1] == bindparam("id")) for name in self.names
        }
        columns: list[Any] = [condition.label(name) for name, condition in {**ours, **self.others}.items()]
        return select(*columns)
