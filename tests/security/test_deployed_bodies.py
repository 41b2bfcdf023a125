"""Hostile bodies at the deployed platform: a client error in seconds, and the store as it was."""

import json
import time

import pytest

from tests.security.deployed_city import DeployedCity, bearer, key

BODIES = {
    "no json": "{",
    "two megabytes": json.dumps({"id": "urn:x:1", "type": "T", "v": "x" * 2_000_000}),
    "nested 1,000 deep": "[" * 1000 + "]" * 1000,
    "nested 100,000 deep": "[" * 100_000,
    "lone surrogate": '{"id": "urn:x:1", "type": "T", "v": "\\ud800"}',
    "nul": '{"id": "urn:x:1", "type": "T", "v": "\\u0000"}',
    "member twice": '{"id": "urn:x:1", "id": "urn:x:2", "type": "T"}',
    "infinite number": '{"id": "urn:x:1", "type": "T", "v": 1e999}',
    "geometry that is not closed": json.dumps(
        {
            "id": "urn:x:1",
            "type": "T",
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Polygon", "coordinates": [[[136, 35], [137, 35], [137, 36]]]},
            },
        }
    ),
}
TARGETS = (
    "/ngsi-ld/v1/entities",
    "/ngsi-ld/v1/entityOperations/upsert",
    "/ngsi-ld/v1/entityOperations/query",
)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_body_is_refused_in_seconds_and_changes_nothing(deployed: DeployedCity, body: str) -> None:
    sent = {**key(deployed.writer), "Content-Type": "application/json"}
    before = _everything(deployed)

    for path in TARGETS:
        began = time.monotonic()
        answer = deployed.send("POST", path, sent, content=body)
        assert 400 <= answer.status_code < 500
        assert time.monotonic() - began < 5
        assert "type" in answer.json()
    assert _everything(deployed) == before


def test_a_hostile_profile_is_refused_and_changes_nothing(deployed: DeployedCity) -> None:
    token = bearer(deployed.hanako.access)
    before = deployed.send("GET", "/citizen/v1/profile", token)

    for body in BODIES.values():
        answer = deployed.send(
            "PUT",
            "/citizen/v1/profile",
            {**token, "If-Match": before.headers["etag"], "Content-Type": "application/json"},
            content=body,
        )
        assert 400 <= answer.status_code < 500
    after = deployed.send("GET", "/citizen/v1/profile", token)
    assert (after.headers["etag"], after.json()) == (before.headers["etag"], before.json())


def _everything(deployed: DeployedCity) -> list[str]:
    """The keys of every item of the broker's table."""
    pages = deployed.aws.dynamodb.get_paginator("scan").paginate(
        TableName=deployed.outputs.context_table, ProjectionExpression="pk, sk"
    )
    return sorted(f"{item['pk']['S']} {item['sk']['S']}" for page in pages for item in page["Items"])
