"""Lists declared once: what is looked for, filters, orders; those of the back office, their page and its files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, request
from sqlalchemy import ColumnElement, Select, inspect
from werkzeug.wrappers import Response

from civique.core.folding import holds
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.forms import of_our_time
from civique.web.lists import asked_words, paginate
from civique.web.pages import page
from civique.web.tables import Columns, list_file


@dataclass(frozen=True)
class Filter:
    """A choice that narrows a list.

    Args:
        name: in the address, in French.
        choices: code → words (or words and tone), or name of a group → its own; or what gives them.
            An empty filter is not shown. None: a day is asked.
        condition: of a code that is proposed, or of the day; or the column that holds the code.
        default: code chosen when the address says nothing.
        all: words of no choice; « All » when it is not said.
        tabs: one of the choices is always made, and they are shown as tabs.
    """

    name: str
    label: Any
    choices: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None
    condition: Any
    default: str = ""
    all: Any = ""
    tabs: bool = False

    def options(self) -> Mapping[str, Any]:
        """The choices in words; none for a day."""
        found = self.choices() if callable(self.choices) else self.choices or {}
        return {code: words[0] if isinstance(words, tuple) else words for code, words in found.items()}

    def read(self, options: Mapping[str, Any]) -> str:
        """The code or the day that the address chooses; nothing when it is not proposed."""
        text = request.args.get(self.name, self.default)
        if self.choices is None:
            return text if _day(text) else ""
        return text if text in flat(options) else self.default if self.tabs else ""

    def where(self, code: str) -> ColumnElement[bool]:
        """Condition of a choice."""
        asked = _day(code) if self.choices is None else code
        found: ColumnElement[bool] = self.condition(asked) if callable(self.condition) else self.condition == asked
        return found

    def said(self, code: str, options: Mapping[str, Any]) -> Any:
        """A choice in words."""
        day = _day(code) if self.choices is None else None
        return long_date(day, weekday=False) if day else flat(options)[code]


def _day(text: str) -> date | None:
    try:
        day: date = of_our_time(date.fromisoformat(text))
        return day
    except ValueError:
        return None


def flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Code and words of each choice of a filter, those of its groups included."""
    found: dict[str, Any] = {}
    for code, words in options.items():
        found |= words if isinstance(words, Mapping) else {code: words}
    return found


@dataclass(frozen=True)
class Order:
    """An order of a list: its name in the address, its words, its columns (or one), which may depend on what is asked.

    The key of the rows comes last by itself.
    """

    name: str
    label: Any
    by: Any

    def columns(self, asked: "Asked | None") -> tuple[Any, ...]:
        """What the rows are sorted by."""
        by = self.by(asked) if callable(self.by) else self.by
        return by if isinstance(by, tuple) else (by,)


def newest(column: Any) -> Order:
    """The last first."""
    return Order("recents", _l("Newest first"), column.desc())


def oldest(column: Any) -> Order:
    """The first first."""
    return Order("anciens", _l("Oldest first"), column)


def anywhere(*columns: Any) -> Callable[[str], Sequence[ColumnElement[bool]]]:
    """Conditions of a search: each word is in one of the columns."""
    return lambda text: holds(text, *columns)


@dataclass(frozen=True)
class Asked:
    """What the address asks of a list: words looked for, code of each filter, name of the order.

    ``usual`` are the codes of an address that asks nothing.
    """

    words: str
    codes: Mapping[str, str]
    order: str
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether something other than the defaults is asked."""
        return bool(self.words) or self.codes != self.usual


@dataclass(frozen=True, kw_only=True)
class AskedList:
    """A list of which the address asks words, filters and an order.

    Args:
        name: of its files, in French.
        title: of its page and of its document on paper.
        select: query of its rows, for whoever asks; its order is not kept.
        template: of its page; it receives ``list``, ``asked`` and ``listing``.
        orders: the first one is used when the address names none.
        words: conditions that a text looked for sets.
        words_label: what may be looked for.
    """

    name: str
    title: Any
    select: Callable[[], Select[Any]]
    template: str
    orders: tuple[Order, ...]
    filters: tuple[Filter, ...] = ()
    words: Callable[[str], Sequence[ColumnElement[bool]]] | None = None
    words_label: Any = ""

    def asked(self) -> Asked:
        """What the address asks; a code that is not proposed is no filter."""
        options = {each.name: each.options() for each in self.filters}
        codes = {each.name: each.read(options[each.name]) for each in self.filters}
        usual = {each.name: codes[each.name] if each.tabs else each.default for each in self.filters}
        order = request.args.get("tri", "")
        return Asked(
            asked_words() if self.words else "",
            {name: code for name, code in codes.items() if code},
            order if order in {o.name for o in self.orders} else self.orders[0].name,
            options,
            {name: code for name, code in usual.items() if code},
        )

    def query(self, asked: Asked, select: Select[Any] | None = None) -> Select[Any]:
        """Query of the rows that are asked, in their order; or another with the same filters and order."""
        query = self.select() if select is None else select
        if self.words and asked.words:
            query = query.where(*self.words(asked.words))
        for each in self.filters:
            if each.name in asked.codes:
                query = query.where(each.where(asked.codes[each.name]))
        return self.ordered(query, asked)

    def ordered(self, query: Select[Any], asked: Asked) -> Select[Any]:
        """A query in the order that is asked."""
        order = next(order for order in self.orders if order.name == asked.order)
        rows = query.column_descriptions[0]["entity"]
        return query.order_by(None).order_by(*order.columns(asked), *(inspect(rows).primary_key if rows else ()))

    def in_words(self, asked: Asked) -> list[tuple[Any, Any]]:
        """Label and words of each filter that is set, for paper."""
        found = [
            (each.label, each.said(asked.codes[each.name], asked.options[each.name]))
            for each in self.filters
            if each.name in asked.codes
        ]
        return [*found, (_("Words looked for"), asked.words)]


@dataclass(frozen=True)
class Invites:
    """A list whose rows are people: everybody who is found may be invited to a gathering.

    Args:
        whom: the column of its table that holds the person of a row.
        permission: who may invite them, to gatherings that they may hold.
    """

    whom: Any
    permission: str


@dataclass(frozen=True, kw_only=True)
class DeskList(AskedList):
    """A list of the back office; its template extends ``desk/_list.html``.

    Args:
        columns: of its files.
        beside: what the page says beside its rows, read once for those it shows.
        invites: who its rows are, when they may be invited together (``civique.web.desk.invite_found`` adds the page).
    """

    columns: Columns
    invites: Invites | None = None
    beside: Callable[[Sequence[Any]], Mapping[str, Any]] | None = None

    def add_to(
        self,
        blueprint: Blueprint,
        permission: str,
        context: Callable[[], Mapping[str, Any]] = dict,
        *,
        path: str = "",
        endpoint: str = "listing",
        scoped: bool = False,
    ) -> None:
        """Make the page of the list, for who has a permission; ``context`` is what its template needs besides."""

        @blueprint.get(path, endpoint=endpoint)
        @allow(permission, scoped=scoped)
        def listing() -> Response:
            return self.respond(**context())

    def found(self) -> Select[Any]:
        """Query of all the rows that the address asks."""
        return self.query(self.asked())

    def respond(self, **context: Any) -> Response:
        """The file that the address asks, or the page."""
        asked = self.asked()
        query = self.query(asked)
        file = list_file(self.name, self.title, self.columns, query, filters=self.in_words(asked))
        if file:
            return file
        listing = paginate(query)
        beside = self.beside(listing.rows) if self.beside else {}
        return page(self.template, block="rows", list=self, asked=asked, listing=listing, **beside, **context)
