"""Figures, periods and comparisons in words, in the language of the page: « environ 7 », « au moins −2 », « +8 points »."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from civique.core.i18n import NARROW, NO_BREAK, get_locale, ngettext
from civique.core.i18n import gettext as _
from civique.core.indicators.figures import IN_POINTS, Comparison, Figure, Held, Qualifier, Trend
from civique.core.indicators.formulas import Headcount
from civique.core.indicators.periods import Period

MINUS = "\u2212"


def not_known() -> str:
    """« n. d. »: never 0 for what is unknown."""
    return _("n/a")


def to_define() -> str:
    """What a blank shows."""
    return _("to be defined")


def plain(value: Decimal, *, decimals: int | None = None) -> str:
    """A number as the language writes it, with a true minus sign; two decimals at most unless told."""
    pattern = "#,##0.##" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(abs(value), format=pattern, locale=get_locale()).replace(NO_BREAK, NARROW)
    return f"{MINUS}{text}" if value < 0 else text


def signed(value: Decimal, *, decimals: int | None = None) -> str:
    """A difference: +2, −2, 0."""
    return ("+" if value > 0 else "") + plain(value, decimals=decimals)


def with_percent(text: str) -> str:
    """« 21,5 % » with a narrow no-break space; « 21.5% » in English."""
    return f"{text}{NARROW}%" if get_locale() == "fr" else f"{text}%"


def with_unit(text: str, nature: str) -> str:
    """The sign that goes with the nature: % or €; the unit of a count is said by its label."""
    if nature in IN_POINTS:
        return with_percent(text)
    if nature == "amount":
        return f"{text}{NO_BREAK}€" if get_locale() == "fr" else f"€{text}"
    return text


def _amount_decimals(value: Decimal, nature: str) -> int | None:
    return 2 if nature == "amount" and value != value.to_integral_value() else None


def figure_text(figure: Figure, nature: str = "count") -> str:
    """A figure with its qualifier."""

    def number(value: Decimal | None) -> str:
        assert value is not None
        return plain(value, decimals=_amount_decimals(value, nature))

    match figure.qualifier:
        case Qualifier.UNKNOWN:
            return not_known()
        case Qualifier.RANGE:
            high = with_unit(number(figure.upper), nature)
            return _("from %(low)s to %(high)s", low=number(figure.lower), high=high)
    text = with_unit(number(figure.value), nature)
    match figure.qualifier:
        case Qualifier.ABOUT:
            return _("about %(figure)s", figure=text)
        case Qualifier.MORE_THAN:
            return _("more than %(figure)s", figure=text)
        case Qualifier.FEWER:
            return f"<{NO_BREAK}{text}"
    return text


def short_text(figure: Figure, nature: str = "count") -> str:
    """A figure beside the bar of a chart: ≈ 7, > 65, 7–8."""
    match figure.qualifier:
        case Qualifier.ABOUT | Qualifier.MORE_THAN:
            sign = "≈" if figure.qualifier is Qualifier.ABOUT else ">"
            return f"{sign}{NO_BREAK}{with_unit(plain(figure.value or Decimal(0)), nature)}"
        case Qualifier.RANGE:
            low, high = figure.lower or Decimal(0), figure.upper or Decimal(0)
            return f"{plain(low)}–{with_unit(plain(high), nature)}"
    return figure_text(figure, nature)


def _difference(value: Decimal, nature: str) -> str:
    if nature in IN_POINTS:
        whole = int(abs(value))  # French counts 1,5 as one
        return ngettext("%(points)s point", "%(points)s points", whole, points=signed(value))
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return sign + with_unit(plain(abs(value), decimals=_amount_decimals(value, nature)), nature)


def comparison_text(comparison: Comparison, nature: str = "count") -> str:
    """The difference: « +2 (+50,0 %) », « +3 (nouveau) », « +8 points », « au moins −2 », « attendu en 2025 », « n. d. »."""
    if comparison.expected is not None:
        return _("expected in %(year)s", year=comparison.expected)
    low, high = comparison.low, comparison.high
    if low is None and high is None:
        return not_known()
    if low is None or high is None:
        text = _one_sided(low, high, nature)
    elif low != high:
        text = _("from %(low)s to %(high)s", low=_difference(low, nature), high=_difference(high, nature))
    else:
        text = _("no change") if comparison.certain and low == 0 else _difference(low, nature)
    if comparison.approximate:
        text = _("about %(figure)s", figure=text)
    if comparison.gone:
        return _("%(difference)s (gone)", difference=text)
    if comparison.new:
        return _("%(difference)s (new)", difference=text)
    if comparison.relative is not None and low != 0:
        relative = with_percent(signed(comparison.relative, decimals=1))
        return _("%(difference)s (%(relative)s)", difference=text, relative=relative)
    return text


def _one_sided(low: Decimal | None, high: Decimal | None, nature: str) -> str:
    """A difference that is bounded on one side: « au moins −2 » is a fall of two or more, whose size is at least 2."""
    bound = low if low is not None else high
    assert bound is not None
    text = _difference(bound, nature)
    if (low is not None and bound > 0) or (high is not None and bound < 0):
        return _("at least %(difference)s", difference=text)
    if low is not None:
        return _("%(difference)s or more", difference=text)
    return _("%(difference)s or less", difference=text)


def trend_text(trend: Trend) -> str:
    """« en hausse », « en baisse », « stable », or nothing when it is not sure."""
    return {
        Trend.UP: _("rising"),
        Trend.DOWN: _("falling"),
        Trend.SAME: _("stable"),
        Trend.UNSURE: "",
    }[trend]


def change_text(comparison: Comparison, nature: str = "count") -> str:
    """Both figures and where it goes: « plus de 65 → 64, en baisse »."""
    text = f"{figure_text(comparison.before, nature)} → {figure_text(comparison.after, nature)}"
    trend = trend_text(comparison.trend) if comparison.known else ""
    return _("%(change)s, %(trend)s", change=text, trend=trend) if trend else text


def held_text(held: Held) -> str:
    """« 5 sur environ 7 »."""
    return _("%(held)s out of %(target)s", held=plain(held.held), target=figure_text(held.target))


def target_text(held: Held) -> str:
    """Where it stands: within the target, so many below or above."""
    if held.within:
        return _("within the target")
    gap = plain(abs(held.by))
    return _("%(gap)s below the target", gap=gap) if held.by < 0 else _("%(gap)s above the target", gap=gap)


def headcount_text(headcount: Headcount) -> str:
    """What was counted: people, attendances, or nobody knows which."""
    if headcount.distinct is None:
        return _("attendances or people: not stated")
    return _("people") if headcount.distinct else _("attendances")


def period_text(period: Period) -> str:
    """« 2025 », « 2025–2026 », « mandat 2026–2032 »."""
    years = years_text(period)
    return _("term %(years)s", years=years) if period.kind == "term" else years


def years_text(period: Period) -> str:
    """« 2025 », « 2025–2026 », « 2026–2032 »."""
    return str(period.year) if period.kind == "civil" else f"{period.year}–{period.last_day.year}"


def expected_year(period: Period, today: date) -> int | None:
    """Year in which the figure of a period is expected, or None once the period is over."""
    return None if period.is_over(today) else period.last_day.year
