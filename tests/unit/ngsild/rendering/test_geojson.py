"""Clauses 4.5.16 and 4.5.17: entities as GeoJSON."""

from typing import Any

import pytest

from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Renderer, View
from tests.unit.ngsild.reading.documents import CONTEXT, ID, NOW, document

POINT = {"type": "Point", "coordinates": [136.8, 35.3]}
AREA = {"type": "LineString", "coordinates": [[136.8, 35.3], [136.9, 35.4]]}


def feature(
    geometry_property: str | None = None, view: View | None = None, **attributes: object
) -> dict[str, Any]:
    entity = read_entity(document(**attributes), CONTEXT, NOW)
    return Renderer(CONTEXT, view or View()).feature(entity, geometry_property)


def test_a_feature_holds_all_but_the_id_in_its_properties() -> None:
    assert feature(location=POINT, speed=5) == {
        "id": ID,
        "type": "Feature",
        "geometry": POINT,
        "properties": {
            "type": "Vehicle",
            "location": {"type": "GeoProperty", "value": POINT},
            "speed": {"type": "Property", "value": 5},
        },
    }


def test_a_simplified_feature_has_simplified_properties() -> None:
    shown = feature(view=View(Format.SIMPLIFIED), location=POINT, speed=5)

    assert shown["properties"] == {"type": "Vehicle", "location": POINT, "speed": 5}
    assert shown["geometry"] == POINT


def test_another_geo_property_can_be_the_geometry() -> None:
    assert feature("area", location=POINT, area=AREA)["geometry"] == AREA


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        (None, {}),
        ("area", {"location": POINT}),
        ("area", {"area": 5}),
        ("area", {"area": {"type": "Property", "value": POINT}}),
        (
            "area",
            {"area": [{"value": POINT, "datasetId": "urn:d:1"}, {"value": AREA, "datasetId": "urn:d:2"}]},
        ),
    ],
)
def test_without_such_a_geo_property_the_geometry_is_null(
    name: str | None, attributes: dict[str, Any]
) -> None:
    assert feature(name, **attributes)["geometry"] is None


def test_the_default_instance_or_the_dataset_asked_for_is_the_geometry() -> None:
    both = [{"value": AREA, "datasetId": "urn:d:1"}, {"value": POINT}]

    assert feature(location=both)["geometry"] == POINT
    assert feature(location=both, view=View(datasets=frozenset({"urn:d:1"})))["geometry"] == AREA


def test_many_features_are_a_collection() -> None:
    entity = read_entity(document(location=POINT), CONTEXT, NOW)

    collection: dict[str, Any] = Renderer(CONTEXT).feature_collection([entity, entity])

    assert collection["type"] == "FeatureCollection"
    assert [shown["id"] for shown in collection["features"]] == [ID, ID]
    assert Renderer(CONTEXT).feature_collection([]) == {"type": "FeatureCollection", "features": []}
