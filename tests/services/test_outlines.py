"""Outlines of areas drawn as SVG paths."""

from hypothesis import given
from hypothesis import strategies as st

from civique.services.outlines import draw


def square(west, south, side=0.01):
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_nothing_is_no_drawing():
    assert draw({}) is None


def test_north_is_up_and_the_box_is_the_whole():
    drawing = draw({"south": square(0, 0), "north": square(0, 0.01)}, size=200)
    assert (drawing.width, drawing.height) == (100, 200)
    assert drawing.areas["north"].y == 50
    assert drawing.areas["south"].y == 150
    assert drawing.areas["north"].path == "M0 100L100 100L100 0L0 0Z"


def test_a_degree_of_longitude_is_half_a_degree_of_latitude_at_sixty():
    drawing = draw({"a": square(10, 60)}, size=1000)
    assert abs(drawing.width - 500) <= 2
    assert drawing.height == 1000


def test_holes_and_islands_are_drawn_and_the_label_is_on_the_largest():
    hole = [[0.002, 0.002], [0.004, 0.002], [0.004, 0.004], [0.002, 0.002]]
    big, small = square(0, 0)["coordinates"][0], square(0.05, 0, 0.001)["coordinates"][0]
    drawing = draw({"a": {"type": "MultiPolygon", "coordinates": [[big, hole], [small]]}}, size=1000)
    assert drawing.areas["a"].path.count("M") == 3
    assert drawing.areas["a"].x < 250


def test_an_outline_without_surface_is_still_drawn():
    line = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}
    assert draw({"a": line}).areas["a"].path.startswith("M")


@given(st.lists(st.tuples(st.floats(-179, 178), st.floats(-89, 88)), min_size=1, max_size=6))
def test_everything_stays_in_the_box(corners):
    drawing = draw({number: square(x, y) for number, (x, y) in enumerate(corners)}, size=500)
    assert max(drawing.width, drawing.height) <= 501
    for area in drawing.areas.values():
        assert -1 <= area.x <= drawing.width + 1
        assert -1 <= area.y <= drawing.height + 1
