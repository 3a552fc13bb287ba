"""EcoIndex: a score from 0 to 100 made of a page's elements, requests and kilobytes, written from its public formula."""

from bisect import bisect_right

DOM = (
    0,
    47,
    75,
    159,
    233,
    298,
    358,
    417,
    476,
    537,
    603,
    674,
    753,
    843,
    949,
    1076,
    1237,
    1459,
    1801,
    2479,
    594601,
)
REQUESTS = (0, 2, 15, 25, 34, 42, 49, 56, 63, 70, 78, 86, 95, 105, 117, 130, 147, 170, 205, 281, 3920)
KILOBYTES = (
    0,
    1.37,
    144.7,
    319.53,
    479.46,
    631.97,
    783.38,
    937.91,
    1098.62,
    1265.47,
    1448.32,
    1648.27,
    1876.08,
    2142.06,
    2465.37,
    2866.31,
    3401.59,
    4155.73,
    5400.08,
    8037.54,
    223212.26,
)
GRADES = ((80, "A"), (70, "B"), (55, "C"), (40, "D"), (25, "E"), (10, "F"))


def score(elements: float, requests: float, kilobytes: float) -> float:
    """Score of a page: three parts of its elements, two of its requests, one of its weight."""
    dom, asked, size = rank(DOM, elements), rank(REQUESTS, requests), rank(KILOBYTES, kilobytes)
    return 100 - 5 * (3 * dom + 2 * asked + size) / 6


def grade(points: float) -> str:
    """Letter of a score, from A to G."""
    return next((letter for least, letter in GRADES if points >= least), "G")


def rank(quantiles: tuple[float, ...], value: float) -> float:
    """Place of a value among the quantiles of the web's pages, from 0 to 20."""
    last = len(quantiles) - 1
    if value >= quantiles[last]:
        return float(last)
    i = bisect_right(quantiles, value)
    return i - 1 + (value - quantiles[i - 1]) / (quantiles[i] - quantiles[i - 1])
