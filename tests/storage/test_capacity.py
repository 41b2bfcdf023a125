"""Each access pattern costs what docs/data-model.md says, and no more however much is stored."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.entity_table import EntityTable
from tests.performance.capacity import CapacityMeter, item_size
from tests.storage.conftest import TABLE
from tests.unit.ngsild.query.builders import entity, expand, instance, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CITY = Tenant("default")
SITE = expand("Site")
STATION = (136.7976, 35.3030)


@pytest.fixture
def meter(client: "DynamoDBClient") -> CapacityMeter:
    return CapacityMeter(client)


@pytest.fixture
def table(client: "DynamoDBClient", meter: CapacityMeter) -> EntityTable:
    return EntityTable(client, TABLE)


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


def fill(table: EntityTable, first: int, end: int) -> None:
    """Sites on a grid of 400 m around the station, as dense however many there are."""
    table.write_many(
        CITY,
        [
            Write(None, site(number, place=(STATION[0] + column * 0.004, STATION[1] + row * 0.004)))
            for number in range(first, end)
            for column, row in [(number % 10 - 5, number // 10 % 100 - 5)]
        ],
    )


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
    nearby = (STATION[0] + 0.0001, STATION[1] + 0.0001)
    with meter.metered() as used:
        table.write(CITY, Write(stored, site(1, 2, nearby)))
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


def test_a_thousand_creations_share_calls_and_cost_the_same(table: EntityTable, meter: CapacityMeter) -> None:
    create(table, site(0))
    with meter.metered() as used:
        table.write_many(CITY, [Write(None, site(number)) for number in range(1, 100)])
    assert used.write == 99 * 2.0 * 3
    assert used.calls == 3


@pytest.mark.parametrize(
    "area", [None, GeoQuery.parse("near;maxDistance==1500", "Point", list(STATION)).bounds()]
)
def test_a_page_costs_the_same_however_much_is_stored(
    table: EntityTable, meter: CapacityMeter, area: tuple[float, float, float, float] | None
) -> None:
    costs = []
    search = Search(types=(SITE,), area=area)
    for first, end in ((0, 100), (100, 700)):
        fill(table, first, end)
        with meter.metered() as used:
            found = first_page(table, search, 20)()
        assert len(found) == 20
        costs.append(used.read)
    assert costs[1] <= 1.3 * costs[0]


def test_a_deep_page_costs_what_the_first_one_does(table: EntityTable, meter: CapacityMeter) -> None:
    fill(table, 0, 300)
    search = Search(types=(SITE,))
    with meter.metered() as first:
        first_page(table, search, 20)()
    deep = [each.cursor for each in table.search(CITY, search)][270]
    with meter.metered() as last:
        found = [each.stored.entity["id"] for each in table.search(CITY, search, after=deep, page=20)]
    assert found == [identifier(number) for number in range(271, 291)] + [
        identifier(number) for number in range(291, 300)
    ]
    assert last.read <= first.read * len(found) / 20 + 1


def test_entries_that_cannot_match_cost_no_entity(table: EntityTable, meter: CapacityMeter) -> None:
    fill(table, 0, 100)
    rare = site(100)
    rare["attrs"][expand("rare")] = [prop(1)]
    create(table, rare)
    with meter.metered() as used:
        found = first_page(table, Search(types=(SITE,), attributes=frozenset([expand("rare")])), 100)()
    assert found == [identifier(100)]
    assert used.read < 6


def test_a_near_query_reads_few_entities_beyond_those_it_finds(
    table: EntityTable, meter: CapacityMeter
) -> None:
    grid = [(STATION[0] + x * 0.001, STATION[1] + y * 0.001) for x in range(-12, 13) for y in range(-12, 13)]
    table.write_many(CITY, [Write(None, site(number, place=place)) for number, place in enumerate(grid)])
    asked = GeoQuery.parse("near;maxDistance==300", "Point", list(STATION))
    with meter.metered() as used:
        read = list(table.search(CITY, Search(types=(SITE,), area=asked.bounds())))
    hits = [each for each in read if asked.matches(each.stored.entity["attrs"][LOCATION][0]["value"])]
    assert len(hits) > 20
    assert len(read) <= 3 * len(hits)
    assert used.read <= 0.5 * len(read) + 8
