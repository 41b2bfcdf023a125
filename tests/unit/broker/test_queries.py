"""Queries (6.4.3.2), types and attributes (6.25 to 6.28), entity maps (6.32, 6.34), identity, contexts."""

import pytest

from tests.unit.broker.gateway import Api, at
from tests.unit.broker.test_entities import CAR, CORE, car, speed


@pytest.fixture(autouse=True)
def _cars(api: Api) -> None:
    cars = [car(number, speed=speed(number)) for number in range(1, 8)]
    api.post("/entityOperations/create", cars)


def ids(answer: object) -> str:
    return "".join(entity["id"][-1] for entity in answer.json)  # type: ignore[attr-defined]


def test_pages_are_linked_both_ways(api: Api) -> None:
    first = api.get("/entities", type="Car", limit="3", count="true")
    second = api.get(first.link["next"])
    third = api.get(second.link["next"])

    assert [ids(page) for page in (first, second, third)] == ["123", "456", "7"]
    assert {page.headers["ngsild-results-count"] for page in (first, second, third)} == {"7"}
    assert "prev" not in first.link
    assert "next" not in third.link
    assert ids(api.get(third.link["prev"])) == "456"
    assert ids(api.get(second.link["prev"])) == "123"
    assert 'rel="next"; type="application/json"' in first.headers["link"]


def test_links_repeat_the_query_as_it_was(api: Api) -> None:
    first = api.get("/entities", type="Car", q='speed>0;speed!="a&b"', limit="2", options="keyValues")

    second = api.get(first.link["next"])

    assert "q=speed%3E0;speed!=%22a%26b%22&type=Car" in first.link["next"]
    assert [entity["speed"] for entity in second.json] == [3, 4]


def test_the_media_type_of_the_pages_stays(api: Api) -> None:
    first = api.get("/entities", type="Car", limit="3", ld=True)

    assert 'rel="next"; type="application/ld+json"' in first.headers["link"]
    assert all(entity["@context"] == CORE for entity in first.json)


def test_links_name_limit_and_offset_also_for_those_who_read_or_change_them(api: Api) -> None:
    following = api.get("/entities", type="Car", limit="2").link["next"]

    assert "&limit=2&offset=2&" in following
    assert api.get(following).json == api.get("/entities", type="Car", limit="2", offset="2").json
    changed = following.replace("offset=2", "offset=1")
    assert api.get(changed).json == api.get("/entities", type="Car", limit="2", offset="1").json


def test_offsets_are_linked_for_those_who_use_them(api: Api) -> None:
    page = api.get("/entities", type="Car", limit="2", offset="2")

    assert ids(page) == "34"
    assert page.link["next"] == "/ngsi-ld/v1/entities?limit=2&offset=4&type=Car"
    assert page.link["prev"] == "/ngsi-ld/v1/entities?limit=2&offset=0&type=Car"


def test_only_the_count(api: Api) -> None:
    answer = api.get("/entities", type="Car", limit="0", count="true")

    assert (answer.status, answer.json) == (200, [])
    assert answer.headers["ngsild-results-count"] == "7"
    assert set(answer.link) == {"http://www.w3.org/ns/json-ld#context"}


def test_nothing_found_is_an_empty_list(api: Api) -> None:
    answer = api.get("/entities", type="Boat", count="true")

    assert (answer.status, answer.json) == (200, [])
    assert answer.headers["ngsild-results-count"] == "0"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "BadRequestData"),
        ("type=Car&limit=0", "BadRequestData"),
        ("type=Car&colour=red", "InvalidRequest"),
        ("type=Car&type=Bus", "InvalidRequest"),
        ("type=&type=Bus", "InvalidRequest"),
        ("type=Car&cursor=abc", "BadRequestData"),
        ("type=Car&q=speed>", "BadRequestData"),
        ("type=Car&geometryProperty=location", "BadRequestData"),
        ("type=Car&georel=invalid&geometry=Point&coordinates=[1,2]", "BadRequestData"),
        ("type=Car&format=temporalValues", "InvalidRequest"),
        ("type=Car&timerel=after", "InvalidRequest"),
    ],
)
def test_what_is_wrong_is_refused(api: Api, query: str, error: str) -> None:
    answer = api.get(f"/entities?{query}")

    assert (answer.status, answer.error) == (400, error)


class TestLinkedEntities:
    @pytest.fixture(autouse=True)
    def _links(self, api: Api) -> None:
        api.post("/entities", {"id": "urn:ngsi-ld:City:1", "type": "City", "name": speed("Ichinomiya")})
        api.post(at(CAR, "attrs"), {"in": {"type": "Relationship", "object": "urn:ngsi-ld:City:1"}})

    def test_inline(self, api: Api) -> None:
        linked = {"id": "urn:ngsi-ld:City:1", "type": "City", "name": speed("Ichinomiya")}

        assert api.get(at(CAR), join="inline").json["in"]["entity"] == linked
        assert api.get("/entities", id=CAR, type="Car", join="inline").json[0]["in"]["entity"] == linked
        assert api.get(at(CAR), join="inline", options="keyValues").json["in"]["name"] == "Ichinomiya"

    def test_flat(self, api: Api) -> None:
        assert [entity["id"] for entity in api.get(at(CAR), join="flat").json] == [CAR, "urn:ngsi-ld:City:1"]
        assert len(api.get("/entities", type="Car", limit="2", join="flat").json) == 3

    def test_not_joined(self, api: Api) -> None:
        assert api.get(at(CAR), join="@none").json["in"] == {
            "type": "Relationship",
            "object": "urn:ngsi-ld:City:1",
        }


class TestDiscovery:
    def test_lists(self, api: Api) -> None:
        types, attributes = api.get("/types/").json, api.get("/attributes", ld=True).json

        assert (types["type"], types["typeList"]) == ("EntityTypeList", ["Car"])
        assert (attributes["type"], attributes["attributeList"]) == ("AttributeList", ["speed"])
        assert attributes["@context"] == CORE

    def test_details(self, api: Api) -> None:
        assert api.get("/types", details="true").json[0]["attributeNames"] == ["speed"]
        assert api.get("/attributes", details="true").json[0]["typeNames"] == ["Car"]
        assert api.get("/types/Car").json["entityCount"] == 7
        assert api.get("/attributes/speed").json["attributeCount"] == 7

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/types/Boat", 404),
            ("/attributes/colour", 404),
            ("/types?details=maybe", 400),
            ("/types?x=1", 400),
            ("/types/Car?details=true", 400),
            ("/attributes/@id", 400),
        ],
    )
    def test_errors(self, api: Api, path: str, status: int) -> None:
        assert api.get(path).status == status


class TestEntityMaps:
    def test_a_query_may_fix_its_entities(self, api: Api) -> None:
        made = api.get("/entities", type="Car", entityMap="true", limit="2")
        location = made.headers["ngsild-entitymap"]
        api.post("/entities", car(8, speed=speed(8)))
        api.delete(at("urn:ngsi-ld:Car:3"))

        again = api.get("/entities", type="Car", headers={"ngsild-entitymap": location})

        assert (made.status, ids(made)) == (201, "12")
        assert (again.status, ids(again)) == (200, "124567")
        assert again.headers["ngsild-entitymap"] == location

    def test_an_unknown_map_is_made_anew(self, api: Api) -> None:
        answer = api.get("/entities", type="Car", headers={"ngsild-entitymap": "urn:ngsi-ld:EntityMap:dead"})

        assert answer.status == 201
        assert "dead" not in answer.headers["ngsild-entitymap"]

    def test_retrieving_one_entity_makes_a_map_of_it(self, api: Api) -> None:
        answer = api.get(at(CAR), entityMap="true")

        assert answer.status == 200
        assert api.get(answer.headers["ngsild-entitymap"]).json["entityMap"] == {CAR: ["@none"]}

    def test_maps_are_made_retrieved_prolonged_and_dropped(self, api: Api) -> None:
        made = api.get("/entityMaps", type="Car", q="speed<3")
        path = made.headers["ngsild-entitymap"]

        assert made.status == 201
        assert made.json["type"] == "EntityMap"
        assert set(made.json["entityMap"]) == {CAR, "urn:ngsi-ld:Car:2"}
        assert api.get(path).json == made.json
        assert api.patch(path, {"expiresAt": "2999-01-01T00:00:00Z", "entityMap": {}}).status == 204
        kept = api.get(path).json
        assert made.json["expiresAt"] < kept["expiresAt"] < "2999"
        assert kept["entityMap"] == made.json["entityMap"]
        assert api.delete(path).status == 204
        assert api.get(path).status == 404
        assert api.delete(path).status == 404

    def test_by_post_and_by_the_old_name(self, api: Api) -> None:
        made = api.post("/entityMaps", {"type": "Query", "entities": [{"type": "Car"}]})

        assert made.status == 201
        assert api.get(f"/entityMap/{made.json['id']}").status == 200

    @pytest.mark.parametrize(
        ("method", "path", "document", "status"),
        [
            ("GET", "/entityMaps", None, 400),
            ("GET", "/entityMaps/nouri", None, 400),
            ("GET", "/entityMaps/urn:a:b", None, 404),
            ("PATCH", "/entityMaps/urn:a:b", {}, 404),
            ("DELETE", "/entityMaps/nouri", None, 400),
            ("GET", "/entityMaps?type=Car&entityMapLifetime=long", None, 400),
        ],
    )
    def test_errors(self, api: Api, method: str, path: str, document: object, status: int) -> None:
        assert api(method, path, document=document).status == status

    def test_their_life_is_bounded(self, api: Api) -> None:
        made = api.get("/entityMaps", type="Car", entityMapLifetime="P3650D").json
        short = api.get("/entityMaps", type="Car", entityMapLifetime="PT1M").json

        assert short["expiresAt"] < made["expiresAt"] < "2030"


def test_the_source_says_who_it_is(api: Api) -> None:
    own, other = (
        api.get("/info/sourceIdentity").json,
        api.get("/info/sourceIdentity", headers={"ngsild-tenant": "x"}).json,
    )

    assert own["type"] == "ContextSourceIdentity"
    assert own["contextSourceAlias"] != other["contextSourceAlias"]


@pytest.mark.parametrize("name", ["id", "type", "scope", "createdAt", "unheardOf"])
def test_members_that_every_entity_has_are_no_attributes(api: Api, name: str) -> None:
    assert api.get(f"/attributes/{name}").error == "ResourceNotFound"
    assert name not in api.get("/attributes").json["attributeList"]


class TestContexts:
    def test_they_are_kept_listed_served_and_dropped(self, api: Api) -> None:
        document = {"@context": {"speed": "https://example.org/speed"}}

        path = api.post("/jsonldContexts", document).headers["location"]

        assert api.get(path).json == document
        assert api.get(path, details="true").json["kind"] == "Hosted"
        assert api.get("/jsonldContexts", kind="Hosted").json[0].endswith(path)
        assert api.get("/jsonldContexts", details="true").json[0]["localId"]
        assert api.delete(path).status == 204
        assert (api.get(path).status, api.get(path).error) == (404, "ResourceNotFound")

    @pytest.mark.parametrize(
        ("method", "path", "document", "status"),
        [
            ("POST", "/jsonldContexts", {}, 400),
            ("POST", "/jsonldContexts", {"@context": 5}, 400),
            ("GET", "/jsonldContexts?kind=Other", None, 400),
            ("GET", "/jsonldContexts?details=perhaps", None, 400),
            ("DELETE", "/jsonldContexts/none", None, 404),
            ("GET", "/jsonldContexts/none", None, 404),
        ],
    )
    def test_errors(self, api: Api, method: str, path: str, document: object, status: int) -> None:
        assert api(method, path, document=document).status == status


class TestEarlierVersions:
    """Prefer: ngsi-ld=… (4.3.6.8)."""

    @pytest.fixture(autouse=True)
    def _kind(self, api: Api) -> None:
        api.post(at(CAR, "attrs"), {"kind": {"type": "VocabProperty", "vocab": "Sedan"}})

    def test_an_altered_answer_says_so(self, api: Api) -> None:
        answer = api.get(at(CAR), headers={"prefer": "ngsi-ld=1.5"})

        assert (answer.status, answer.headers["preference-applied"]) == (203, "ngsi-ld=1.5")
        assert answer.json["kind"]["type"] == "Property"

    def test_an_unaltered_one_only_names_the_version(self, api: Api) -> None:
        answer = api.get(at(CAR), headers={"prefer": "ngsi-ld=1.9"})

        assert (answer.status, answer.headers["preference-applied"]) == (200, "ngsi-ld=1.9")
        assert answer.json["kind"]["type"] == "VocabProperty"

    def test_queries_are_altered_too(self, api: Api) -> None:
        answer = api.get("/entities", type="Car", headers={"prefer": "ngsi-ld=1.5"})

        assert answer.status == 203
        assert answer.json[0]["kind"]["type"] == "Property"
