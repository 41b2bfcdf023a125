"""How long the broker's own code works on a request: gateway event in, answer out, storage in memory."""

import random
from collections.abc import Iterator
from urllib.parse import quote

from httpx import codes

from functions.broker.services import Services, assemble
from machi.core.clock import utc_now
from machi.ngsild.context import Contexts, ContextService, HttpLoader
from tests.performance.measurement import Figure, p50_ms, sample
from tests.performance.requests_through_gateway import TYPE, entity, entity_id
from tests.unit.broker.gateway import Api
from tests.unit.ngsild.context.doubles import MemoryContexts
from tests.unit.ngsild.memory import MemoryEntities, MemoryEntityMaps, MemoryTenants
from tests.unit.ngsild.temporal.memory import MemoryHistory
from tests.unit.personal.city import HANAKO, KENCOM, City
from tests.unit.personal.city import entity_id as personal_id

_TIMES = 400
_ENTITIES = 200
_LIMITS_MS = {"GET": 0.5, "POST": 1.2, "page of 100": 12.0}


def measure() -> Iterator[Figure]:
    """Median time in the handler of a read, a create and a page."""
    api = Api(_services())
    for number in range(_ENTITIES):
        _expect(201, api, "POST", "/entities", entity(number))
    new = iter(range(_ENTITIES, 10**9))
    chance = random.Random(1)  # noqa: S311  # a sample, not a secret
    calls = {
        "GET": lambda: _expect(200, api, "GET", f"/entities/{entity_id(chance.randrange(_ENTITIES))}"),
        "POST": lambda: _expect(201, api, "POST", "/entities", entity(next(new))),
        "page of 100": lambda: _expect(200, api, "GET", f"/entities?type={TYPE}&limit=100"),
    }
    for name, call in calls.items():
        seconds = sample(call, times=_TIMES if name != "page of 100" else _TIMES // 8, warm_up=20)
        yield Figure("handler", f"{name}, p50", p50_ms(seconds), "ms", "storage in memory", _LIMITS_MS[name])
    api.close()
    yield from _personal()


def _personal() -> Iterator[Figure]:
    """What a decision, its record and the view of a personal entity add to a read."""
    city = City()
    city.agrees(HANAKO, KENCOM)
    if city.records(HANAKO).status != codes.CREATED:
        raise RuntimeError("the personal entity was not recorded")
    path = f"/entities/{quote(personal_id(HANAKO), safe='')}"

    def read() -> None:
        if city.ask(KENCOM, "GET", path).status != codes.OK:
            raise RuntimeError("the personal entity was not released")

    seconds = sample(read, times=_TIMES, warm_up=20)
    limit, note = _LIMITS_MS["GET"] + 1.0, "storage in memory"
    yield Figure("handler", "GET of a personal entity, p50", p50_ms(seconds), "ms", note, limit)
    city.close()


def _expect(status: int, api: Api, method: str, path: str, body: object = None) -> None:
    answer = api(method, path, document=body)
    if answer.status != status:
        raise RuntimeError(f"{method} answered {answer.status}")


def _services() -> Services:
    kept = MemoryContexts()
    contexts = Contexts(kept, HttpLoader(local=True), api_url="http://localhost:8701", clock=utc_now)
    return assemble(
        entities=MemoryEntities(),
        tenants=MemoryTenants(),
        entity_maps=MemoryEntityMaps(),
        history=MemoryHistory(),
        contexts=contexts,
        hosted_contexts=ContextService(contexts, kept, utc_now),
        clock=utc_now,
        city_code="232033",
        temporal_instances=1_000,
    )
