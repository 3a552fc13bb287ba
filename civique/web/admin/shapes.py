"""The outline of a quarter, pasted or sent as GeoJSON: a Polygon or a MultiPolygon of bounded size, and nothing else of it."""

import json
from typing import Any

MOST_BYTES = 300_000
MOST_POINTS = 5_000


class ShapeRefused(ValueError):
    """Why an outline cannot be taken: ``large``, ``json``, ``kind``, ``points`` or ``ring``."""


def read_shape(text: str) -> dict[str, Any]:
    """The geometry of a GeoJSON text, with its coordinates alone. A Feature, or a collection of one, gives its geometry.

    Raises:
        ShapeRefused: too large, not GeoJSON, not an area, an impossible place, or a ring that does not close.
    """
    if len(text.encode()) > MOST_BYTES:
        raise ShapeRefused("large")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ShapeRefused("json") from error
    geometry = _geometry(value)
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    if not isinstance(polygons, list) or not polygons:
        raise ShapeRefused("ring")
    clean = [_polygon(polygon) for polygon in polygons]
    if sum(len(ring) for polygon in clean for ring in polygon) > MOST_POINTS:
        raise ShapeRefused("large")
    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": clean[0]}
    return {"type": "MultiPolygon", "coordinates": clean}


def _geometry(value: Any) -> dict[str, Any]:
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        found = value.get("features")
        value = found[0] if isinstance(found, list) and len(found) == 1 else None
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ShapeRefused("kind")
    return {"type": value["type"], "coordinates": value.get("coordinates")}


def _polygon(rings: Any) -> list[list[list[float]]]:
    if not isinstance(rings, list) or not rings:
        raise ShapeRefused("ring")
    return [_ring(ring) for ring in rings]


def _ring(points: Any) -> list[list[float]]:
    if not isinstance(points, list) or len(points) < 4:
        raise ShapeRefused("ring")
    ring = [_point(point) for point in points]
    if ring[0] != ring[-1]:
        raise ShapeRefused("ring")
    return ring


def _point(point: Any) -> list[float]:
    """Longitude and latitude; an altitude is dropped."""
    if not isinstance(point, list) or not 2 <= len(point) <= 3:
        raise ShapeRefused("points")
    for number in point[:2]:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ShapeRefused("points")
    longitude, latitude = float(point[0]), float(point[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ShapeRefused("points")
    return [round(longitude, 6), round(latitude, 6)]
