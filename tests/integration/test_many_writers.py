"""Fifty clients change one entity as fast as they can: nothing is lost, and history holds each change once.

`MACHI_WRITERS_SECONDS` makes it longer; issue 3 asks for 60.
"""

import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.broker_client import Broker, eventually
from tests.platform import Platform

WRITERS = 50
SECONDS = float(os.environ.get("MACHI_WRITERS_SECONDS", "3"))
COUNTER = "/entities/urn:ngsi-ld:Counter:1"
EVER = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "modifiedAt"}


def test_every_increment_counts_and_is_recorded_once(platform: Platform) -> None:
    broker = Broker(platform)
    zeros = {name_of(writer): number(0) for writer in range(WRITERS)}
    broker.post("/entities", {"id": "urn:ngsi-ld:Counter:1", "type": "Counter", **zeros})
    until = time.monotonic() + SECONDS

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(lambda writer: increment(broker, writer, until), range(WRITERS)))

    counts = [answer[204] for answer in answers]
    found = broker.get(COUNTER, options="keyValues").json()
    assert set().union(*answers) == {204}, answers
    assert [found[name_of(writer)] for writer in range(WRITERS)] == counts
    assert min(counts) > 0
    sys.stdout.write(f"{sum(counts)} increments, each writer {min(counts)} to {max(counts)}\n")
    eventually(lambda: newest(broker) == counts)
    for writer, count in enumerate(counts):
        assert recorded(broker, writer) == list(range(count + 1))


def increment(broker: Broker, writer: int, until: float) -> Counter[int]:
    """Read, add one, write, until the time is over; gives how often each status came."""
    statuses = Counter[int]()
    while time.monotonic() < until:
        before = broker.get(COUNTER, attrs=name_of(writer), options="keyValues").json()[name_of(writer)]
        written = broker("PATCH", COUNTER + "/attrs", {name_of(writer): number(before + 1)})
        statuses[written.status_code] += 1
    return statuses


def recorded(broker: Broker, writer: int) -> list[int]:
    """Every value the counter of one writer had, in order; long evolutions come in parts that overlap."""
    found, ask = list[tuple[int, str]](), EVER
    while True:
        answer = broker.get("/temporal" + COUNTER, attrs=name_of(writer), format="temporalValues", **ask)
        pairs = answer.json()[name_of(writer)]["values"]
        found += [(value, at) for value, at in pairs if not found or at > found[-1][1]]
        if answer.status_code == 200:
            return [value for value, _ in found]
        ask = {**EVER, "timeAt": found[-1][1]}


def newest(broker: Broker) -> list[int]:
    """The last value that history has of each counter."""
    answer = broker.get("/temporal" + COUNTER, lastN="1", format="temporalValues", **EVER).json()
    return [answer[name_of(writer)]["values"][0][0] for writer in range(WRITERS)]


def name_of(writer: int) -> str:
    return f"seen{writer}"


def number(value: int) -> dict[str, Any]:
    return {"type": "Property", "value": value}
