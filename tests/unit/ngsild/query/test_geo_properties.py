"""Geo-queries against an independent evaluation: vectors, half-planes, a walk along the street."""

import math
from collections.abc import Sequence

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.query.distance import EARTH_RADIUS
from machi.ngsild.query.geo import GeoQuery


def point(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def polygon(rings: Sequence[Sequence[Sequence[float]]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": rings}


def line(*positions: list[float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": list(positions)}


longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
near_city = st.tuples(st.floats(136.70, 136.90), st.floats(35.20, 35.40))


def vector(longitude: float, latitude: float) -> tuple[float, float, float]:
    lam, phi = math.radians(longitude), math.radians(latitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def angle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The angle between two positions by vectors, not by the haversine formula."""
    (ax, ay, az), (bx, by, bz) = vector(*a), vector(*b)
    cross = (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return math.atan2(math.hypot(*cross), ax * bx + ay * by + az * bz)


@settings(max_examples=2_000, deadline=None)
@given(longitudes, latitudes, longitudes, latitudes, st.floats(1, 2.1e7))
def test_near_between_points_equals_vector_geometry_and_its_box_holds_every_match(
    lon1: float, lat1: float, lon2: float, lat2: float, metres: float
) -> None:
    apart = angle((lon1, lat1), (lon2, lat2)) * EARTH_RADIUS
    asked = GeoQuery.parse(f"near;maxDistance=={metres!r}", "Point", [lon1, lat1])
    beyond = GeoQuery.parse(f"near;minDistance=={metres!r}", "Point", [lon1, lat1])
    if abs(apart - metres) > 0.5:  # near antipodes the haversine loses half a metre
        assert asked.matches(point(lon2, lat2)) is (apart <= metres)
        assert beyond.matches(point(lon2, lat2)) is (apart > metres)
    box = asked.bounds()
    if asked.matches(point(lon2, lat2)) and box is not None:
        west, south, east, north = box
        assert west <= lon2 <= east
        assert south <= lat2 <= north


@settings(max_examples=300, deadline=None)
@given(near_city, near_city, near_city)
def test_the_distance_to_a_street_equals_a_dense_walk_along_it(
    place: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> None:
    street = line(list(start), list(end))
    measured = GeoQuery.parse("near;maxDistance==1", "Point", list(place)).distance(street)
    steps = 2_000
    walked = min(
        angle(place, (start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps))
        for n in range(steps + 1)
    )
    assert measured <= walked * EARTH_RADIUS * (1 + 1e-6) + 1e-3
    assert measured >= walked * EARTH_RADIUS - 30_000 / steps  # the walk's stride


def inside_convex(corners: list[tuple[float, float]], x: float, y: float) -> float:
    """The smallest signed area towards any edge: positive inside, negative outside."""
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return min((bx - ax) * (y - ay) - (by - ay) * (x - ax) for (ax, ay), (bx, by) in pairs)


@settings(max_examples=1_500, deadline=None)
@given(st.lists(near_city, min_size=3, max_size=12), near_city)
def test_within_and_disjoint_on_convex_areas_equal_the_half_plane_rule(
    cloud: list[tuple[float, float]], place: tuple[float, float]
) -> None:
    hull = shapely.MultiPoint(cloud).convex_hull
    if not isinstance(hull, shapely.Polygon) or hull.area < 1e-6:
        return
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(hull)][:-1]
    if not shapely.is_ccw(shapely.LinearRing(corners)):
        corners.reverse()
    side = inside_convex(corners, *place)
    if abs(side) < 1e-9:
        return
    ring = [[list(corner) for corner in [*corners, corners[0]]]]
    assert GeoQuery.parse("within", "Polygon", ring).matches(point(*place)) is (side > 0)
    assert GeoQuery.parse("intersects", "Polygon", ring).matches(point(*place)) is (side > 0)
    assert GeoQuery.parse("disjoint", "Polygon", ring).matches(point(*place)) is (side < 0)
    assert GeoQuery.parse("contains", "Point", list(place)).matches(polygon(ring)) is (side > 0)


squares = st.tuples(st.integers(-8, 8), st.integers(-8, 8), st.integers(1, 6), st.integers(1, 6))


@settings(max_examples=1_000, deadline=None)
@given(squares, squares)
def test_relations_between_boxes_equal_the_comparison_of_their_sides(
    first: tuple[int, int, int, int], second: tuple[int, int, int, int]
) -> None:
    def ring(box: tuple[int, int, int, int]) -> list[list[list[int]]]:
        x, y, width, height = box
        return [[[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]]

    def holds(outer: tuple[int, int, int, int], inner: tuple[int, int, int, int]) -> bool:
        return all(
            outer[axis] <= inner[axis] and inner[axis] + inner[axis + 2] <= outer[axis] + outer[axis + 2]
            for axis in (0, 1)
        )

    touch = all(
        first[axis] <= second[axis] + second[axis + 2] and second[axis] <= first[axis] + first[axis + 2]
        for axis in (0, 1)
    )
    share = all(
        first[axis] < second[axis] + second[axis + 2] and second[axis] < first[axis] + first[axis + 2]
        for axis in (0, 1)
    )
    expected = {
        "within": holds(first, second),
        "contains": holds(second, first),
        "intersects": touch,
        "disjoint": not touch,
        "overlaps": share and not holds(first, second) and not holds(second, first),
        "equals": first == second,
    }
    target = polygon(ring(second))
    assert {
        georel: GeoQuery.parse(georel, "Polygon", ring(first)).matches(target) for georel in expected
    } == expected
