"""Small numbers: what is published never lets anybody find a hidden number again."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civique.core.indicators.figures import Qualifier, between, exact, fewer_than
from civique.core.indicators.protection import protect

HIDDEN = fewer_than(5)


def of(*counts, total=None):
    cells = {f"v{n}": exact(count) for n, count in enumerate(counts)}
    return protect(exact(sum(counts) if total is None else total), cells)


def test_a_single_small_cell_takes_another_with_it():
    found = of(3, 12, 20)
    assert found.total == exact(35)
    assert found.cells["v0"] == HIDDEN
    assert found.masked == {"v2"}
    assert not found.cells["v2"].known
    assert found.cells["v1"] == exact(12)


def test_a_total_below_five_is_hidden_with_its_parts():
    found = of(1, 2)
    assert found.total == HIDDEN
    assert found.withheld
    assert found.cells == {}


def test_nothing_small_nothing_hidden():
    assert of(5, 6, 7).cells == {"v0": exact(5), "v1": exact(6), "v2": exact(7)}


def test_two_fours_are_not_told_by_their_total():
    assert of(4, 4).withheld
    assert of(3, 5).withheld  # the same total: being withheld tells nothing


def test_what_does_not_add_up_is_withheld():
    assert of(3, 12, total=40).withheld
    assert protect(exact(20), {"a": between(3, 9), "b": exact(12)}).withheld


def tables_of(size, total):
    """Every table of so many cells with this total."""
    if size == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in tables_of(size - 1, total - first):
            yield (first, *rest)


@pytest.mark.parametrize(("size", "largest"), [(2, 40), (3, 30), (4, 24)])
def test_no_number_below_five_can_be_found_again(size, largest):
    """Every table there is: all that publish the same page are looked at together, as somebody who knows the rules would.
    A cell said to be below five has then several possible values (a sure 0 is about nobody)."""
    pages = defaultdict(list)
    for total in range(largest + 1):
        for counts in tables_of(size, total):
            page = of(*counts)
            pages[page.total, tuple(page.cells.items()), page.withheld].append(counts)
    for (_total, cells, _withheld), tables in pages.items():
        for position in range(size):
            values = {table[position] for table in tables}
            assert len(values) > 1 or not 0 < min(values) < 5, (cells, tables)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9))
def test_what_is_shown_is_true_and_nothing_small_is_shown(counts):
    page = of(*counts)
    for name, figure in page.cells.items():
        count = counts[int(name[1:])]
        if figure.qualifier is Qualifier.EXACT:
            assert figure == exact(count)
            assert count >= 5
        elif figure == HIDDEN:
            assert count < 5
        else:
            assert name in page.masked
    assert page.withheld or len(page.cells) == len(counts)
    shown = sum(f.value for f in page.cells.values() if f.qualifier is Qualifier.EXACT)
    hidden = [f for f in page.cells.values() if f.qualifier is not Qualifier.EXACT]
    assert len(hidden) != 1 or page.total.value == shown == 0
