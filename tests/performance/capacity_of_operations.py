"""What each operation of the broker costs in DynamoDB, computed from the items it touches."""

from collections.abc import Callable, Iterator
from unittest.mock import patch

from moto import mock_aws

from machi.core.clock import to_iso, utc_now
from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.context import Context, Contexts, HttpLoader
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import GeoQuery
from machi.ngsild.reading import read_entity
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.client import dynamodb_client
from machi.storage.entity_table import EntityTable
from tests.performance.capacity import Capacity, CapacityMeter
from tests.performance.measurement import Figure
from tests.performance.requests_through_gateway import STATION, TYPE, entity, entity_id
from tests.storage.conftest import make_table
from tests.unit.ngsild.context.doubles import MemoryContexts

_ENTITIES = 150
_TABLE = "machi"
_LIMITS = {"GET of 1 KB": 0.5, "update of 1 KB that moves no entry": 1.0}


def measure() -> Iterator[Figure]:
    """Units of reading and writing for each operation, at `_ENTITIES` entities of about 1 KB."""
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with mock_aws(), patch.dict("os.environ", credentials):
        client = dynamodb_client(region="ap-northeast-1")
        make_table(client, _TABLE)
        meter, table = CapacityMeter(client), EntityTable(client, _TABLE)
        context = Contexts(MemoryContexts(), HttpLoader(local=True), api_url="", clock=utc_now).core
        made = [_read(number, context) for number in range(_ENTITIES)]
        for each in made[:-1]:
            table.write(DEFAULT_TENANT, Write(None, each))
        for name, call in _operations(table, made).items():
            with meter.metered() as used:
                call()
            yield from _figures(name, used)


def _operations(table: EntityTable, made: list[Entity]) -> dict[str, Callable[[], object]]:
    tenant, first, kind = DEFAULT_TENANT, EntityId(entity_id(0)), made[0]["type"][0]
    asked = GeoQuery.parse("near;maxDistance==300", "Point", list(STATION))

    def latest(number: int) -> StoredEntity:
        found = table.get_latest(tenant, EntityId(entity_id(number)))
        if found is None:
            raise RuntimeError("the entity is not there")
        return found

    def update() -> None:
        before = stored[0]
        table.write(tenant, Write(before, {**before.entity, "modifiedAt": to_iso(utc_now())}))

    def move() -> None:
        attrs = {**stored[1].entity["attrs"], **{name: made[2]["attrs"][name] for name in geo}}
        table.write(tenant, Write(stored[1], {**stored[1].entity, "attrs": attrs}))

    stored = [latest(0), latest(1), latest(3)]
    geo = [name for name, items in made[0]["attrs"].items() if items[0]["type"] == "GeoProperty"]
    return {
        "GET of 1 KB": lambda: table.get(tenant, first),
        "read before a change": lambda: table.get_latest(tenant, first),
        "create": lambda: table.write(tenant, Write(None, made[-1])),
        "update of 1 KB that moves no entry": update,
        "move to another place": move,
        "delete": lambda: table.write(tenant, Write(stored[2], None)),
        "page of 100 by type": lambda: _page(table, Search(types=(kind,))),
        "near, 300 m": lambda: _page(table, Search(types=(kind,), area=asked.bounds())),
        "count of a type": lambda: table.count(tenant, Search(types=(kind,))),
        "list of types": lambda: table.types(tenant),
    }


def _page(table: EntityTable, search: Search) -> int:
    found = table.search(DEFAULT_TENANT, search, page=100)
    return sum(1 for _ in zip(range(100), found, strict=False))


def _read(number: int, context: Context) -> Entity:
    return read_entity(entity(number), context, to_iso(utc_now()))


def _figures(name: str, used: Capacity) -> Iterator[Figure]:
    note = f"{used.calls} calls, {TYPE} of about 1 KB"
    if used.read:
        limit = _LIMITS.get(name) if name.startswith("GET") else None
        yield Figure("capacity", f"{name}, read", used.read, "RCU", note, limit)
    if used.write:
        limit = _LIMITS.get(name) if name.startswith("update") else None
        yield Figure("capacity", f"{name}, written", used.write, "WCU", note, limit)
