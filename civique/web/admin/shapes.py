"""The outline of a quarter, pasted or sent as GeoJSON: a Polygon or a MultiPolygon of bounded size, and nothing else of it."""

import json
from typing import Any

from civique.core.i18n import _l
from civique.core.refused import Refused

MOST_BYTES = 300_000
MOST_POINTS = 5_000


SENTENCES = {
    "large": _l("This outline is too detailed: 300 kB and 5,000 points at most. Simplify it first."),
    "json": _l("This is not GeoJSON. Export the quarter again from your map, in GeoJSON format."),
    "kind": _l("An outline is one area (Polygon or MultiPolygon). Choose a single area in your map."),
    "points": _l("A point of this outline is not a longitude and a latitude."),
    "ring": _l("An outline must close: its last point is its first one."),
}


def _refused(rule: str) -> Refused:
    return Refused(SENTENCES[rule], "shape", rule=rule)


def read_shape(text: str) -> dict[str, Any]:
    """The geometry of a GeoJSON text, with its coordinates alone. A Feature, or a collection of one, gives its geometry.

    Raises:
        Refused: too large, not GeoJSON, not an area, an impossible place, or a ring that does not close.
    """
    if len(text.encode()) > MOST_BYTES:
        raise _refused("large")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused("json") from error
    geometry = _geometry(value)
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    if not isinstance(polygons, list) or not polygons:
        raise _refused("ring")
    clean = [_polygon(polygon) for polygon in polygons]
    if sum(len(ring) for polygon in clean for ring in polygon) > MOST_POINTS:
        raise _refused("large")
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
        raise _refused("kind")
    return {"type": value["type"], "coordinates": value.get("coordinates")}


def _polygon(rings: Any) -> list[list[list[float]]]:
    if not isinstance(rings, list) or not rings:
        raise _refused("ring")
    return [_ring(ring) for ring in rings]


def _ring(points: Any) -> list[list[float]]:
    if not isinstance(points, list) or len(points) < 4:
        raise _refused("ring")
    ring = [_point(point) for point in points]
    if ring[0] != ring[-1]:
        raise _refused("ring")
    return ring


def _point(point: Any) -> list[float]:
    """Longitude and latitude; an altitude is dropped."""
    if not isinstance(point, list) or not 2 <= len(point) <= 3:
        raise _refused("points")
    for number in point[:2]:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _refused("points")
    longitude, latitude = float(point[0]), float(point[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _refused("points")
    return [round(longitude, 6), round(latitude, 6)]
