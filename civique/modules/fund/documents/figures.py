"""The figures of a year in words, as the tables of the evaluation."""

from collections.abc import Mapping
from typing import Any

from civique.core import i18n
from civique.core.contributions.labels import nature_labels
from civique.core.i18n import gettext as _
from civique.modules.fund.queries.figures import Part, YearFigures
from civique.services.identifiers import format_amount


def _money(cents: int | None) -> str:
    return format_amount(cents, i18n.get_locale()) if cents is not None else _("n/a")


def _plain(value: float | None, unit: str = "") -> str:
    return f"{i18n.number(value)}{unit}" if value is not None else _("n/a")


def _for_one_euro(value: float | None) -> str:
    return _money(round(value * 100) if value is not None else None)


def figure_rows(figures: YearFigures) -> list[tuple[str, str]]:
    """The figures of a year as lines of a table; what is unknown is « n. d. », never 0."""
    days = _("working days")
    rows = [
        (_("Requests received"), _plain(figures.received)),
        (_("Projects supported"), _plain(figures.supported)),
        (_("Requests declined"), _plain(figures.declined)),
        (_("Withdrawn or lapsed"), _plain(figures.given_up)),
        (_("Still examined"), _plain(figures.waiting)),
        (_("Requests accepted, among those decided"), _plain(figures.acceptance, "\u202f%")),
        (_("Envelope of the commune"), _money(figures.envelope)),
        (_("Cash received from partners"), _money(figures.partners_cash)),
        (_("Asked in all"), _money(figures.asked)),
        (_("Granted in all"), _money(figures.granted)),
        (_("Paid"), _money(figures.paid)),
        (_("Came back to the envelope"), _money(figures.returned)),
        (_("Mean grant"), _money(figures.mean_grant)),
        (_("Other resources for one euro of the fund"), _for_one_euro(figures.leverage)),
        (_("Other cash for one euro of the fund"), _for_one_euro(figures.cash_leverage)),
        (_("Time to the answer, median"), _plain(figures.delay_median, f" {days}")),
        (_("Time to the answer, nine requests out of ten"), _plain(figures.delay_p90, f" {days}")),
        (_("Partners"), _plain(figures.partners)),
        (_("Attendances told by the reports"), _plain(figures.people)),
    ]
    for nature, (count, cents) in figures.pledges.items():
        if count:
            label = _("Pledges of partners: %(nature)s", nature=nature_labels()[nature])
            rows.append((label, f"{i18n.number(count)} ({_money(cents)})" if cents else i18n.number(count)))
    return rows


def part_tables(figures: YearFigures, channel_words: Mapping[str, Any]) -> list[tuple[str, list[list[str]]]]:
    """By village, then by channel: a title and a table. The first row of a table is its head, the first cell of a row its
    part; nothing for a commune in one piece."""
    villages = [(name or _("The whole commune"), part) for name, part in figures.territories.items()]
    channels = [(str(channel_words.get(code, code)), part) for code, part in figures.channels.items()]
    head = [
        _("Part"),
        _("Requests"),
        _("Projects"),
        _("Granted"),
        _("Acceptance"),
        _("Mean grant"),
        _("Other resources for one euro"),
    ]
    groups = [(_("By village"), villages if len(villages) > 1 else []), (_("By channel"), channels)]
    return [(title, [head, *(_part_row(*part) for part in parts)]) for title, parts in groups if parts]


def _part_row(name: str, part: Part) -> list[str]:
    return [
        name,
        _plain(part.received),
        _plain(part.supported),
        _money(part.granted),
        _plain(part.acceptance, "\u202f%"),
        _money(part.mean_grant),
        _for_one_euro(part.leverage),
    ]
