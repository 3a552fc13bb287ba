"""Outlines of areas (GeoJSON polygons) drawn as SVG paths: a small map without tiles, which nobody else serves."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
Point = tuple[float, float]
CLOSE = 1
"""Units of the drawing under which two points of an outline are one."""


@dataclass(frozen=True)
class Area:
    """An outline as the ``d`` of an SVG path, and where its label stands."""

    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing(Generic[K]):
    """Areas by key, in a box of ``width`` × ``height`` units, north at the top."""

    width: int
    height: int
    areas: dict[K, Area]


def draw(shapes: Mapping[K, Mapping[str, Any]], size: int = 400) -> Drawing[K] | None:
    """Draw outlines side by side, the longer side of the whole being ``size`` units; None without outline.

    A degree of longitude is shortened by the cosine of the middle latitude: over a commune, distances are true to a
    thousandth.

    Args:
        shapes: GeoJSON geometries (Polygon or MultiPolygon; longitude, latitude in degrees) by key.
    """
    everything = [point for shape in shapes.values() for ring in _rings(shape) for point in ring]
    if not everything:
        return None
    west, east = min(x for x, _ in everything), max(x for x, _ in everything)
    south, north = min(y for _, y in everything), max(y for _, y in everything)
    narrow = cos(radians((south + north) / 2))
    scale = size / max((east - west) * narrow, north - south, 1e-9)

    def place(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    areas = {}
    for key, shape in shapes.items():
        rings = [[place(point) for point in ring] for ring in _rings(shape)]
        x, y = _middle(max(rings, key=lambda ring: abs(_doubled_area(ring))))
        areas[key] = Area(" ".join(_path(ring) for ring in rings), round(x), round(y))
    return Drawing(max(1, round((east - west) * narrow * scale)), max(1, round((north - south) * scale)), areas)


def _rings(shape: Mapping[str, Any]) -> Iterator[list[Point]]:
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(point[0], point[1]) for point in ring]


def _path(ring: list[Point]) -> str:
    kept = [ring[0]]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= CLOSE:
            kept.append(point)
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in kept) + "Z"


def _doubled_area(ring: list[Point]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _sides(ring))


def _middle(ring: list[Point]) -> Point:
    """Centroid of an area; the mean of its points when it has no surface."""
    doubled = _doubled_area(ring)
    if abs(doubled) < 1e-6:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = sum((ax + bx) * (ax * by - bx * ay) for (ax, ay), (bx, by) in _sides(ring)) / (3 * doubled)
    y = sum((ay + by) * (ax * by - bx * ay) for (ax, ay), (bx, by) in _sides(ring)) / (3 * doubled)
    return x, y


def _sides(ring: list[Point]) -> Iterable[tuple[Point, Point]]:
    return pairwise(ring)
