"""Is this a GeoJSON geometry (RFC 7946) that NGSI-LD admits, and is it small enough to compute with?

Positions are longitude, latitude and perhaps altitude, in degrees of WGS 84. GeometryCollection is
excluded by clauses 4.7.1 and 4.10.
"""

import math
from collections.abc import Iterator
from typing import TypedDict, TypeGuard

import orjson

from machi.ngsild.errors import BadRequestData

MAX_VERTICES = 5_000
"""More than any ward or park boundary worth asking with; keeps one comparison far below a second."""

MAX_TEXT = 512 * 1024
"""Characters of coordinates given as text; a refusal before anything is parsed."""

_MAX_LONGITUDE, _MAX_LATITUDE = 180.0, 90.0
_LINE_MINIMUM, _RING_MINIMUM = 2, 4
_POSITION_SIZES = (2, 3, 4)

_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class Geometry(TypedDict):
    """A GeoJSON geometry object."""

    type: str
    coordinates: list[object]


def parse_geometry(kind: str, coordinates: object) -> Geometry:
    """Check a geometry given by its type and coordinates (an array, or the JSON text of one).

    Raises:
        BadRequestData: unknown type, wrong nesting, an open ring, a position off the globe, too large.
    """
    if kind not in _DEPTH:
        raise BadRequestData(f"the geometry must be one of {', '.join(_DEPTH)}")
    value = _load(coordinates) if isinstance(coordinates, str) else coordinates
    budget = [MAX_VERTICES]
    _check(value, _DEPTH[kind], kind, budget)
    assert isinstance(value, list)  # noqa: S101  # what _check has just established, for the type checker
    return {"type": kind, "coordinates": value}


def positions(geometry: Geometry) -> Iterator[tuple[float, float]]:
    """Every vertex as longitude, latitude, in the order written."""
    yield from _positions(geometry["coordinates"])


def _positions(value: list[object]) -> Iterator[tuple[float, float]]:
    if value and not isinstance(value[0], list):
        longitude, latitude = value[0], value[1]
        if isinstance(longitude, int | float) and isinstance(latitude, int | float):
            yield longitude, latitude
        return
    for item in value:
        if isinstance(item, list):
            yield from _positions(item)


def _load(text: str) -> object:
    if len(text) > MAX_TEXT:
        raise BadRequestData("the coordinates are too long")
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequestData("the coordinates must be a JSON array") from None
    return value


def _check(value: object, depth: int, kind: str, budget: list[int]) -> None:
    if not isinstance(value, list) or not value:
        raise BadRequestData(f"the coordinates do not have the nesting of a {kind}")
    if depth == 0:
        _check_position(value, budget)
        return
    for item in value:
        _check(item, depth - 1, kind, budget)
    if depth == 1 and kind.endswith("Polygon"):
        _check_ring(value)
    if depth == 1 and kind.endswith("LineString") and len(value) < _LINE_MINIMUM:
        raise BadRequestData("a line needs at least two positions")


def _check_position(value: list[object], budget: list[int]) -> None:
    budget[0] -= 1
    if budget[0] < 0:
        raise BadRequestData(f"a geometry may have at most {MAX_VERTICES} positions")
    numbers = [float(item) for item in value if _is_number(item)]
    if len(value) not in _POSITION_SIZES or len(numbers) != len(value):
        raise BadRequestData("a position is an array of longitude, latitude and perhaps altitude")
    if abs(numbers[0]) > _MAX_LONGITUDE or abs(numbers[1]) > _MAX_LATITUDE:
        raise BadRequestData("a position must lie within longitude ±180 and latitude ±90 degrees")


def _is_number(item: object) -> TypeGuard[float]:
    if isinstance(item, bool) or not isinstance(item, int | float):
        return False
    try:
        return math.isfinite(item)
    except OverflowError:  # an integer beyond every float
        return False


def _check_ring(ring: list[object]) -> None:
    if len(ring) < _RING_MINIMUM or ring[0] != ring[-1]:
        raise BadRequestData("a polygon ring has at least four positions and ends where it begins")
