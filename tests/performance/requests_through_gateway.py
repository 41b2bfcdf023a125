"""Whole-request latency at three sizes of the store, and its ratio to a no-op on the same path."""

import random
from collections.abc import Callable, Iterable

import httpx

from tests.performance.measurement import Figure, p50_ms, p95_ms, sample

TYPE = "BenchSite"
STATION = (136.7976, 35.3030)
BATCH = 500
EXTRA = 10_000_000
"""Numbers of entities that only a create makes."""


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

    def read_one(self) -> None:
        """GET a random entity."""
        number = random.randrange(self.size)  # noqa: S311  (a sample, not a secret)
        self._expect(200, f"/ngsi-ld/v1/entities/{entity_id(number)}")

    def read_page(self) -> None:
        """GET the first 100 of the type."""
        self._expect(200, f"/ngsi-ld/v1/entities?type={TYPE}&limit=100")

    def read_near(self) -> None:
        """GET up to 100 within 300 m of the station."""
        lon, lat = STATION
        self._expect(
            200,
            f"/ngsi-ld/v1/entities?type={TYPE}&georel=near;maxDistance==300&geometry=Point"
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

    def _expect(self, status: int, url: str) -> None:
        _check(status, self._client.get(url))


def _check(status: int | tuple[int, ...], answer: httpx.Response) -> None:
    expected = status if isinstance(status, tuple) else (status,)
    if answer.status_code not in expected:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}")


def entity_id(number: int) -> str:
    """Ids spread evenly so that order of creation tells nothing about keys."""
    return f"urn:ngsi-ld:{TYPE}:232033:{number:06d}"


def entity(number: int) -> dict[str, object]:
    """About 1 KB; the density of points stays the same as the store grows, as in a growing city."""
    spread = random.Random(number)  # noqa: S311  (the same entity for the same number)
    side = 0.02 * (number // 1000 + 1) ** 0.5
    return {
        "id": entity_id(number),
        "type": TYPE,
        "name": {"type": "Property", "value": f"地点 {number}"},
        "location": {
            "type": "GeoProperty",
            "value": {
                "type": "Point",
                "coordinates": [
                    round(STATION[0] + spread.uniform(-side, side), 6),
                    round(STATION[1] + spread.uniform(-side, side), 6),
                ],
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
        operations = {
            "no-op": store.no_op,
            "get": store.read_one,
            "type page of 100": store.read_page,
            "near": store.read_near,
            "q on type": store.read_matching,
            "create": store.create,
            "update": store.update,
        }
        for name, call in operations.items():
            seconds = sample(call, times=times)
            median[name, size] = p50_ms(seconds)
            note = f"p95 {p95_ms(seconds):.1f} ms"
            figures.append(Figure("request", f"{name}, p50 at {size:,}", p50_ms(seconds), "ms", note))
        batches = sample(store.upsert_batch, times=3, warm_up=1)
        figures.append(Figure("request", f"upsert of 1,000 at {size:,}", p50_ms(batches), "ms"))
    small, large = sizes[0], sizes[-1]
    limits = {"get": 1.2, "type page of 100": 1.3, "near": 1.3, "q on type": 1.3}
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
    return figures
