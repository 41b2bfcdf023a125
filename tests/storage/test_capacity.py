"""Each access pattern costs what docs/data-model.md says, and no more however much is stored."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.client import dynamodb_client
from machi.storage.entity_changes import change_of
from machi.storage.entity_index import index_of
from machi.storage.entity_table import EntityTable
from tests.performance.capacity import CapacityMeter, item_size
from tests.storage.conftest import TABLE, one_call_at_a_time
from tests.unit.ngsild.query.builders import entity, expand, instance, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CITY = Tenant("default")
SITE = expand("Site")
STATION = (136.7976, 35.3030)


@pytest.fixture
def metered(client: "DynamoDBClient") -> "DynamoDBClient":
    """A second client on the same tables, for the meter to sit in."""
    return dynamodb_client(region=client.meta.region_name)


@pytest.fixture
def meter(metered: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> CapacityMeter:
    one_call_at_a_time(metered, monkeypatch)
    return CapacityMeter(metered)


@pytest.fixture
def table(metered: "DynamoDBClient", meter: CapacityMeter) -> EntityTable:
    return EntityTable(metered, TABLE)


def site(number: int, value: int = 0, place: tuple[float, float] = STATION) -> Entity:
    """About 1 KB as clients write it, 1.6 KB with all names and times."""
    made = entity(f"urn:ngsi-ld:Site:{number:06d}", "Site", v=prop(value))
    made["attrs"][LOCATION] = [
        instance("GeoProperty", "value", {"type": "Point", "coordinates": list(place)})
    ]
    made["attrs"][expand("note")] = [
        prop(f"避難所 {number}。" + "大雨のときは二階以上へ避難してください。" * 14)
    ]
    return made


def identifier(number: int) -> EntityId:
    return EntityId(f"urn:ngsi-ld:Site:{number:06d}")


def create(table: EntityTable, made: Entity) -> StoredEntity:
    stored = table.write(CITY, Write(None, made))
    assert stored is not None
    return stored


def fill(client: "DynamoDBClient", table: EntityTable, places: dict[int, tuple[float, float]]) -> None:
    """Sites put item by item: a transaction takes moto as long as all it holds is large."""
    table._registry.learn(CITY, [SITE], index_of(CITY, site(0), None).facts)
    for number, place in places.items():
        change = change_of(TABLE, CITY, Write(None, site(number, place=place)), version=1, now=0)
        for move in [change.write, *change.moves]:
            client.put_item(TableName=TABLE, Item=move["Put"]["Item"])


def grid(first: int, end: int) -> dict[int, tuple[float, float]]:
    """Places 400 m apart in rows of ten, as dense however many there are."""
    return {
        number: (STATION[0] + (number % 10 - 5) * 0.004, STATION[1] + (number // 10 - 2) * 0.004)
        for number in range(first, end)
    }


def first_page(table: EntityTable, search: Search, page: int) -> Callable[[], list[str]]:
    def read() -> list[str]:
        found = table.search(CITY, search, page=page)
        return [each.stored.entity["id"] for each, _ in zip(found, range(page), strict=False)]

    return read


def test_the_meter_counts_items_as_aws_does() -> None:
    assert item_size({"pk": {"S": "あ"}, "n": {"N": "-12.50"}, "b": {"B": b"1234"}}) == 2 + 3 + 1 + 3 + 1 + 4
    assert item_size({"l": {"L": [{"S": "ab"}]}, "s": {"SS": ["a", "bc"]}}) == 1 + 3 + 3 + 1 + 3


def test_a_read_costs_half_a_unit_and_one_before_a_change_costs_one(
    table: EntityTable, meter: CapacityMeter
) -> None:
    create(table, site(1))
    with meter.metered() as used:
        table.get(CITY, identifier(1))
    assert (used.read, used.write, used.calls) == (0.5, 0, 1)
    with meter.metered() as used:
        table.get_latest(CITY, identifier(1))
    assert (used.read, used.calls) == (1.0, 1)


def test_an_update_that_moves_no_entry_costs_one_unit(table: EntityTable, meter: CapacityMeter) -> None:
    stored = create(table, site(1))
    with meter.metered() as used:
        table.write(CITY, Write(stored, site(1, 2, (STATION[0] + 0.00001, STATION[1]))))
    assert (used.read, used.write, used.calls) == (0, 1.0, 1)


def test_a_creation_costs_two_units_for_the_entity_and_for_each_entry(
    table: EntityTable, meter: CapacityMeter
) -> None:
    create(table, site(1))
    with meter.metered() as used:
        create(table, site(2))
    assert (used.read, used.write, used.calls) == (0, 2.0 * 3, 1)


def test_a_move_costs_the_entity_and_the_entries_that_go_and_come(
    table: EntityTable, meter: CapacityMeter
) -> None:
    stored = create(table, site(1))
    with meter.metered() as used:
        table.write(CITY, Write(stored, site(1, place=(136.9, 35.3))))
    assert (used.read, used.write, used.calls) == (0, 2.0 * 3, 1)


def test_many_creations_share_calls_and_cost_the_same(table: EntityTable, meter: CapacityMeter) -> None:
    create(table, site(0))
    with meter.metered() as used:
        table.write_many(CITY, [Write(None, site(number)) for number in range(1, 67)])
    assert used.write == 66 * 2.0 * 3
    assert used.calls == 2


@pytest.mark.parametrize(
    "area", [None, GeoQuery.parse("near;maxDistance==1500", "Point", list(STATION)).bounds()]
)
def test_a_page_costs_the_same_however_much_is_stored(
    client: "DynamoDBClient",
    table: EntityTable,
    meter: CapacityMeter,
    area: tuple[float, float, float, float] | None,
) -> None:
    costs = []
    search = Search(types=(SITE,), area=area)
    for first, end in ((0, 60), (60, 300)):
        fill(client, table, grid(first, end))
        with meter.metered() as used:
            found = first_page(table, search, 20)()
        assert len(found) == 20
        costs.append(used.read)
    assert costs[1] <= 1.3 * costs[0]


def test_a_deep_page_costs_what_the_first_one_does(
    client: "DynamoDBClient", table: EntityTable, meter: CapacityMeter
) -> None:
    fill(client, table, grid(0, 120))
    search = Search(types=(SITE,))
    with meter.metered() as first:
        first_page(table, search, 20)()
    cursor = [each.cursor for each in table.search(CITY, search)][99]
    with meter.metered() as deep:
        found = [each.stored.entity["id"] for each in table.search(CITY, search, after=cursor, page=20)]
    assert found == [identifier(number) for number in range(100, 120)]
    assert deep.read <= first.read + 0.5


def test_entries_that_cannot_match_cost_no_entity(
    client: "DynamoDBClient", table: EntityTable, meter: CapacityMeter
) -> None:
    fill(client, table, grid(0, 100))
    rare = site(100)
    rare["attrs"][expand("rare")] = [prop(1)]
    create(table, rare)
    with meter.metered() as used:
        found = first_page(table, Search(types=(SITE,), attributes=frozenset([expand("rare")])), 100)()
    assert found == [identifier(100)]
    assert used.read < 6


def test_a_near_query_reads_few_entities_beyond_those_it_finds(
    client: "DynamoDBClient", table: EntityTable, meter: CapacityMeter
) -> None:
    steps = range(-9, 10)
    places = [(STATION[0] + x * 0.001, STATION[1] + y * 0.001) for x in steps for y in steps]
    fill(client, table, dict(enumerate(places)))
    asked = GeoQuery.parse("near;maxDistance==300", "Point", list(STATION))
    with meter.metered() as used:
        read = list(table.search(CITY, Search(types=(SITE,), area=asked.bounds())))
    hits = [each for each in read if asked.matches(each.stored.entity["attrs"][LOCATION][0]["value"])]
    assert len(hits) > 20
    assert len(read) <= 3 * len(hits)
    assert used.read <= 0.5 * len(read) + 8
