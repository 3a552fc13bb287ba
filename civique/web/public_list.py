"""The lists that everybody reads, declared once: the page with its filters, and what one subscribes to or uses again.

The feed, the calendar and the data take the same filters in their address as the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, jsonify, request
from sqlalchemy import func, literal
from werkzeug.wrappers import Response

from civique.core.open_data import LICENCE
from civique.core.territory.queries import territories
from civique.services.outlines import draw
from civique.web.access import PUBLIC, allow
from civique.web.calendars import Moment, calendar_file
from civique.web.desk_list import AskedList
from civique.web.feeds import Entry, atom
from civique.web.lists import paginate
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

NEWEST = "recents"
"""Name of the order that ``newest`` gives: that of the feed, when the list has it."""
FEED_ROWS, CALENDAR_ROWS, DATA_ROWS = 40, 300, 5_000
"""How many rows each gives at most."""


@dataclass(frozen=True, kw_only=True)
class ByVillage:
    """How the rows of a list are counted village by village.

    Args:
        column: the commune déléguée of a row.
        heading: of their number, when it is not « How many »; ``words`` says one.
        cents: what they are worth together (a sum), under ``cents_heading``, where ``cents_shown``.
        path: address of the page, when it is not the name of the list and ``/carte``.
    """

    column: Any
    heading: Any = ""
    words: Callable[[int], Any] = str
    cents: Any = None
    cents_heading: Any = ""
    cents_shown: Callable[[], bool] = lambda: True
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicList(AskedList):
    """A list of the public site; its template extends ``site/_list.html``.

    Args:
        select: query of the rows that everybody may read.
        section: door of the site under which its pages are (``participate``…), if any.
        entry: a row in the feed.
        feed: title of the Atom feed, at ``<name>.atom``; no feed without one.
        calendar: when a row happens, or None, for ``<name>.ics``.
        data: a row as everybody may use it again, for ``<name>.json``; it never names a person.
        village: how the rows are counted by commune déléguée. Where the commune has some, a page shows it with their
            outlines; the list then has a ``village_filter``.
        columns: the query asks for columns, not for one class of objects.
        context: what the template needs besides.
    """

    entry: Callable[[Any], Entry]
    section: str = ""
    feed: Any = ""
    calendar: Callable[[Any], Moment | None] | None = None
    data: Callable[[Any], Mapping[str, Any]] | None = None
    village: ByVillage | None = None
    columns: bool = False
    context: Callable[[], Mapping[str, Any]] = dict

    def add_to(self, blueprint: Blueprint, *, path: str = "", endpoint: str = "listing") -> None:
        """Make the page, and ``<endpoint>_feed``, ``<endpoint>_calendar``, ``<endpoint>_data`` and ``<endpoint>_map`` beside
        it."""
        pages = [(path, endpoint, self._page)]
        if self.feed:
            pages.append((f"/{self.name}.atom", f"{endpoint}_feed", self._feed))
        if self.calendar:
            pages.append((f"/{self.name}.ics", f"{endpoint}_calendar", self._calendar))
        if self.data:
            pages.append((f"/{self.name}.json", f"{endpoint}_data", self._data))
        if self.village:
            pages.append((self.village.path or f"/{self.name}/carte", f"{endpoint}_map", self._map))
        for rule, name, answer in pages:
            blueprint.add_url_rule(rule, name, allow(PUBLIC)(_view(answer)), methods=["GET"])

    def _page(self) -> Response:
        asked = self.asked()
        listing = paginate(self.query(asked), columns=self.columns)
        ways = [way for way in ("feed", "calendar", "data") if getattr(self, way)]
        return page(self.template, block="rows", list=self, asked=asked, listing=listing, ways=ways, **self.context())

    def _map(self) -> Response:
        """How many rows each village has; nothing to show in a commune in one piece."""
        by = self.village
        villages = territories(db.session, "delegated", shapes=True)
        if by is None or not villages:
            abort(404)
        shown = replace(self, filters=tuple(each for each in self.filters if each.name != "village"))
        asked = shown.asked()
        query = shown.query(asked).order_by(None)
        cents = literal(0) if by.cents is None else by.cents
        query = query.with_only_columns(by.column, func.count(), cents).group_by(by.column)
        found = {village: (number, int(cents)) for village, number, cents in db.session.execute(query)}
        counts = {village: number for village, (number, _cents) in found.items()}
        return page("site/list_map.html", list=shown, asked=asked, by=by, found=found, **_shaded(villages, counts))

    def _feed(self) -> Response:
        asked = self.asked()
        if NEWEST in {order.name for order in self.orders}:
            asked = replace(asked, order=NEWEST)
        entries = [self.entry(row) for row in self._rows(FEED_ROWS, asked)]
        return atom(f"{self.feed} – {current_tenant().name}", request.full_path.rstrip("?"), entries)

    def _calendar(self) -> Response:
        assert self.calendar is not None, "its page is made with it"
        moments = (self.calendar(row) for row in self._rows(CALENDAR_ROWS))
        return calendar_file([moment for moment in moments if moment is not None])

    def _data(self) -> Response:
        assert self.data is not None, "its page is made with it"
        rows = [dict(self.data(row)) for row in self._rows(DATA_ROWS)]
        return jsonify({"licence": LICENCE, "rows": rows})

    def _rows(self, most: int, asked: Any = None) -> Sequence[Any]:
        query = self.query(asked or self.asked()).limit(most)
        return db.session.execute(query).all() if self.columns else db.session.scalars(query).unique().all()


def _shaded(villages: Sequence[Any], counts: Mapping[Any, int]) -> dict[str, Any]:
    """What the map of some villages needs: ``villages``, their ``counts`` and ``drawing`` (None without outlines), and the
    ``shade`` of each, from 0 (nothing) to 3 (as many as the one that has most)."""
    most = max((counts.get(each.id, 0) for each in villages), default=0)
    return {
        "villages": villages,
        "counts": counts,
        "drawing": draw({each.id: each.shape for each in villages if each.shape}),
        "shade": {each.id: -(-3 * counts.get(each.id, 0) // most) if most else 0 for each in villages},
    }


def _view(answer: Callable[[], Response]) -> Callable[[], Response]:
    """A function of its own for a route: methods of one list cannot hold what each asks."""
    return lambda: answer()
