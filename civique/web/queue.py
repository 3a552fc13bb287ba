"""The lists of the back office, declared once: what is looked for, filters, orders, the page and its files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.web.desk.lists import asked_words
from civique.web.lists import paginate
from civique.web.pages import page
from civique.web.tables import Columns, list_file


@dataclass(frozen=True)
class Filter:
    """A choice that narrows a list.

    Args:
        name: in the address, in French.
        choices: code → words; an empty filter is not shown.
        condition: of a code that is proposed.
        default: code chosen when the address says nothing.
        all: words of no choice; « All » when it is not said.
    """

    name: str
    label: Any
    choices: Callable[[], Mapping[str, Any]]
    condition: Callable[[str], ColumnElement[bool]]
    default: str = ""
    all: Any = ""


@dataclass(frozen=True)
class Order:
    """An order of a list: its name in the address, its words, its columns."""

    name: str
    label: Any
    by: tuple[Any, ...]


@dataclass(frozen=True)
class Asked:
    """What the address asks of a list: words looked for, code of each filter, name of the order."""

    words: str
    codes: Mapping[str, str]
    order: str
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether something other than the defaults is asked."""
        return bool(self.words or self.codes)


@dataclass(frozen=True)
class DeskList:
    """A list of the back office.

    Args:
        name: of its files, in French.
        title: of its page and of its document on paper.
        select: query of its rows, without order.
        columns: of its files.
        template: of its page, with a block ``rows``; it receives ``list``, ``asked`` and ``listing``.
        words: conditions that a text looked for sets.
        words_label: what may be looked for.
        orders: the first one is used when the address names none.
    """

    name: str
    title: Any
    select: Callable[[], Select[Any]]
    columns: Columns
    template: str
    orders: tuple[Order, ...]
    filters: tuple[Filter, ...] = ()
    words: Callable[[str], Sequence[ColumnElement[bool]]] | None = None
    words_label: Any = ""

    def asked(self) -> Asked:
        """What the address asks; a code that is not proposed is no filter."""
        options = {f.name: f.choices() for f in self.filters}
        codes = {f.name: request.args.get(f.name, f.default) for f in self.filters}
        order = request.args.get("tri", "")
        return Asked(
            asked_words() if self.words else "",
            {name: code for name, code in codes.items() if code in options[name]},
            order if order in {o.name for o in self.orders} else self.orders[0].name,
            options,
        )

    def query(self, asked: Asked) -> Select[Any]:
        """Query of the rows that are asked, in their order."""
        query = self.select()
        if self.words and asked.words:
            query = query.where(*self.words(asked.words))
        for each in self.filters:
            if each.name in asked.codes:
                query = query.where(each.condition(asked.codes[each.name]))
        return query.order_by(*next(order.by for order in self.orders if order.name == asked.order))

    def in_words(self, asked: Asked) -> list[tuple[Any, Any]]:
        """Label and words of each filter that is set, for paper."""
        found = [
            (each.label, asked.options[each.name][asked.codes[each.name]])
            for each in self.filters
            if each.name in asked.codes
        ]
        return [*found, (_("Words looked for"), asked.words)]

    def respond(self, **context: Any) -> Response:
        """The file that the address asks, or the page."""
        asked = self.asked()
        query = self.query(asked)
        file = list_file(self.name, self.title, self.columns, query, filters=self.in_words(asked))
        if file:
            return file
        return page(self.template, block="rows", list=self, asked=asked, listing=paginate(query), **context)
