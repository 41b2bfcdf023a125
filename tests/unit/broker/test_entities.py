"""Routes of single entities: 6.4, 6.5."""

from typing import ClassVar

import pytest

from machi.core.ids import Tenant
from machi.core.principal import Principal, PrincipalKind
from tests.unit.broker.gateway import CALLER, Api, at

CAR = "urn:ngsi-ld:Car:1"
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"


def car(number: int = 1, **members: object) -> dict[str, object]:
    return {"id": f"urn:ngsi-ld:Car:{number}", "type": "Car", **members}


def speed(value: object = 50, **more: object) -> dict[str, object]:
    return {"type": "Property", "value": value, **more}


class TestCreate:
    def test_it_says_where_the_entity_is(self, api: Api) -> None:
        answer = api.post("/entities", car(speed=speed()))

        assert (answer.status, answer.text) == (201, "")
        assert answer.headers["location"] == f"/ngsi-ld/v1/entities/{CAR}"
        assert "link" not in answer.headers
        assert api.get(answer.headers["location"]).json == car(speed=speed())

    def test_an_entity_is_created_once(self, api: Api) -> None:
        api.post("/entities", car())

        answer = api.post("/entities/", car())

        assert (answer.status, answer.error) == (409, "AlreadyExists")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json["title"] != answer.json["detail"]

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", "InvalidRequest"),
            ("{", "InvalidRequest"),
            ("[]", "BadRequestData"),
            ("5", "BadRequestData"),
            ("{}", "BadRequestData"),
            ('{"id": "x", "type": "Car"}', "BadRequestData"),
            ('{"id": "urn:a:b"}', "BadRequestData"),
            ('{"id":"urn:a:b","type":"Car","a":null}', "BadRequestData"),
            ('{"id":"urn:a:b","type":"Car","a":"urn:ngsi-ld:null"}', "BadRequestData"),
        ],
    )
    def test_what_is_no_entity_is_refused(self, api: Api, text: str, error: str) -> None:
        answer = api("POST", "/entities", text=text)

        assert (answer.status, answer.error) == (400, error)

    @pytest.mark.parametrize("content_type", ["text/xml", "application/merge-patch+json", ""])
    def test_other_media_types_get_a_bare_415(self, api: Api, content_type: str) -> None:
        answer = api.post("/entities", car(), headers={"content-type": content_type})

        assert (answer.status, answer.text) == (415, "")

    def test_a_body_of_unknown_length_gets_a_bare_411(self, api: Api) -> None:
        answer = api(
            "POST", "/entities", headers={"content-type": "application/json", "transfer-encoding": "chunked"}
        )

        assert (answer.status, answer.text) == (411, "")

    def test_an_unknown_parameter_is_refused(self, api: Api) -> None:
        answer = api.post("/entities?colour=red", car())

        assert (answer.status, answer.error) == (400, "InvalidRequest")
        assert "colour" not in answer.text


class TestContext:
    """6.3.5: where the @context of a request stands."""

    context: ClassVar = {"speed": "https://example.org/speed", "Car": "https://example.org/Car"}

    def test_json_ld_brings_its_own(self, api: Api) -> None:
        created = api.post("/entities", {**car(speed=speed()), "@context": self.context}, ld=True)

        assert created.status == 201
        assert api.get(at(CAR)).json == {
            "id": CAR,
            "type": "https://example.org/Car",
            "https://example.org/speed": speed(),
        }

    def test_json_must_not(self, api: Api) -> None:
        answer = api.post("/entities", {**car(), "@context": self.context})

        assert (answer.status, answer.error) == (400, "BadRequestData")

    def test_json_ld_without_one_is_refused(self, api: Api) -> None:
        answer = api.post("/entities", car(), ld=True)

        assert (answer.status, answer.error) == (400, "BadRequestData")

    def test_json_ld_with_a_link_is_refused(self, api: Api) -> None:
        link = f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

        answer = api.post("/entities", {**car(), "@context": CORE}, ld=True, headers={"link": link})

        assert (answer.status, answer.error) == (400, "BadRequestData")

    def test_answers_name_it_in_the_header_or_hold_it(self, api: Api) -> None:
        api.post("/entities", car())

        plain, linked = api.get(at(CAR)), api.get(at(CAR), ld=True)

        assert plain.link == {"http://www.w3.org/ns/json-ld#context": CORE}
        assert "@context" not in plain.json
        assert linked.json["@context"] == CORE
        assert linked.headers["content-type"] == "application/ld+json"
        assert "link" not in linked.headers

    def test_a_hosted_one_can_be_linked(self, api: Api) -> None:
        added = api.post("/jsonldContexts", {"@context": self.context})
        url = f"http://localhost:8701{added.headers['location']}"
        headers = {"link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}

        api.post("/entities", car(speed=speed()), headers=headers)

        assert api.get(at(CAR), headers=headers).json["speed"] == speed()
        assert "https://example.org/speed" in api.get(at(CAR)).json


class TestRetrieve:
    @pytest.fixture(autouse=True)
    def _car(self, api: Api) -> None:
        place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [136.8, 35.3]}}
        api.post(
            "/entities", car(speed=speed(unitCode="KMH"), colour=speed("red"), location=place, scope="/a")
        )

    def test_in_three_formats(self, api: Api) -> None:
        point = {"type": "Point", "coordinates": [136.8, 35.3]}

        assert api.get(at(CAR), format="concise").json["speed"] == {"value": 50, "unitCode": "KMH"}
        assert api.get(at(CAR), options="keyValues").json == car(
            speed=50, colour="red", location=point, scope="/a"
        )
        assert api.get(at(CAR), format="simplified", options="normalized").json["speed"] == 50

    def test_with_system_attributes_on_demand(self, api: Api) -> None:
        shown = api.get(at(CAR), options="sysAttrs,concise").json

        assert {"createdAt", "modifiedAt"} <= shown.keys()
        assert {"createdAt", "modifiedAt"} <= shown["speed"].keys()
        assert "createdAt" not in api.get(at(CAR)).json

    def test_as_geojson(self, api: Api) -> None:
        answer = api.get(at(CAR), headers={"accept": "application/geo+json"}, options="keyValues")

        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json["geometry"] == {"type": "Point", "coordinates": [136.8, 35.3]}
        assert answer.json["properties"]["speed"] == 50
        assert answer.json["@context"] == CORE

    @pytest.mark.parametrize(
        "projection", [{"attrs": "speed"}, {"pick": "id,type,speed"}, {"omit": "location"}]
    )
    def test_a_projection_leaves_the_geometry_of_a_feature(
        self, api: Api, projection: dict[str, str]
    ) -> None:
        point = {"type": "Point", "coordinates": [136.8, 35.3]}
        api.post("/entities", {"id": "urn:a:b", "type": "Car", "speed": speed(), "location": point})

        feature = api.get("/entities/urn:a:b", headers={"accept": "application/geo+json"}, **projection).json

        assert feature["geometry"] == point
        assert feature["properties"] == {"type": "Car", "speed": speed()}

    def test_as_geojson_with_the_context_in_the_header(self, api: Api) -> None:
        answer = api.get(at(CAR), headers={"accept": "application/geo+json", "prefer": "body=json"})

        assert "@context" not in answer.json
        assert CORE in answer.headers["link"]

    @pytest.mark.parametrize(
        ("parameters", "members"),
        [
            ({"attrs": "speed"}, {"id", "type", "speed", "scope"}),
            ({"pick": "id,colour"}, {"id", "colour"}),
            ({"pick": "speed|type"}, {"speed", "type"}),
            ({"omit": "location,scope,id"}, {"type", "speed", "colour"}),
        ],
    )
    def test_in_part(self, api: Api, parameters: dict[str, str], members: set[str]) -> None:
        shown = api.get(at(CAR), **parameters).json

        assert shown.keys() - ({"scope"} if "attrs" in parameters else set()) == members - (
            {"scope"} if "attrs" in parameters else set()
        )

    @pytest.mark.parametrize(
        ("parameters", "status", "error"),
        [
            ({"attrs": "none"}, 404, "ResourceNotFound"),
            ({"type": "Bus"}, 404, "ResourceNotFound"),
            ({"type": "Bus,Car"}, 200, ""),
            ({"options": "verbose"}, 400, "InvalidRequest"),
            ({"format": "verbose"}, 400, "InvalidRequest"),
            ({"options": "concise,keyValues"}, 400, "InvalidRequest"),
            ({"geometryProperty": "location"}, 400, "BadRequestData"),
            ({"pick": "owner{name}"}, 400, "BadRequestData"),
            ({"q": "speed>1"}, 400, "InvalidRequest"),
            ({"datasetId": "nothing"}, 400, "BadRequestData"),
            ({"local": "true"}, 200, ""),
            ({"lang": "ja,en;q=0.5"}, 200, ""),
            ({"attrs": ""}, 200, ""),
        ],
    )
    def test_parameters_are_checked(
        self, api: Api, parameters: dict[str, str], status: int, error: str
    ) -> None:
        answer = api.get(at(CAR), **parameters)

        assert answer.status == status
        assert not error or answer.error == error

    def test_unknown_and_impossible_ids(self, api: Api) -> None:
        assert api.get(at("urn:ngsi-ld:Car:2")).status == 404
        assert api.get(at("urn:ngsi-ld:Car:2")).error == "ResourceNotFound"
        assert (api.get("/entities/nouri").status, api.get("/entities/nouri").error) == (
            400,
            "BadRequestData",
        )

    def test_not_in_xml(self, api: Api) -> None:
        answer = api.get(at(CAR), headers={"accept": "application/xml"})

        assert answer.status == 406
        assert "application/ld+json" in answer.text

    def test_a_repeated_parameter_is_refused(self, api: Api) -> None:
        answer = api.get(f"{at(CAR)}?type=Car&%74ype=Bus")

        assert (answer.status, answer.error) == (400, "InvalidRequest")

    def test_an_id_with_slashes(self, api: Api) -> None:
        entity = "https://example.org/cars/1?x=ä"
        created = api.post("/entities", {"id": entity, "type": "Car"})

        assert api.get(created.headers["location"]).json["id"] == entity


class TestMerge:
    def test_values_are_merged_and_the_rest_stays(self, api: Api) -> None:
        api.post("/entities", car(speed=speed(unitCode="KMH"), address=speed({"city": "A", "street": "B"})))

        answer = api.patch(
            at(CAR), {"speed": {"value": 60}, "address": speed({"street": "urn:ngsi-ld:null"})}
        )

        assert (answer.status, answer.text) == (204, "")
        assert "content-length" not in answer.headers
        assert api.get(at(CAR)).json == car(speed=speed(60, unitCode="KMH"), address=speed({"city": "A"}))

    def test_a_typed_sub_attribute_is_merged_without_the_attribute_around_it(self, api: Api) -> None:
        api.post("/entities", car(speed=speed(50, accuracy=speed(1))))

        assert api.patch(at(CAR), {"speed": {"accuracy": speed(2), "source": speed("gps")}}).status == 204

        assert api.get(at(CAR)).json == car(speed=speed(50, accuracy=speed(2), source=speed("gps")))

    def test_merge_patch_is_a_media_type_of_its_own(self, api: Api) -> None:
        api.post("/entities", car())

        answer = api.patch(at(CAR), {"a": 1}, headers={"content-type": "application/merge-patch+json"})

        assert answer.status == 204

    def test_in_simplified_form_attributes_keep_their_types(self, api: Api) -> None:
        api.post(
            "/entities",
            car(
                owner={"type": "Relationship", "object": "urn:a:b"},
                name={"type": "LanguageProperty", "languageMap": {"ja": "車", "en": "car"}},
                speed=speed(observedAt="2020-01-01T00:00:00Z"),
            ),
        )

        answer = api.patch(
            at(CAR),
            {"owner": "urn:a:c", "name": "Auto", "speed": 9},
            format="simplified",
            lang="de",
            observedAt="2026-01-01T00:00:00Z",
        )

        assert answer.status == 204
        assert api.get(at(CAR)).json == car(
            owner={"type": "Relationship", "object": "urn:a:c"},
            name={"type": "LanguageProperty", "languageMap": {"ja": "車", "en": "car", "de": "Auto"}},
            speed=speed(9, observedAt="2026-01-01T00:00:00Z"),
        )

    def test_bare_values_keep_types_also_among_attributes_in_concise_form(self, api: Api) -> None:
        api.post("/entities", car(owner={"type": "Relationship", "object": "urn:a:b"}, speed=speed()))

        assert api.patch(at(CAR), {"owner": "urn:a:c", "speed": {"value": 9}}).status == 204
        assert api.post("/entityOperations/merge", [{"id": CAR, "owner": "urn:a:d"}]).status == 204

        assert api.get(at(CAR)).json == car(
            owner={"type": "Relationship", "object": "urn:a:d"}, speed=speed(9)
        )

    def test_new_attributes_in_concise_form_get_the_type_that_their_value_tells(self, api: Api) -> None:
        point = {"type": "Point", "coordinates": [136.8, 35.3]}
        api.post("/entities", car())

        answer = api.patch(
            at(CAR), {"speed": {"value": 9, "unitCode": "KMH"}, "stop": {"value": point, "a": {"value": 1}}}
        )

        assert answer.status == 204
        assert api.get(at(CAR)).json == car(
            speed=speed(9, unitCode="KMH"),
            stop={"type": "GeoProperty", "value": point, "a": {"type": "Property", "value": 1}},
        )

    @pytest.mark.parametrize(
        ("path", "document", "status"),
        [
            ("/entities", {"a": 1}, 400),
            ("/entities/nouri", {"a": 1}, 400),
            (at("urn:a:b"), {"a": 1}, 404),
            (at(CAR), {"id": "urn:a:b", "a": 1}, 400),
            (at(CAR), {"a": {"value": {"type": "Point", "coordinates": ["x"]}}}, 400),
            (at(CAR), [], 400),
            (f"{at(CAR)}?type=Bus", {"a": 1}, 404),
            (f"{at(CAR)}?observedAt=yesterday", {"a": 1}, 400),
            (f"{at(CAR)}?options=upsert", {"a": 1}, 400),
        ],
    )
    def test_what_cannot_be_merged(self, api: Api, path: str, document: object, status: int) -> None:
        api.post("/entities", car())

        assert api.patch(path, document).status == status


class TestReplaceAndDelete:
    def test_everything_is_replaced_but_the_time_of_creation(self, api: Api) -> None:
        api.post("/entities", car(speed=speed(), scope="/a"))
        created = api.get(at(CAR), options="sysAttrs").json["createdAt"]

        answer = api.put(at(CAR), car(colour=speed("red")))

        assert answer.status == 204
        assert api.get(at(CAR)).json == car(colour=speed("red"))
        assert api.get(at(CAR), options="sysAttrs").json["createdAt"] == created

    @pytest.mark.parametrize(
        ("path", "document", "status"),
        [
            ("/entities/", car(), 400),
            (at(CAR), car(2), 400),
            (at("urn:a:b"), {"wrong": None}, 404),
            (at(CAR), car(a="urn:ngsi-ld:null"), 400),
            (f"{at(CAR)}?type=Bus", car(), 404),
            (at(CAR), {"a": 1}, 204),
        ],
    )
    def test_what_can_be_replaced(self, api: Api, path: str, document: object, status: int) -> None:
        api.post("/entities", car())

        assert api.put(path, document).status == status

    def test_an_entity_is_deleted_once(self, api: Api) -> None:
        api.post("/entities", car())

        assert api.delete(at(CAR), type="Bus").status == 404
        assert api.delete(at(CAR)).status == 204
        assert api.delete(at(CAR)).status == 404
        assert api.delete("/entities/nouri").status == 400

    def test_entities_are_purged_by_query(self, api: Api) -> None:
        for number in range(3):
            api.post("/entities", car(number, speed=speed(number), colour=speed("red")))

        assert api.delete("/entities", type="Car", q="speed==0").status == 204
        assert api.delete("/entities", id="urn:ngsi-ld:Car:1", keep="speed").status == 204
        left = api.get("/entities", type="Car").json
        assert left == [car(1, speed=speed(1)), car(2, speed=speed(2), colour=speed("red"))]

    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"id": CAR},
            {"idPattern": ".*"},
            {"attrs": "createdAt"},
            {"q": "modifiedAt>1"},
            {"type": "Car", "keep": "a", "drop": "b"},
            {"type": "Car", "q": 'a{b}=="x"'},
            {"type": "Car", "drop": "a{b}"},
        ],
    )
    def test_but_not_by_too_wide_a_query(self, api: Api, parameters: dict[str, str]) -> None:
        api.post("/entities", car())

        answer = api.delete("/entities", **parameters)

        assert (answer.status, answer.error) == (400, "BadRequestData")
        assert api.get(at(CAR)).status == 200


class TestTenants:
    city: ClassVar = {"ngsild-tenant": "city"}

    def test_their_entities_are_apart(self, api: Api) -> None:
        created = api.post("/entities", car(speed=speed(1)), headers=self.city)
        api.post("/entities", car(speed=speed(2)))

        assert created.headers["ngsild-tenant"] == "city"
        assert api.get(at(CAR), headers=self.city).json["speed"]["value"] == 1
        assert api.get(at(CAR)).json["speed"]["value"] == 2
        assert "ngsild-tenant" not in api.get(at(CAR)).headers

    @pytest.mark.parametrize(
        ("method", "path", "document"),
        [
            ("GET", at(CAR), None),
            ("GET", "/entities?type=Car", None),
            ("PATCH", at(CAR), {"a": 1}),
            ("DELETE", at(CAR), None),
            ("GET", "/types", None),
            ("POST", "/entityOperations/delete", [CAR]),
            ("POST", "/entityOperations/query", {"type": "Query", "entities": [{"type": "Car"}]}),
        ],
    )
    def test_one_that_was_never_written_to_does_not_exist(
        self, api: Api, method: str, path: str, document: object
    ) -> None:
        answer = api(method, path, document=document, headers=self.city)

        assert (answer.status, answer.error) == (404, "NonexistentTenant")
        assert answer.headers["ngsild-tenant"] == "city"

    def test_a_refused_entity_does_not_make_it_exist(self, api: Api) -> None:
        api.post("/entities", {"id": CAR}, headers=self.city)

        assert api.get("/types", headers=self.city).error == "NonexistentTenant"

    def test_a_bound_application_has_only_its_own(self, api: Api) -> None:
        api.post("/entities", car(), headers=self.city)
        api.caller = Principal(
            PrincipalKind.APPLICATION, CALLER.application, scopes=CALLER.scopes, tenant=Tenant("mine")
        )
        api.post("/entities", car(speed=speed()))

        assert api.get(at(CAR), headers=self.city).error == "NonexistentTenant"
        assert api.get(at(CAR)).json == car(speed=speed())

    def test_an_empty_name_stands_for_the_default_tenant(self, api: Api) -> None:
        api.post("/entities", car(), headers={"ngsild-tenant": ""})

        assert api.get(at(CAR)).status == api.get(at(CAR), headers={"ngsild-tenant": " "}).status == 200

    def test_it_has_to_be_a_name(self, api: Api) -> None:
        assert api.get("/entities?type=Car", headers={"ngsild-tenant": "a b"}).status == 400


def test_a_wrong_method_names_the_right_ones(api: Api) -> None:
    answer = api("POST", at(CAR), document={})

    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PUT", "PATCH", "DELETE"}


def test_every_request_leaves_one_line(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    api.post("/entities", car())
    api.get(at(CAR))

    lines = [record for record in caplog.records if record.name == "broker-test"]
    assert [vars(line)["route"] for line in lines] == [
        "POST /ngsi-ld/v1/entities",
        "GET /ngsi-ld/v1/entities/{entityId}",
    ]
    assert CAR not in str([vars(line) for line in lines])
