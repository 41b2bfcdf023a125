"""Temporal queries over one attribute with 10,000 instances: a stretch, the newest, and sums of periods."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx

from tests.performance.measurement import Figure, p50_ms, sample

INSTANCES = 10_000
SENSOR = "urn:ngsi-ld:BenchSensor:232033:1"

_START = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 500
_PATH = f"/ngsi-ld/v1/temporal/entities/{SENSOR}"
_LIMIT_MS = 1_000.0


def measure(client: httpx.Client, *, times: int) -> Iterator[Figure]:
    """Latencies of temporal reads."""
    _fill(client)
    window = "timerel=after&timeAt=2025-12-31T00:00:00Z"
    sums = f"{window}&options=aggregatedValues"
    asked = {
        "aggregation by hour": f"{sums}&aggrMethods=avg,max&aggrPeriodDuration=PT1H",
        "one average of all": f"{sums}&aggrMethods=avg&aggrPeriodDuration=PT0S",
        "the last 100": f"{window}&lastN=100&options=temporalValues",
        "a day of values": "timerel=between&timeAt=2026-01-02T00:00:00Z&endTimeAt=2026-01-03T00:00:00Z"
        "&options=temporalValues",
    }
    for name, query in asked.items():
        seconds = sample(partial(_read, client, query), times=times, warm_up=1)
        limit = _LIMIT_MS if "aggr" in query else None
        yield Figure("temporal", f"{name}, {INSTANCES:,} instances, p50", p50_ms(seconds), "ms", limit=limit)


def _fill(client: httpx.Client) -> None:
    for start in range(0, INSTANCES, _BATCH):
        instances = [
            {
                "type": "Property",
                "value": number % 40,
                "observedAt": (_START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for number in range(start, start + _BATCH)
        ]
        document = {"id": SENSOR, "type": "BenchSensor", "temperature": instances}
        answer = client.post("/ngsi-ld/v1/temporal/entities", json=document)
        if answer.status_code not in {201, 204}:
            raise RuntimeError(f"the history could not be written: {answer.status_code}")


def _read(client: httpx.Client, query: str) -> None:
    answer = client.get(f"{_PATH}?{query}")
    if answer.status_code not in {200, 206}:
        raise RuntimeError(f"a temporal read answered {answer.status_code}")
