"""Routes of batches: 6.14 to 6.17, 6.31; and queries by POST: 6.23."""

import pytest

from tests.unit.broker.gateway import Api, at
from tests.unit.broker.test_entities import CAR, car, speed

OPERATIONS = "/entityOperations"


def failures(answer: object) -> dict[str, str]:
    """Entity → error type of a 207."""
    return {
        failed["entityId"]: failed["error"]["type"].rpartition("/")[2]
        for failed in answer.json["errors"]  # type: ignore[attr-defined]
    }


def test_created_ids_are_returned(api: Api) -> None:
    answer = api.post(f"{OPERATIONS}/create", [car(1), car(2)])

    assert (answer.status, answer.json) == (201, [CAR, "urn:ngsi-ld:Car:2"])


def test_a_mixed_batch_says_who_failed_and_why(api: Api) -> None:
    api.post("/entities", car(1))

    answer = api.post(f"{OPERATIONS}/create", [car(1), car(2), car(2), {"id": "urn:a:b"}])

    assert answer.status == 207
    assert answer.json["success"] == ["urn:ngsi-ld:Car:2"]
    assert failures(answer) == {
        CAR: "AlreadyExists",
        "urn:ngsi-ld:Car:2": "AlreadyExists",
        "urn:a:b": "BadRequestData",
    }
    assert answer.json["errors"][0]["error"]["title"]


def test_each_document_has_its_own_context(api: Api) -> None:
    answer = api.post(
        f"{OPERATIONS}/create",
        [{**car(1, speed=1), "@context": {"speed": "https://example.org/speed"}}, car(2)],
        ld=True,
    )

    assert answer.status == 207
    assert failures(answer) == {"urn:ngsi-ld:Car:2": "BadRequestData"}
    assert "https://example.org/speed" in api.get(at(CAR)).json


def test_a_context_in_plain_json_fails_its_document(api: Api) -> None:
    answer = api.post(f"{OPERATIONS}/create", [{**car(1), "@context": []}])

    assert answer.status == 207
    assert failures(answer) == {CAR: "BadRequestData"}


def test_a_link_beside_json_ld_fails_the_whole_batch(api: Api) -> None:
    link = '<http://example.org/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'

    answer = api.post(f"{OPERATIONS}/create", [{**car(1), "@context": []}], ld=True, headers={"link": link})

    assert (answer.status, answer.error) == (400, "BadRequestData")


def test_upserts_name_what_they_created(api: Api) -> None:
    api.post("/entities", car(1, speed=speed(1), colour=speed("red")))

    mixed = api.post(f"{OPERATIONS}/upsert", [car(1, speed=speed(2)), car(2)])
    old = api.post(f"{OPERATIONS}/upsert", [car(1, colour=speed("blue"))], options="update")

    assert (mixed.status, mixed.json) == (201, ["urn:ngsi-ld:Car:2"])
    assert (old.status, old.text) == (204, "")
    assert api.get(at(CAR)).json == car(1, speed=speed(2), colour=speed("blue"))


def test_updates_need_the_entity(api: Api) -> None:
    api.post("/entities", car(1, speed=speed(1)))

    assert api.post(f"{OPERATIONS}/update", [car(1, speed=speed(2))]).status == 204
    missing = api.post(f"{OPERATIONS}/update", [car(1, speed=speed(3)), car(9)])
    kept = api.post(f"{OPERATIONS}/update", [car(1, speed=speed(4), a=speed(1))], options="noOverwrite")

    assert (missing.status, failures(missing)) == (207, {"urn:ngsi-ld:Car:9": "ResourceNotFound"})
    assert (kept.status, kept.json["success"]) == (207, [])
    assert api.get(at(CAR)).json == car(1, speed=speed(3), a=speed(1))


def test_a_scope_that_an_update_ignores_fails_nothing(api: Api) -> None:
    api.post("/entities", car(1))

    answer = api.post(f"{OPERATIONS}/upsert", [car(1, scope="/a", speed=speed(5))], options="update")

    assert answer.status == 204
    assert api.get(at(CAR)).json == car(1, speed=speed(5))


def test_merges_go_into_values(api: Api) -> None:
    api.post("/entities", car(1, address=speed({"a": 1, "b": 2})))

    answer = api.post(f"{OPERATIONS}/merge", [car(1, address=speed({"b": "urn:ngsi-ld:null", "c": 3}))])

    assert answer.status == 204
    assert api.get(at(CAR)).json == car(1, address=speed({"a": 1, "c": 3}))


def test_deletions_need_the_entity(api: Api) -> None:
    api.post(f"{OPERATIONS}/create", [car(1), car(2)])

    assert api.post(f"{OPERATIONS}/delete", [CAR]).status == 204
    answer = api.post(f"{OPERATIONS}/delete", [CAR, "urn:ngsi-ld:Car:2"], ld=True)

    assert answer.status == 207
    assert answer.json["success"] == ["urn:ngsi-ld:Car:2"]
    assert failures(answer) == {CAR: "ResourceNotFound"}


@pytest.mark.parametrize("operation", ["create", "upsert", "update", "merge", "delete"])
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[", "InvalidRequest"),
        ("", "InvalidRequest"),
        ("[]", "BadRequestData"),
        ("{}", "BadRequestData"),
        ("[null]", "BadRequestData"),
        ("5", "BadRequestData"),
    ],
)
def test_what_is_no_batch_is_refused_whole(api: Api, operation: str, text: str, error: str) -> None:
    answer = api("POST", f"{OPERATIONS}/{operation}", text=text)

    assert (answer.status, answer.error) == (400, error)


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("create", "replace"),
        ("upsert", "noOverwrite"),
        ("upsert", "replace,update"),
        ("update", "replace"),
        ("merge", "noOverwrite"),
    ],
)
def test_options_belong_to_their_operation(api: Api, operation: str, options: str) -> None:
    answer = api.post(f"{OPERATIONS}/{operation}", [car(1)], options=options)

    assert (answer.status, answer.error) == (400, "InvalidRequest")


class TestQueryByPost:
    @pytest.fixture(autouse=True)
    def _cars(self, api: Api) -> None:
        place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [136.8, 35.3]}}
        cars = [car(n, speed=speed(n * 10), brand=speed("A"), location=place) for n in range(1, 6)]
        api.post(f"{OPERATIONS}/create", cars)

    def ids(self, api: Api, **members: object) -> list[str]:
        answer = api.post(f"{OPERATIONS}/query", {"type": "Query", **members})
        assert answer.status == 200
        return [entity["id"][-1] for entity in answer.json]

    def test_the_members_are_the_parameters(self, api: Api) -> None:
        cars = [{"type": "Car"}]
        geo = {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": [136.8, 35.3]}

        assert self.ids(api, entities=cars, q="speed>30") == ["4", "5"]
        assert self.ids(api, entities=cars, ordering={"orderBy": ["speed;desc"]}) == list("54321")
        assert self.ids(api, geoQ=geo, q="speed==10") == ["1"]
        assert self.ids(api, entities=[{"type": "Car", "id": CAR, "idPattern": "2$"}]) == ["1"]
        assert self.ids(api, attrs=["speed"], q="speed<20") == ["1"]

    def test_the_look_is_asked_for_in_both_places(self, api: Api) -> None:
        query = {"type": "Query", "entities": [{"type": "Car", "id": CAR}], "pick": ["id", "speed"]}

        answer = api.post(f"{OPERATIONS}/query", query, options="keyValues")

        assert answer.json == [{"id": CAR, "speed": 10}]

    def test_as_geojson(self, api: Api) -> None:
        query = {"type": "Query", "entities": [{"type": "Car"}], "geometryProperty": "location"}

        answer = api.post(f"{OPERATIONS}/query", query, headers={"accept": "application/geo+json"})

        assert answer.json["type"] == "FeatureCollection"
        assert len(answer.json["features"]) == 5

    def test_pages_are_linked(self, api: Api) -> None:
        query = {"type": "Query", "entities": [{"type": "Car"}]}

        first = api.post(f"{OPERATIONS}/query", query, limit="3", count="true")
        second = api.post(first.link["next"], query)

        assert first.headers["ngsild-results-count"] == "5"
        assert [entity["id"][-1] for entity in second.json] == ["4", "5"]
        assert "next" not in second.link

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"type": "Question", "entities": [{"type": "Car"}]},
            {"type": "Query"},
            [],
            5,
            {"type": "Query", "entities": []},
            {"type": "Query", "entities": [{"id": CAR}]},
            {"type": "Query", "entities": [{"type": "Car", "id": "no uri"}]},
            {"type": "Query", "entities": [{"type": "Car", "id": [CAR, 5]}]},
            {"type": "Query", "entities": {"type": "Car"}},
            {"type": "Query", "entities": [{"type": "Car"}], "q": 42},
            {"type": "Query", "entities": [{"type": "Car"}], "attrs": []},
            {"type": "Query", "entities": [{"type": "Car"}], "pick": "speed"},
            {"type": "Query", "entities": [{"type": "Car"}], "join": "inline", "joinLevel": 0},
            {"type": "Query", "entities": [{"type": "Car"}], "join": "inline", "joinLevel": "1"},
            {"type": "Query", "entities": [{"type": "Car"}], "temporalQ": {"timerel": "after"}},
            {"type": "Query", "entities": [{"type": "Car"}], "geoQ": "near"},
            {"type": "Query", "entities": [{"type": "Car"}], "entityMap": "true"},
        ],
    )
    def test_what_is_no_query_is_refused(self, api: Api, query: object) -> None:
        answer = api.post(f"{OPERATIONS}/query", query)

        assert (answer.status, answer.error) == (400, "BadRequestData")
