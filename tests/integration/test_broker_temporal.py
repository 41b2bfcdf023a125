"""Changes of entities become their evolution, through the stream and the recorder."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.broker_client import Broker, eventually
from tests.platform import Platform

CAR = "/entities/urn:ngsi-ld:Car:1"
EVOLUTION = "/temporal" + CAR
EVER = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}


@pytest.fixture
def broker(platform: Platform) -> Broker:
    return Broker(platform)


def speed(value: int) -> dict[str, Any]:
    return {"speed": {"type": "Property", "value": value}}


def values(broker: Broker, **parameters: str) -> list[object]:
    answer = broker.get(EVOLUTION, **parameters)
    if answer.status_code == 404:
        return []
    return [instance["value"] for instance in answer.json().get("speed", [])]


def test_every_change_is_recorded_once(broker: Broker) -> None:
    broker.post("/entities", {"id": "urn:ngsi-ld:Car:1", "type": "Car", **speed(0)})

    for value in range(1, 6):
        broker("PATCH", CAR + "/attrs", speed(value))

    eventually(lambda: 5 in values(broker))
    assert values(broker) == [0, 1, 2, 3, 4, 5]
    assert values(broker, lastN="2", timeproperty="modifiedAt") == [5, 4]


def test_writers_at_once_lose_nothing_of_the_history(broker: Broker) -> None:
    broker.post("/entities", {"id": "urn:ngsi-ld:Car:1", "type": "Car", **speed(0)})

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda value: broker("PATCH", CAR + "/attrs", speed(value)), range(1, 11)))

    eventually(lambda: len(values(broker)) >= 11)
    assert sorted(map(str, values(broker))) == sorted(map(str, range(11)))


def test_an_end_is_recorded_too(broker: Broker) -> None:
    broker.post("/entities", {"id": "urn:ngsi-ld:Car:1", "type": "Car", **speed(1)})
    broker("DELETE", CAR)

    eventually(lambda: "urn:ngsi-ld:null" in values(broker))
    assert values(broker) == [1, "urn:ngsi-ld:null"]


def test_long_evolutions_come_in_parts_that_fit_together(broker: Broker) -> None:
    minutes = [f"2026-11-24T05:{minute:02d}:00Z" for minute in range(50)]
    instances = [{"type": "Property", "value": number, "observedAt": at} for number, at in enumerate(minutes)]
    broker.post("/temporal/entities", {"id": "urn:ngsi-ld:Car:1", "type": "Car", "speed": instances})

    found, time_at, statuses = list[str](), minutes[0], set[int]()
    while True:
        answer = broker.get(EVOLUTION, timerel="after", timeAt=time_at)
        times = [instance["observedAt"] for instance in answer.json()["speed"]]
        found += times[1:] if found else times
        statuses.add(answer.status_code)
        if answer.status_code == 200:
            break
        time_at = times[-1]

    assert found == minutes
    assert statuses == {200, 206}


def test_a_query_aggregates_over_many(broker: Broker) -> None:
    for number in (1, 2):
        instances = [
            {"type": "Property", "value": number * hour, "observedAt": f"2026-11-24T{hour:02d}:00:00Z"}
            for hour in range(24)
        ]
        broker.post(
            "/temporal/entities", {"id": f"urn:ngsi-ld:Bus:{number}", "type": "Bus", "speed": instances}
        )

    answer = broker.get(
        "/temporal/entities",
        type="Bus",
        format="aggregatedValues",
        aggrMethods="sum",
        aggrPeriodDuration="PT12H",
        timerel="after",
        timeAt="2026-11-24T00:00:00Z",
    )

    sums = {entity["id"][-1]: [period[0] for period in entity["speed"]["sum"]] for entity in answer.json()}
    assert sums == {"1": [66, 210], "2": [132, 420]}
