"""Whole-request latency at three sizes of the store, and its ratio to a no-op on the same path.

The store grows as a city does that is surveyed district by district: outwards, as dense everywhere. So what
lies around the station is the same at every size, a page is as full, and a ratio shows what the size costs.
What more results cost is measured by circles of different size.
"""

import random
import time
from collections.abc import Callable, Iterable
from functools import partial

import httpx

from tests.performance.measurement import Figure, p50_ms, p95_ms, sample

TYPE = "BenchSite"
STATION = (136.7976, 35.3030)
BATCH = 500
EXTRA = 10_000_000
"""Numbers of entities that only a create makes."""
CIRCLES = {"near, 100 m": 100, "near, 300 m": 300, "near, 600 m": 600}
"""Metres around the station: a tenth of a page lies there, somewhat more than a page, and several pages."""

_BLOCK = 1_000  # entities
_HALF_SIDE = 0.0075  # degrees, of the square that the first block fills: 440 entities a square kilometre
_PATIENCE = 2_400.0  # seconds for the recorder of evolutions to come to the end of what a filling left it
_PAUSE = 0.5


class Store:
    """The broker behind the gateway, filled to a chosen size."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._extra = 0
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Upsert entities until the store holds `size` of them."""
        for start in range(self.size, size, BATCH):
            batch = [entity(number) for number in range(start, min(start + BATCH, size))]
            _check((201, 204), self._client.post("/ngsi-ld/v1/entityOperations/upsert", json=batch))
        self.size = size
        self._wait_for_recorder()

    def _wait_for_recorder(self) -> None:
        """Until history knows of the newest entity; before, the recorder takes half of the machine."""
        self.create()
        newest, until = entity_id(EXTRA + self._extra), time.monotonic() + _PATIENCE
        while self._client.get(f"/ngsi-ld/v1/temporal/entities/{newest}").status_code != httpx.codes.OK:
            if time.monotonic() > until:
                raise RuntimeError("the evolutions of what was filled in were not recorded in time")
            time.sleep(_PAUSE)

    def read_one(self) -> None:
        """GET a random entity."""
        number = random.randrange(self.size)  # noqa: S311  (a sample, not a secret)
        self._expect(200, f"/ngsi-ld/v1/entities/{entity_id(number)}")

    def read_page(self) -> None:
        """GET the first 100 of the type."""
        self._expect(200, f"/ngsi-ld/v1/entities?type={TYPE}&limit=100")

    def read_near(self, metres: int) -> None:
        """GET up to 100 around the station."""
        self._near(metres)

    def number_near(self, metres: int) -> int:
        """How many entities that page has."""
        return len(self._near(metres).json())

    def _near(self, metres: int) -> httpx.Response:
        lon, lat = STATION
        return self._expect(
            200,
            f"/ngsi-ld/v1/entities?type={TYPE}&georel=near;maxDistance=={metres}&geometry=Point"
            f"&coordinates=[{lon},{lat}]&limit=100",
        )

    def read_matching(self) -> None:
        """GET the first 100 of the type that meet a condition, which every other one does."""
        self._expect(200, f"/ngsi-ld/v1/entities?type={TYPE}&q=capacity>=1000&limit=100")

    def create(self) -> None:
        """POST one entity, which does not count to the size."""
        self._extra += 1
        answer = self._client.post("/ngsi-ld/v1/entities", json=entity(EXTRA + self._extra))
        _check(201, answer)

    def update(self) -> None:
        """PATCH one attribute of a random entity: moves no index entry."""
        number = random.randrange(self.size)  # noqa: S311  (a sample, not a secret)
        value = {"capacity": {"type": "Property", "value": random.randrange(2000)}}  # noqa: S311
        _check(204, self._client.patch(f"/ngsi-ld/v1/entities/{entity_id(number)}/attrs", json=value))

    def upsert_batch(self) -> None:
        """Upsert 1,000 entities at once, known ones with other values."""
        batch = [
            entity(number) | {"round": {"type": "Property", "value": self._extra}} for number in range(1000)
        ]
        self._extra += 1
        _check((201, 204), self._client.post("/ngsi-ld/v1/entityOperations/upsert", json=batch))

    def no_op(self) -> None:
        """GET a route whose function does nothing."""
        self._expect(200, "/public/v1/health")

    def _expect(self, status: int, url: str) -> httpx.Response:
        answer = self._client.get(url)
        _check(status, answer)
        return answer


def _check(status: int | tuple[int, ...], answer: httpx.Response) -> None:
    expected = status if isinstance(status, tuple) else (status,)
    if answer.status_code not in expected:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}")


def entity_id(number: int) -> str:
    """Ids spread evenly so that order of creation tells nothing about keys."""
    return f"urn:ngsi-ld:{TYPE}:232033:{number:06d}"


def entity(number: int) -> dict[str, object]:
    """About 1 KB. Each block of a thousand lies around the one before, in a ring as wide as it needs."""
    spread = random.Random(number)  # noqa: S311  (the same entity for the same number)
    away = _HALF_SIDE * (number // _BLOCK + spread.random()) ** 0.5
    along = spread.uniform(-away, away)
    east, north = spread.choice([(away, along), (-away, along), (along, away), (along, -away)])
    return {
        "id": entity_id(number),
        "type": TYPE,
        "name": {"type": "Property", "value": f"地点 {number}"},
        "location": {
            "type": "GeoProperty",
            "value": {
                "type": "Point",
                "coordinates": [round(STATION[0] + east, 6), round(STATION[1] + north, 6)],
            },
        },
        "capacity": {"type": "Property", "value": spread.randrange(2000)},
        "note": {"type": "Property", "value": "避難に関する説明。" * 20},
    }


def measure(
    client: httpx.Client, sizes: Iterable[int], times: int, say: Callable[[str], None]
) -> list[Figure]:
    """Latencies at each size; ratios of the largest size to the smallest, and of a GET to the no-op."""
    store = Store(client)
    median: dict[tuple[str, int], float] = {}
    figures: list[Figure] = []
    sizes = list(sizes)
    for size in sizes:
        say(f"filling the store to {size:,} entities")
        store.grow_to(size)
        operations: dict[str, Callable[[], object]] = {
            "no-op": store.no_op,
            "get": store.read_one,
            "type page of 100": store.read_page,
            **{name: partial(store.read_near, metres) for name, metres in CIRCLES.items()},
            "q on type": store.read_matching,
            "create": store.create,
            "update": store.update,
        }
        for name, call in operations.items():
            seconds = sample(call, times=times)
            median[name, size] = p50_ms(seconds)
            note = f"p95 {p95_ms(seconds):.1f} ms"
            if name in CIRCLES:
                note += f", {store.number_near(CIRCLES[name])} found"
            figures.append(Figure("request", f"{name}, p50 at {size:,}", p50_ms(seconds), "ms", note))
        batches = sample(store.upsert_batch, times=3, warm_up=1)
        figures.append(Figure("request", f"upsert of 1,000 at {size:,}", p50_ms(batches), "ms"))
    small, large = sizes[0], sizes[-1]
    limits = {"get": 1.2, "type page of 100": 1.3, **dict.fromkeys(CIRCLES, 1.3), "q on type": 1.3}
    for name, limit in limits.items():
        figures.append(
            Figure(
                "ratio",
                f"{name}, {large:,} to {small:,}",
                median[name, large] / median[name, small],
                "×",
                limit=limit,
            )
        )
    figures.append(
        Figure(
            "ratio",
            f"get to no-op at {large:,}",
            median["get", large] / median["no-op", large],
            "×",
            limit=2.0,
        )
    )
    few, full = median["near, 100 m", large], median["near, 300 m", large]
    figures.append(Figure("ratio", f"near, 300 m to 100 m at {large:,}", full / few, "×"))
    return figures
