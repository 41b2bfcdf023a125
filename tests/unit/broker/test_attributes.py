"""Routes of attributes: 6.6, 6.7."""

import pytest

from tests.unit.broker.gateway import Api, at
from tests.unit.broker.test_entities import CAR, DEFAULT, car, speed

SET_A, SET_B = "urn:ngsi-ld:Dataset:A", "urn:ngsi-ld:Dataset:B"


@pytest.fixture(autouse=True)
def _car(api: Api) -> None:
    api.post("/entities", car(speed=[speed(50), speed(51, datasetId=SET_A)]))


def shown(api: Api) -> dict[str, object]:
    """The attributes of the car."""
    return {name: value for name, value in api.get(at(CAR)).json.items() if name not in {"id", "type"}}


def test_appending_replaces_by_dataset(api: Api) -> None:
    answer = api.post(at(CAR, "attrs"), {"speed": speed(61, datasetId=SET_A), "colour": speed("red")})

    assert (answer.status, answer.text) == (204, "")
    assert shown(api) == {"speed": [speed(50), speed(61, datasetId=SET_A)], "colour": speed("red")}


def test_appending_without_overwriting_reports_in_full_names(api: Api) -> None:
    answer = api.post(
        at(CAR, "attrs") + "/", {"speed": speed(60), "colour": speed("red")}, options="noOverwrite"
    )

    assert answer.status == 207
    assert answer.json["updated"] == [DEFAULT + "colour"]
    assert [left["attributeName"] for left in answer.json["notUpdated"]] == [DEFAULT + "speed"]
    assert answer.json["notUpdated"][0]["reason"]
    assert answer.headers["content-type"] == "application/json"
    assert "link" not in answer.headers


def test_updating_replaces_appends_and_deletes(api: Api) -> None:
    answer = api.patch(
        at(CAR, "attrs"),
        {"speed": [speed(60), speed("urn:ngsi-ld:null", datasetId=SET_A)], "colour": speed("red")},
    )

    assert answer.status == 204
    assert shown(api) == {"speed": speed(60), "colour": speed("red")}


def test_updating_a_scope_that_is_not_there_is_reported(api: Api) -> None:
    answer = api.patch(at(CAR, "attrs"), {"scope": "/a"})

    assert answer.status == 207
    assert answer.json["updated"] == []
    assert answer.json["notUpdated"][0]["attributeName"] == "https://uri.etsi.org/ngsi-ld/scope"


def test_a_partial_update_leaves_the_rest(api: Api) -> None:
    assert api.patch(at(CAR, "attrs", "speed"), {"unitCode": "KMH"}).status == 204
    assert api.patch(at(CAR, "attrs", "speed"), {"value": 1, "datasetId": SET_A}).status == 204
    assert api.patch(at(CAR, "attrs", DEFAULT + "speed"), {"note": "by full name"}).status == 204

    assert shown(api) == {
        "speed": [speed(50, unitCode="KMH", note=speed("by full name")), speed(1, datasetId=SET_A)]
    }


def test_nulls_inside_what_replaces_an_attribute_are_not_stored(api: Api) -> None:
    null = "urn:ngsi-ld:null"
    sent = speed(1, unitCode=null, a=null, b=speed(2, unitCode=null, c=null))
    kept = speed(1, b=speed(2))

    assert api.patch(at(CAR, "attrs"), {"speed": sent, "another": sent}).status == 204
    after = api.get(at(CAR)).json
    assert kept in (after["speed"], *(after["speed"] if isinstance(after["speed"], list) else ()))
    assert after["another"] == kept

    assert api.patch(at(CAR, "attrs", "another"), {"d": sent, "b": sent}).status == 204
    assert api.get(at(CAR)).json["another"] == speed(1, b=kept, d=kept)


@pytest.mark.parametrize("value", ["x", 5, {"type": "Point", "coordinates": ["x", 1]}, {"a": 1}])
def test_a_value_without_type_must_be_one_of_the_type_there_is(api: Api, value: object) -> None:
    point = {"type": "Point", "coordinates": [136.8, 35.3]}
    api.post(at(CAR, "attrs"), {"location": {"type": "GeoProperty", "value": point}})

    assert api.patch(at(CAR, "attrs", "location"), {"value": value}).status == 400
    assert api.patch(at(CAR), {"location": {"value": value}}).status == 400
    assert api.get(at(CAR)).json["location"]["value"] == point
    assert api.patch(at(CAR, "attrs", "location"), {"value": {**point, "coordinates": [1, 2]}}).status == 204
    assert api.patch(at(CAR), {"location": {"value": {**point, "coordinates": [1, 2]}}}).status == 204


def test_a_replacement_leaves_nothing_else(api: Api) -> None:
    api.patch(at(CAR, "attrs", "speed"), {"unitCode": "KMH"})

    assert api.put(at(CAR, "attrs", "speed"), speed(9)).status == 204

    assert shown(api) == {"speed": [speed(9), speed(51, datasetId=SET_A)]}


def test_deleting_takes_the_default_one_a_dataset_or_all(api: Api) -> None:
    assert api.delete(at(CAR, "attrs", "speed"), datasetId=SET_B).status == 404
    assert api.delete(at(CAR, "attrs", "speed")).status == 204
    assert shown(api) == {"speed": speed(51, datasetId=SET_A)}
    assert api.delete(at(CAR, "attrs", "speed")).status == 404
    assert api.delete(at(CAR, "attrs", "speed"), deleteAll="true").status == 204
    assert shown(api) == {}


def test_the_scope_can_be_deleted(api: Api) -> None:
    api.post(at(CAR, "attrs"), {"scope": "/a"})

    assert api.delete(at(CAR, "attrs", "scope")).status == 204
    assert api.delete(at(CAR, "attrs", "scope")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "document", "status", "error"),
    [
        ("POST", "/entities/nouri/attrs", {"a": 1}, 400, "BadRequestData"),
        ("POST", "/entities//attrs/", {"a": 1}, 400, "BadRequestData"),
        ("POST", at("urn:a:b", "attrs"), {"a": None}, 404, "ResourceNotFound"),
        ("POST", at(CAR, "attrs"), {"a": None}, 400, "BadRequestData"),
        ("POST", at(CAR, "attrs") + "?options=overwrite", {"a": 1}, 400, "InvalidRequest"),
        ("POST", at(CAR, "attrs") + "?type=Bus", {"a": 1}, 404, "ResourceNotFound"),
        ("PATCH", "/entities/nouri/attrs", {"a": 1}, 400, "BadRequestData"),
        ("PATCH", "/entities//attrs/", {"a": 1}, 400, "BadRequestData"),
        ("PATCH", at("urn:a:b", "attrs"), {"a": None}, 404, "ResourceNotFound"),
        ("PATCH", at(CAR, "attrs"), {"id": "urn:a:b", "a": 1}, 400, "BadRequestData"),
        ("PATCH", at(CAR, "attrs") + "?type=Bus", {"a": 1}, 404, "ResourceNotFound"),
        ("PATCH", at(CAR, "attrs", "colour"), {"value": 1}, 404, "ResourceNotFound"),
        ("PATCH", at(CAR, "attrs", "speed"), {"value": 1, "datasetId": SET_B}, 404, "ResourceNotFound"),
        (
            "PATCH",
            at(CAR, "attrs", "speed"),
            {"type": "Relationship", "object": "urn:a:b"},
            400,
            "BadRequestData",
        ),
        ("PATCH", at(CAR, "attrs", "speed"), {}, 400, "BadRequestData"),
        ("PATCH", at(CAR, "attrs", "scope"), {"value": "/a"}, 400, "BadRequestData"),
        ("PATCH", at(CAR, "attrs", "speed") + "?type=Bus", {"value": 1}, 404, "ResourceNotFound"),
        ("PATCH", at("urn:a:b", "attrs", "speed"), {"value": 1}, 404, "ResourceNotFound"),
        ("PATCH", at("urn:a:b", "attrs", "speed"), {"datasetId": 5}, 400, "BadRequestData"),
        ("PATCH", "/entities/nouri/attrs/speed", {"value": 1}, 400, "BadRequestData"),
        ("PUT", at(CAR, "attrs", "colour"), speed(1), 404, "ResourceNotFound"),
        ("PUT", at(CAR, "attrs", "@invalid"), speed(1), 400, "BadRequestData"),
        ("PATCH", at(CAR, "attrs", "sp(eed"), {"value": 1}, 400, "BadRequestData"),
        ("DELETE", at(CAR, "attrs", "sp(eed"), None, 400, "BadRequestData"),
        ("PUT", at(CAR, "attrs", "scope"), {"value": "/a"}, 400, "BadRequestData"),
        ("PUT", at(CAR, "attrs", "speed"), speed("urn:ngsi-ld:null"), 400, "BadRequestData"),
        ("PUT", "/entities/nouri/attrs/speed", speed(1), 400, "BadRequestData"),
        ("PUT", at("urn:a:b", "attrs", "speed"), speed(1), 404, "ResourceNotFound"),
        ("DELETE", at(CAR, "attrs", "type"), None, 400, "BadRequestData"),
        ("DELETE", at(CAR, "attrs", "speed") + "?datasetId=nothing", None, 400, "BadRequestData"),
        ("DELETE", at(CAR, "attrs", "speed") + "?deleteAll=perhaps", None, 400, "BadRequestData"),
        ("DELETE", "/entities/nouri/attrs/speed", None, 400, "BadRequestData"),
        ("DELETE", at("urn:a:b", "attrs", "speed"), None, 404, "ResourceNotFound"),
    ],
)
def test_what_cannot_be_done(  # noqa: PLR0917  # one row of the table
    api: Api, method: str, path: str, document: object, status: int, error: str
) -> None:
    before = shown(api)

    answer = api(method, path, document=document)

    assert (answer.status, answer.error) == (status, error)
    assert shown(api) == before


def test_the_list_of_attributes_cannot_be_deleted(api: Api) -> None:
    assert api.delete(at(CAR, "attrs") + "/", deleteAll="false").status == 405
