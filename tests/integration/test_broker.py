"""The deployed broker: every layer from the gateway to the tables."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.integration.broker_client import Broker
from tests.platform import Platform
from tests.unit.ngsild.reading.test_smart_data_models import MALFORMED, WELL_FORMED, load


@pytest.fixture
def broker(platform: Platform) -> Broker:
    return Broker(platform)


def shelter(number: int, **more: object) -> dict[str, Any]:
    """Shelters lie 1 km apart on a line to the east."""
    return {
        "id": f"urn:ngsi-ld:Shelter:{number:04d}",
        "type": "Shelter",
        "name": {"type": "Property", "value": f"避難所 {number}"},
        "capacity": {"type": "Property", "value": 10 * number},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [136.8 + 0.011 * number, 35.3]},
        },
        **more,
    }


def at(entity: str, *rest: str) -> str:
    return "/".join(["/entities", quote(entity, safe=""), *rest])


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [int(entity["id"].rpartition(":")[2]) for entity in found]


def test_an_entity_lives_and_dies(broker: Broker) -> None:
    created = broker.post("/entities", shelter(1))
    found = broker.get(created.headers["location"])
    patched = broker("PATCH", at(shelter(1)["id"], "attrs"), {"capacity": {"type": "Property", "value": 7}})
    merged = broker("PATCH", at(shelter(1)["id"]), {"name": {"type": "Property", "value": "学校"}})
    simple = broker.get(at(shelter(1)["id"]), format="simplified")
    deleted = broker("DELETE", at(shelter(1)["id"]))
    gone = broker.get(at(shelter(1)["id"]))

    assert (created.status_code, created.headers["location"]) == (
        201,
        f"/ngsi-ld/v1/entities/{shelter(1)['id']}",
    )
    assert found.json() == shelter(1)
    assert found.headers["ngsild-tenant"] == broker.tenant
    assert (patched.status_code, merged.status_code) == (204, 204)
    assert (simple.json()["capacity"], simple.json()["name"]) == (7, "学校")
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert gone.headers["content-type"] == "application/json"
    assert gone.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"


def test_a_query_finds_all_pages_once(broker: Broker) -> None:
    broker.post("/entityOperations/create", [shelter(number) for number in range(1, 24)])

    pages = broker.pages("/entities", type="Shelter", limit="5", q="capacity>30")
    counted = broker.get("/entities", type="Shelter", q="capacity>30", limit="0", count="true")

    assert [len(page) for page in pages] == [5, 5, 5, 5]
    assert sorted(number for page in pages for number in ids(page)) == list(range(4, 24))
    assert counted.headers["ngsild-results-count"] == "20"


def test_what_is_near_and_what_is_within(broker: Broker) -> None:
    broker.post("/entityOperations/create", [shelter(number) for number in range(1, 12)])
    corners = [[136.83, 35.2], [136.87, 35.2], [136.87, 35.4], [136.83, 35.4], [136.83, 35.2]]

    near = broker.get(
        "/entities",
        type="Shelter",
        georel="near;maxDistance==2500",
        geometry="Point",
        coordinates="[136.855,35.3]",
        orderBy="location;dist-asc",
        orderFrom="[136.855,35.3]",
        local="true",
    )
    within = broker.get(
        "/entities", type="Shelter", georel="within", geometry="Polygon", coordinates=json.dumps([corners])
    )

    assert ids(near.json()) == [5, 4, 6, 3, 7]
    assert sorted(ids(within.json())) == [3, 4, 5, 6]


def test_representations_are_negotiated(broker: Broker) -> None:
    broker.post("/entities", shelter(1))

    def get(accept: str) -> httpx.Response:
        headers = {"NGSILD-Tenant": broker.tenant, "Accept": accept}
        return broker.client.get("/ngsi-ld/v1/entities?type=Shelter", headers=headers)

    assert get("application/json").headers["content-type"] == "application/json"
    assert "@context" in get("application/ld+json;q=0.9, text/html").json()[0]
    assert get("application/geo+json").json()["type"] == "FeatureCollection"
    assert get("text/turtle").status_code == 406


def test_a_hosted_context_is_served_where_its_url_says(broker: Broker, platform: Platform) -> None:
    added = broker.post("/jsonldContexts", {"@context": {"fuel": "https://example.org/fuel"}})
    url = platform.outputs.api_url + added.headers["location"]
    entity = {"id": "urn:x:car", "type": "Car", "fuel": {"type": "Property", "value": 7}, "@context": url}
    sent = broker.client.post(
        "/ngsi-ld/v1/entities",
        content=json.dumps(entity),
        headers={"NGSILD-Tenant": broker.tenant, "Content-Type": "application/ld+json"},
    )

    assert sent.status_code == 201, sent.text
    assert broker.get(at("urn:x:car")).json()["https://example.org/fuel"]["value"] == 7
    assert broker("DELETE", added.headers["location"]).status_code == 204


def test_a_tenant_sees_nothing_of_another(broker: Broker, platform: Platform) -> None:
    other = Broker(platform)
    broker.post("/entities", shelter(1))
    before = other.get(at(shelter(1)["id"]))
    other.post("/entities", shelter(2))

    assert before.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant"
    assert other.get(at(shelter(1)["id"])).status_code == 404
    assert ids(other.get("/entities", type="Shelter").json()) == [2]
    assert ids(broker.get("/entities", type="Shelter").json()) == [1]


def test_a_thousand_entities_in_one_batch(broker: Broker) -> None:
    thousand = [shelter(number) for number in range(1000)]

    created = broker.post("/entityOperations/upsert", thousand)
    replaced = broker.post("/entityOperations/upsert", thousand)
    counted = broker.get("/entities", type="Shelter", limit="0", count="true")
    deleted = broker.post("/entityOperations/delete", [entity["id"] for entity in thousand])

    assert (created.status_code, len(created.json())) == (201, 1000)
    assert (replaced.status_code, replaced.content) == (204, b"")
    assert counted.headers["ngsild-results-count"] == "1000"
    assert deleted.status_code == 204
    assert broker.get("/entities", type="Shelter").json() == []


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_published_example_comes_back_as_it_was_sent(broker: Broker, name: str) -> None:
    document = example(name)

    created = broker.post("/entities", document)

    assert created.status_code == 201, created.text
    assert broker.get(created.headers["location"]).json() == document


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_example_is_refused_with_its_reason(broker: Broker, name: str) -> None:
    refused = broker.post("/entities", example(name))

    assert (refused.status_code, refused.json()["detail"]) == (400, MALFORMED[name])


def example(name: str) -> dict[str, Any]:
    """Without its @context, which lies in the internet."""
    document = load(name)
    del document["@context"]
    return document
