"""Temporal evolutions over HTTP (6.18 to 6.24, 6.35): what is done with them is tested with the domain."""

from typing import Any

import pytest

from tests.unit.broker.gateway import Answer, Api, at
from tests.unit.broker.test_entities import CORE

TAXI = "urn:ngsi-ld:Vehicle:taxi"
BUS = "urn:ngsi-ld:Vehicle:bus"
BUS_STOP = "urn:ngsi-ld:instance:stop"
DAY = {"timerel": "after", "timeAt": "2026-11-24T00:00:00Z"}


def times(identifier: str = TAXI, *, speeds: int = 3, **more: object) -> dict[str, Any]:
    """An evolution: speeds 1, 2, 3 … at 5:01, 5:02, 5:03 …"""
    instances = [
        {"type": "Property", "value": minute, "observedAt": f"2026-11-24T05:{minute:02d}:00Z"}
        for minute in range(1, speeds + 1)
    ]
    return {"id": identifier, "type": "Vehicle", "speed": instances, **more}


def below(*rest: str, identifier: str = TAXI) -> str:
    return "/temporal" + at(identifier, *rest)


@pytest.fixture(autouse=True)
def taxi(api: Api) -> Answer:
    return api.post("/temporal/entities", times())


def speeds(answer: Answer) -> list[object]:
    return [instance["value"] for instance in answer.json["speed"]]


class TestProvision:
    def test_an_evolution_is_created_and_then_updated(self, api: Api, taxi: Answer) -> None:
        again = api.post("/temporal/entities", times(speeds=4))

        assert (taxi.status, taxi.text) == (201, "")
        assert taxi.headers["location"] == f"/ngsi-ld/v1/temporal/entities/{TAXI}"
        assert (again.status, again.text) == (204, "")
        assert speeds(api.get(below())) == [1, 2, 3, 4]

    def test_a_tenant_comes_into_being_with_its_first_evolution(self, api: Api) -> None:
        there = {"NGSILD-Tenant": "buses"}

        before = api.get(below(), headers=there)
        api.post("/temporal/entities", times(), headers=there)
        after = api.get(below(), headers=there)

        assert (before.status, before.error) == (404, "NonexistentTenant")
        assert (after.status, after.headers["ngsild-tenant"]) == (200, "buses")

    def test_instances_are_added(self, api: Api) -> None:
        answer = api.post(
            below("attrs"),
            {"speed": [{"type": "Property", "value": 9, "observedAt": "2026-11-24T06:00:00Z"}]},
        )

        assert (answer.status, answer.text) == (204, "")
        assert speeds(api.get(below())) == [1, 2, 3, 9]

    def test_an_instance_is_replaced_and_deleted(self, api: Api) -> None:
        instance = api.get(below()).json["speed"][1]["instanceId"]
        body = {"speed": [{"type": "Property", "value": 22, "observedAt": "2026-11-24T05:02:00Z"}]}

        replaced = api.patch(below("attrs", "speed", instance), body)
        after = speeds(api.get(below()))
        deleted = api.delete(below("attrs", "speed", instance))

        assert (replaced.status, deleted.status) == (204, 204)
        assert after == [1, 22, 3]
        assert speeds(api.get(below())) == [1, 3]
        assert api.delete(below("attrs", "speed", instance)).error == "ResourceNotFound"

    def test_an_attribute_is_deleted_with_all_its_datasets_or_one(self, api: Api) -> None:
        of_city = {
            "type": "Property",
            "value": 7,
            "observedAt": "2026-11-24T05:07:00Z",
            "datasetId": "urn:x:city",
        }
        api.post(below("attrs"), {"speed": [of_city]})

        default = api.delete(below("attrs", "speed"))
        rest = speeds(api.get(below()))
        everything = api.delete(below("attrs", "speed"), deleteAll="true")

        assert (default.status, rest, everything.status) == (204, [7], 204)
        assert api.delete(below("attrs", "speed"), deleteAll="true").status == 404

    def test_an_evolution_is_deleted(self, api: Api) -> None:
        assert api.delete(below()).status == 204
        assert api.delete(below()).error == "ResourceNotFound"

    def test_deleting_an_attribute_of_the_entity_ends_its_evolution(self, api: Api) -> None:
        answer = api.delete(at(TAXI, "attrs", "speed"))

        ended = api.get(below(), timerel="after", timeAt="2026-01-01T00:00:00Z", timeproperty="deletedAt")
        assert answer.status == 204
        assert [instance["value"] for instance in ended.json["speed"]] == ["urn:ngsi-ld:null"]
        assert api.delete(at(TAXI, "attrs", "unheardOf")).status == 404
        assert api.delete(at(TAXI, "attrs", "speed"), type="Vehicle").status == 404

    def test_the_null_stands_in_a_value_not_for_an_attribute(self, api: Api) -> None:
        api.post("/temporal/entities", {"id": "urn:x:1", "type": "Bus"})

        for sent, status in (("urn:ngsi-ld:null", 400), ({"value": "urn:ngsi-ld:null"}, 204)):
            assert api.post("/temporal/entities/urn:x:1/attrs", {"speed": sent}).status == status

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("DELETE", "/temporal/entities/no-uri"),
            ("POST", "/temporal/entities/no-uri/attrs"),
            ("DELETE", "/temporal/entities/no-uri/attrs/speed"),
            ("PATCH", "/temporal/entities/no-uri/attrs/speed/urn:x:1"),
            ("PATCH", below("attrs", "speed", "no-uri")),
            ("DELETE", below("attrs", "speed", "no-uri")),
            ("DELETE", below("attrs", "type")),
            ("GET", "/temporal/entities/no-uri"),
        ],
    )
    def test_a_place_that_cannot_be_is_refused(self, api: Api, method: str, path: str) -> None:
        body: object = {"speed": []} if method in {"POST", "PATCH"} else None

        assert api(method, path, document=body).error == "BadRequestData"

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/temporal/entities/urn:x:1/attrs"),
            ("DELETE", "/temporal/entities/urn:x:1/attrs/speed"),
            ("PATCH", "/temporal/entities/urn:x:1/attrs/speed/urn:x:1"),
            ("DELETE", "/temporal/entities/urn:x:1/attrs/speed/urn:x:1"),
            ("DELETE", "/temporal/entities/urn:x:1"),
            ("GET", "/temporal/entities/urn:x:1"),
        ],
    )
    def test_what_is_not_there_is_not_found(self, api: Api, method: str, path: str) -> None:
        body = times()["speed"][0] if method in {"POST", "PATCH"} else None
        document = None if body is None else {"speed": [body]}

        assert api(method, path, document=document).error == "ResourceNotFound"


class TestRetrieval:
    def test_it_is_written_in_the_context_asked_for(self, api: Api) -> None:
        plain, linked = api.get(below()), api.get(below(), ld=True)

        assert plain.headers["content-type"] == "application/json"
        assert CORE in plain.headers["link"]
        assert linked.headers["content-type"] == "application/ld+json"
        assert linked.json["@context"] == CORE

    def test_temporal_values(self, api: Api) -> None:
        by_format = api.get(below(), format="temporalValues")
        by_option = api.get(below(), options="temporalValues")

        assert by_format.json["speed"]["values"][0] == [1, "2026-11-24T05:01:00Z"]
        assert by_option.json == by_format.json

    def test_aggregated_values(self, api: Api) -> None:
        answer = api.get(below(), format="aggregatedValues", aggrMethods="sum,max", **DAY)

        assert [answer.json["speed"][method][0][0] for method in ("sum", "max")] == [6, 3]

    def test_system_attributes_are_shown_on_demand(self, api: Api) -> None:
        assert "createdAt" not in api.get(below()).json
        assert "createdAt" in api.get(below(), options="sysAttrs").json

    def test_a_stretch_of_time_and_the_last(self, api: Api) -> None:
        between = api.get(
            below(), timerel="between", timeAt="2026-11-24T05:02:00Z", endTimeAt="2026-11-24T05:03:00Z"
        )
        last = api.get(below(), lastN="2")

        assert (speeds(between), speeds(last)) == ([2], [3, 2])

    def test_what_is_too_long_comes_in_parts(self, api: Api) -> None:
        api.post("/temporal/entities", times(BUS, speeds=30))

        first = api.get(below(identifier=BUS), **DAY)
        second = api.get(below(identifier=BUS), timerel="after", timeAt="2026-11-24T05:20:00Z")

        assert (first.status, len(first.json["speed"])) == (206, 19)
        assert first.headers["content-range"] == ("date-time 2026-11-24T00:00:00Z-2026-11-24T05:19:00Z/*")
        assert (second.status, speeds(second)) == (200, list(range(20, 31)))

    def test_an_entity_map_of_one(self, api: Api) -> None:
        answer = api.get(below(), entityMap="true")
        found = api.get(answer.headers["ngsild-entitymap"])

        assert answer.status == 200
        assert list(found.json["entityMap"]) == [TAXI]

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("options", "temporalValues,aggregatedValues", "InvalidRequest"),
            ("format", "keyValues", "InvalidRequest"),
            ("options", "keyValues", "InvalidRequest"),
            ("format", "aggregatedValues", "BadRequestData"),
            ("lastN", "0", "BadRequestData"),
            ("timerel", "after", "BadRequestData"),
            ("timerel", "during", "BadRequestData"),
            ("timeproperty", "speed", "BadRequestData"),
            ("pick", "owner{name}", "BadRequestData"),
            ("datasetId", "x", "BadRequestData"),
            ("join", "inline", "InvalidRequest"),
        ],
    )
    def test_a_wrong_parameter_is_refused(self, api: Api, name: str, value: str, error: str) -> None:
        answer = api.get(below(), **{name: value})

        assert (answer.status, answer.error) == (400, error)

    def test_an_evolution_has_no_place_on_a_map(self, api: Api) -> None:
        assert api.get(below(), headers={"Accept": "application/geo+json"}).status == 406


class TestQueries:
    @pytest.fixture(autouse=True)
    def _buses(self, api: Api) -> None:
        for number in range(1, 6):
            api.post("/temporal/entities", times(f"urn:ngsi-ld:Bus:{number}") | {"type": "Bus"})

    def ids(self, answer: Answer) -> list[str]:
        return [entity["id"].rpartition(":")[2] for entity in answer.json]

    def test_pages_are_linked_and_counted(self, api: Api) -> None:
        first = api.get("/temporal/entities", type="Bus", limit="2", count="true", **DAY)
        second = api.get(first.link["next"])

        assert (self.ids(first), self.ids(second)) == (["1", "2"], ["3", "4"])
        assert first.headers["ngsild-results-count"] == "5"
        assert self.ids(api.get(second.link["prev"])) == ["1", "2"]

    def test_offsets_and_order(self, api: Api) -> None:
        answer = api.get(
            "/temporal/entities", type="Bus", limit="2", offset="1", orderBy="id;desc", local="true", **DAY
        )

        assert self.ids(answer) == ["4", "3"]
        assert "offset=3" in answer.link["next"]

    def test_by_body(self, api: Api) -> None:
        query = {
            "type": "Query",
            "entities": [{"type": "Bus"}],
            "q": "speed>2",
            "temporalQ": {"timerel": "before", "timeAt": "2026-11-24T06:00:00Z", "lastN": 1},
        }

        answer = api.post("/temporal/entityOperations/query", query, limit="3")

        assert (answer.status, self.ids(answer)) == (200, ["1", "2", "3"])
        assert [instance["value"] for instance in answer.json[0]["speed"]] == [3]

    @pytest.mark.parametrize("methods", ["avg", ["avg"]])
    @pytest.mark.parametrize("member", ["temporalQ", "aggrParams"])
    def test_methods_in_the_body_ask_for_aggregated_values(
        self, api: Api, member: str, methods: object
    ) -> None:
        query: dict[str, Any] = {"type": "Query", "entities": [{"type": "Bus"}], "temporalQ": dict(DAY)}
        query.setdefault(member, {})["aggrMethods"] = methods

        answer = api.post("/temporal/entityOperations/query", query)

        assert answer.json[0]["speed"]["avg"][0][0] == 2

    @pytest.mark.parametrize(
        "members",
        [
            {"temporalQ": {"timerel": "between", "timeAt": "2026-11-24T00:00:00Z"}},
            {"temporalQ": {**DAY, "lastN": 0}},
            {"temporalQ": {**DAY, "lastN": 1.5}},
            {"temporalQ": {**DAY, "lastN": "3"}},
            {"temporalQ": {**DAY, "aggrMethods": "middle"}},
            {"temporalQ": DAY, "aggrParams": {"aggrMethods": ["avg"], "aggrPeriodDuration": "soon"}},
            {"temporalQ": DAY, "join": "inline"},
            {"temporalQ": []},
            {},
        ],
    )
    def test_a_wrong_body_is_refused(self, api: Api, members: dict[str, Any]) -> None:
        query = {"type": "Query", "entities": [{"type": "Bus"}], **members}

        assert api.post("/temporal/entityOperations/query", query).error == "BadRequestData"

    @pytest.mark.parametrize(
        "parameters",
        [
            {"type": "Bus"},
            {**DAY},
            {**DAY, "attrs": "createdAt"},
            {**DAY, "type": "Bus", "pick": "owner{name}"},
            {**DAY, "type": "Bus", "q": 'owner{name}=="x"'},
            {**DAY, "type": "Bus", "id": "not a uri"},
            {**DAY, "type": "Bus", "csf": "))bad(("},
            {**DAY, "type": "Bus", "orderBy": "name", "local": "true"},
            {**DAY, "type": "Bus", "orderBy": "id"},
            {**DAY, "type": "Bus", "collation": "zz-unheard-of"},
            {**DAY, "type": "*", "local": "false"},
        ],
    )
    def test_a_wrong_query_is_refused(self, api: Api, parameters: dict[str, str]) -> None:
        assert api.get("/temporal/entities", **parameters).error == "BadRequestData"

    def test_a_map_fixes_what_is_found(self, api: Api) -> None:
        only = api.get("/temporal/entities", type="Bus", id="urn:ngsi-ld:Bus:2", entityMap="true", **DAY)
        named = {"NGSILD-EntityMap": only.headers["ngsild-entitymap"]}
        later = api.get("/temporal/entities", type="Bus", headers=named, **DAY)
        dead = {"NGSILD-EntityMap": "urn:ngsi-ld:entitymap:dead"}
        fresh = api.get("/temporal/entities", type="Bus", headers=dead, **DAY)

        assert (only.status, later.status, fresh.status) == (201, 200, 201)
        assert self.ids(later) == ["2"]
        assert later.headers["ngsild-entitymap"] == named["NGSILD-EntityMap"]
        assert "dead" not in fresh.headers["ngsild-entitymap"]

    def test_a_map_is_made_without_its_entities(self, api: Api) -> None:
        query = {"type": "Query", "entities": [{"type": "Bus"}], "temporalQ": DAY}

        by_url = api.get("/temporal/entityMaps", type="Bus", **DAY)
        by_body = api.post("/temporal/entityMaps", query)

        assert (by_url.status, by_body.status) == (201, 201)
        assert len(by_url.json["entityMap"]) == len(by_body.json["entityMap"]) == 5
        assert by_url.headers["ngsild-entitymap"].endswith(by_url.json["id"])
        assert api.get("/temporal/entityMaps", type="Bus").error == "BadRequestData"

    def test_parts_of_several_evolutions_end_at_one_moment(self, api: Api) -> None:
        api.post("/temporal/entities", times(BUS, speeds=30) | {"type": "Bus"})

        answer = api.get("/temporal/entities", type="Bus", **DAY)

        assert answer.status == 206
        assert answer.headers["content-range"].endswith("-2026-11-24T05:19:00Z/*")
