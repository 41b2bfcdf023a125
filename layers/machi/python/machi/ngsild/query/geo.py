"""Does a geometry stand in the asked spatial relation to the reference geometry? (clause 4.10)

`near` is measured on the ground in metres. The other relations are those of OGC Simple Features,
evaluated in the plane of longitude and latitude, where GeoJSON defines its lines to be straight.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.distance import EARTH_RADIUS, haversine, shapes_apart
from machi.ngsild.query.geometry import Geometry, parse_geometry, positions

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LOCATION = "https://uri.etsi.org/ngsi-ld/location"
"""The GeoProperty asked for where a query names none."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_NEAR = re.compile(r"near;(maxDistance|minDistance)==((?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
_POLE = 90.0
_DATE_LINE = 180.0
_MARGIN = 1e-9  # degrees, a tenth of a millimetre: rounding must not lose a match on the edge


class Relation(StrEnum):
    """What `georel` may ask for."""

    NEAR = "near"
    BEYOND = "beyond"
    """`near;minDistance`: disjoint with the buffer around the reference."""
    WITHIN = "within"
    CONTAINS = "contains"
    INTERSECTS = "intersects"
    OVERLAPS = "overlaps"
    DISJOINT = "disjoint"
    EQUALS = "equals"


_WORDS = {
    relation.value: relation for relation in Relation if relation not in {Relation.NEAR, Relation.BEYOND}
}


@dataclass(frozen=True)
class GeoQuery:
    """One parsed geo-query; build it with `parse`, once per request."""

    relation: Relation
    reference: Geometry
    geoproperty: str = LOCATION
    """IRI of the GeoProperty whose value is the target geometry."""
    metres: float = 0.0
    """The distance of NEAR and BEYOND."""

    @classmethod
    def parse(
        cls, georel: str | None, geometry: str | None, coordinates: object, geoproperty: str = LOCATION
    ) -> "GeoQuery":
        """Read the four parameters; `coordinates` is JSON text (GET) or an array (POST).

        Raises:
            BadRequestData: a parameter is missing or does not follow the grammar of clause 4.10.
        """
        if not georel or not geometry or coordinates is None:
            raise BadRequestData("a geo-query needs georel, geometry and coordinates together")
        relation, metres = _parse_relation(georel)
        return cls(relation, parse_geometry(geometry, coordinates), geoproperty, metres)

    def matches(self, geometry: Mapping[str, object]) -> bool:
        """True if the target geometry stands in the asked relation. A malformed target never does."""
        if self.relation is Relation.NEAR or self.relation is Relation.BEYOND:
            apart = self.distance(geometry)
            return apart <= self.metres if self.relation is Relation.NEAR else self.metres < apart < math.inf
        shape = _shape(geometry)
        return shape is not None and self._relates(shape)

    def distance(self, geometry: Mapping[str, object]) -> float:
        """Metres between the target and the reference; infinite where the target is no geometry."""
        if geometry.get("type") == "Point" and self._point is not None:
            point = _point_of(geometry)
            return math.inf if point is None else haversine(*self._point, *point)
        shape = _shape(geometry)
        return math.inf if shape is None else shapes_apart(self._shape, shape)

    def bounds(self) -> Bounds | None:
        """A box that every matching geometry intersects; None where no box narrows the search."""
        if self.relation in {Relation.BEYOND, Relation.DISJOINT}:
            return None
        longitudes, latitudes = zip(*positions(self.reference), strict=True)
        box = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        return _widened(box, self.metres) if self.relation is Relation.NEAR else box

    @cached_property
    def _point(self) -> tuple[float, float] | None:
        return _point_of(self.reference) if self.reference["type"] == "Point" else None

    @cached_property
    def _shape(self) -> "BaseGeometry":
        import shapely  # noqa: PLC0415  # see _shape below

        shape = _shape(self.reference)
        if shape is None:
            raise BadRequestData("the coordinates do not form a geometry")
        shapely.prepare(shape)
        return shape

    def _relates(self, target: "BaseGeometry") -> bool:
        reference = self._shape  # prepared, so it is the one to be asked
        match self.relation:
            case Relation.WITHIN:
                return bool(reference.contains(target))
            case Relation.CONTAINS:
                return bool(reference.within(target))
            case Relation.INTERSECTS:
                return bool(reference.intersects(target))
            case Relation.OVERLAPS:
                return bool(reference.overlaps(target))
            case Relation.DISJOINT:
                return bool(reference.disjoint(target))
            case _:
                return bool(reference.equals(target))


def _parse_relation(georel: str) -> tuple[Relation, float]:
    if georel in _WORDS:
        return _WORDS[georel], 0.0
    found = _NEAR.fullmatch(georel)
    if found is None:
        raise BadRequestData(
            "georel must be near;maxDistance==metres, near;minDistance==metres, " + ", ".join(_WORDS)
        )
    metres = float(found[2])
    if not 0 < metres < math.inf:
        raise BadRequestData("the distance of georel must be a positive number of metres")
    return (Relation.NEAR if found[1] == "maxDistance" else Relation.BEYOND), metres


def _point_of(geometry: Mapping[str, object]) -> tuple[float, float] | None:
    match geometry.get("coordinates"):
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            return float(longitude), float(latitude)
    return None


def _shape(geometry: Mapping[str, object]) -> "BaseGeometry | None":
    """The shapely form, made valid (a bow-tie becomes two triangles), or None if it is no geometry."""
    import shapely  # noqa: PLC0415  # 100 ms of import that queries between points never need
    from shapely.geometry import shape  # noqa: PLC0415

    try:
        if geometry.get("type") == "Point":
            point = _point_of(geometry)
            return None if point is None else shapely.Point(point)
        built = shape(geometry)  # type: ignore[arg-type]  # any mapping with type and coordinates will do
        if built.is_empty:
            return None
        flat = shapely.force_2d(built)
        return flat if flat.is_valid else shapely.make_valid(flat)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None


def _widened(box: Bounds, metres: float) -> Bounds | None:
    west, south, east, north = box
    angle = metres / EARTH_RADIUS
    margin = math.degrees(angle) + _MARGIN
    south, north = south - margin, north + margin
    if angle >= math.pi:
        return None
    if north >= _POLE or south <= -_POLE:
        return -_DATE_LINE, max(south, -_POLE), _DATE_LINE, min(north, _POLE)
    highest = math.radians(max(abs(box[1]), abs(box[3])))
    sideways = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(highest)))) + _MARGIN
    if west - sideways < -_DATE_LINE or east + sideways > _DATE_LINE:
        return -_DATE_LINE, south, _DATE_LINE, north
    return west - sideways, south, east + sideways, north
