"""Geo-queries (clause 4.10): grammar, the seven relations, distances, and the box an index may use."""

import json
import math
import time
from collections.abc import Sequence

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.distance import EARTH_RADIUS, haversine
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.query.geometry import MAX_VERTICES

STATION = [136.7976, 35.3030]
SQUARE = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]
WITH_HOLE = [*SQUARE, [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]]


def point(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def polygon(rings: Sequence[Sequence[Sequence[float]]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": rings}


def line(*positions: list[float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": list(positions)}


def query(georel: str, geometry: str, coordinates: object) -> GeoQuery:
    return GeoQuery.parse(georel, geometry, json.dumps(coordinates))


def test_location_is_the_geoproperty_where_none_is_named() -> None:
    assert query("within", "Polygon", SQUARE).geoproperty == LOCATION


def test_coordinates_may_come_as_text_or_as_an_array() -> None:
    assert GeoQuery.parse("within", "Polygon", SQUARE) == query("within", "Polygon", SQUARE)


@pytest.mark.parametrize(
    "georel",
    [
        "near",
        "near;maxDistance",
        "near;maxDistance==",
        "near;maxDistance==0",
        "near;maxDistance==-1",
        "near;maxDistance==abc",
        "near;maxDistance=5",
        "near;maxDistance==+5",
        "near;maxDistance==05",
        "near;maxDistance==1;minDistance==2",
        "near;maxDistance==1e999",
        "near;maxDistance==5.",
        "within;maxDistance==5",
        "near; maxDistance==5",
        "nearby",
        "beyond",
        "WITHIN",
        "near;maxDistance==５",
    ],
)
def test_a_georel_outside_the_grammar_is_refused(georel: str) -> None:
    with pytest.raises(BadRequestData):
        query(georel, "Point", [8, 40])


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", "[8"),
        ("Point", "8,40"),
        ("Point", "[8]"),
        ("Point", '["8","40"]'),
        ("Point", "[true,false]"),
        ("Point", "[NaN,1]"),
        ("Point", "[1,1e400]"),
        ("Point", "[200,1]"),
        ("Point", "[1,91]"),
        ("Point", "[[8,40]]"),
        ("Point", "{}"),
        ("Point", "null"),
        ("Point", "[]"),
        ("Point", "[1,2,3,4,5]"),
        ("point", "[8,40]"),
        ("Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]"),
        ("Polygon", "[[[0,0],[1,0],[0,0]]]"),
        ("Polygon", "[[0,0],[1,0],[1,1],[0,0]]"),
        ("Polygon", "[[]]"),
        ("LineString", "[[0,0]]"),
        ("MultiPoint", "[8,40]"),
        ("MultiLineString", "[[[0,0]]]"),
        ("MultiPolygon", "[[[0,0],[1,0],[1,1],[0,0]]]"),
        ("GeometryCollection", "[]"),
        ("Circle", "[8,40]"),
        ("Point", "[8,40\ud800]"),
        ("Point", "[8,40]\x00"),
        ("Point", "[" + "9" * 5000 + ",1]"),
    ],
)
def test_a_geometry_that_is_none_is_refused(kind: str, coordinates: str) -> None:
    with pytest.raises(BadRequestData):
        GeoQuery.parse("intersects", kind, coordinates)


@pytest.mark.parametrize(
    "parts", [(None, "Point", "[8,40]"), ("within", None, "[8,40]"), ("within", "Point", None)]
)
def test_an_incomplete_geo_query_is_refused(parts: tuple[str | None, str | None, str | None]) -> None:
    with pytest.raises(BadRequestData):
        GeoQuery.parse(*parts)


def circle(vertices: int) -> list[list[list[float]]]:
    turns = [2 * math.pi * number / (vertices - 1) for number in range(vertices - 1)]
    ring = [[10 + math.cos(turn), 10 + math.sin(turn)] for turn in turns]
    return [[*ring, ring[0]]]


@pytest.mark.parametrize(
    "coordinates", [json.dumps(circle(10_000)), "[" * 100_000, "[" * 1000 + "]" * 1000, "[[[0,0]," * 200_000]
)
def test_hostile_coordinates_are_refused_within_a_second(coordinates: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        GeoQuery.parse("within", "Polygon", coordinates)
    assert time.perf_counter() - start < 1


def test_the_largest_admitted_polygon_answers_a_hundred_points_within_a_second() -> None:
    asked = GeoQuery.parse("within", "Polygon", circle(MAX_VERTICES))
    start = time.perf_counter()
    inside = [asked.matches(point(10 + number / 50, 10)) for number in range(100)]
    assert time.perf_counter() - start < 1
    assert inside.count(True) == 50


@pytest.mark.parametrize(
    ("georel", "target", "expected"),
    [
        ("within", point(5, 2), True),
        ("within", point(5, 5), False),
        ("within", point(0, 5), False),  # OGC within: the boundary alone is not inside
        ("within", point(11, 5), False),
        ("within", line([1, 1], [2, 2]), True),
        ("intersects", point(0, 5), True),
        ("intersects", point(5, 5), False),
        ("intersects", line([-5, 1], [15, 1]), True),
        ("disjoint", point(5, 5), True),
        ("disjoint", point(0, 5), False),
        ("contains", polygon([[[-1, -1], [11, -1], [11, 11], [-1, 11], [-1, -1]]]), True),
        ("contains", polygon(SQUARE), True),
        ("contains", point(5, 2), False),
        ("overlaps", polygon([[[5, 0], [15, 0], [15, 10], [5, 10], [5, 0]]]), True),
        ("overlaps", polygon([[[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]), False),
        ("overlaps", line([-5, 1], [15, 1]), False),
        ("equals", polygon(WITH_HOLE), True),
        ("equals", polygon(SQUARE), False),
    ],
)
def test_relations_to_a_polygon_with_a_hole(georel: str, target: dict[str, object], expected: bool) -> None:
    assert query(georel, "Polygon", WITH_HOLE).matches(target) is expected


def test_equal_geometries_may_start_at_another_vertex_and_run_the_other_way() -> None:
    turned = polygon([[[10, 10], [10, 0], [0, 0], [0, 10], [10, 10]]])
    assert query("equals", "Polygon", SQUARE).matches(turned)


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", [5, 5]),
        ("MultiPoint", [[5, 5], [6, 6]]),
        ("LineString", [[4, 4], [6, 6]]),
        ("MultiLineString", [[[4, 4], [6, 6]], [[1, 1], [2, 1]]]),
        ("Polygon", SQUARE),
        ("MultiPolygon", [SQUARE, [[[20, 20], [21, 20], [21, 21], [20, 20]]]]),
    ],
)
@pytest.mark.parametrize("georel", ["intersects", "equals", "contains", "within"])
def test_every_geometry_stands_in_relation_to_itself(georel: str, kind: str, coordinates: object) -> None:
    assert query(georel, kind, coordinates).matches({"type": kind, "coordinates": coordinates})


def test_near_measures_the_great_circle_with_the_mean_earth_radius() -> None:
    quarter = GeoQuery.parse("near;maxDistance==1", "Point", [0, 0]).distance(point(90, 0))
    assert quarter == pytest.approx(math.pi / 2 * 6_371_008.8, rel=1e-12)


def test_a_target_exactly_at_the_distance_is_near_and_not_beyond() -> None:
    metres = haversine(8, 40, 8, 41)
    assert GeoQuery.parse(f"near;maxDistance=={metres!r}", "Point", [8, 40]).matches(point(8, 41))
    assert not GeoQuery.parse(f"near;minDistance=={metres!r}", "Point", [8, 40]).matches(point(8, 41))


def test_a_target_inside_the_reference_polygon_is_at_no_distance() -> None:
    assert query("near;maxDistance==1", "Polygon", SQUARE).distance(point(5, 5)) == 0


def test_the_distance_to_a_road_is_that_to_its_nearest_place() -> None:
    road = line([136.7, 35.31], [136.9, 35.31])
    measured = query("near;maxDistance==1000", "Point", STATION).distance(road)
    assert measured == pytest.approx(math.radians(0.007) * EARTH_RADIUS, rel=1e-6)


def test_distance_takes_the_short_way_across_the_antimeridian() -> None:
    measured = query("near;maxDistance==1000", "Point", [179.9, 0]).distance(line([-179.9, -1], [-179.9, 1]))
    assert measured == pytest.approx(math.radians(0.2) * EARTH_RADIUS, rel=1e-6)


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": "8,40"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[1, 2]]},
        {"type": "Sphere", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, None], [2, 2]]},
        {"type": 5, "coordinates": {}},
    ],
)
@pytest.mark.parametrize(
    "georel", ["near;maxDistance==5", "near;minDistance==5", "within", "intersects", "equals"]
)
def test_a_malformed_target_matches_nothing(georel: str, target: dict[str, object]) -> None:
    assert not query(
        georel, "Polygon" if georel == "within" else "Point", SQUARE if georel == "within" else [8, 40]
    ).matches(target)


def test_a_polygon_that_crosses_itself_is_asked_as_the_area_it_covers() -> None:
    bow_tie = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]
    assert query("within", "Polygon", bow_tie).matches(point(1.9, 1))
    assert not query("within", "Polygon", bow_tie).matches(point(1, 1.9))


@pytest.mark.parametrize("georel", ["disjoint", "near;minDistance==10", "near;maxDistance==30000000"])
def test_no_box_is_offered_where_none_narrows_the_search(georel: str) -> None:
    assert query(georel, "Point", STATION).bounds() is None


def test_the_box_of_a_relation_is_that_of_its_reference() -> None:
    assert query("within", "Polygon", SQUARE).bounds() == (0, 0, 10, 10)


def test_the_box_of_one_kilometre_around_the_station_is_about_two_kilometres_wide() -> None:
    box = query("near;maxDistance==1000", "Point", STATION).bounds()
    assert box == pytest.approx((136.78658, 35.29401, 136.80862, 35.31199), abs=1e-5)


def test_a_box_across_the_date_line_or_a_pole_takes_every_longitude() -> None:
    for place in ([179.999, 0], [0, 89.999], [0, -89.999]):
        box = query("near;maxDistance==1000", "Point", place).bounds()
        assert box is not None
        assert (box[0], box[2]) == (-180, 180)
        assert -90 <= box[1] < box[3] <= 90
