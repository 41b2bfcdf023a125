"""Temporal evolutions in DynamoDB: each promise of HistoryRepository, checked on moto."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.temporal import Head, Point, TimeProperty, Window
from machi.storage.history_table import HistoryTable
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

CITY = Tenant("default")
ROOM = EntityId("urn:ngsi-ld:Room:1")
TEMPERATURE, NOTE, ROOMS = (
    "https://example.org/temperature",
    "https://example.org/note",
    "https://example.org/Room",
)


@pytest.fixture
def table(client: "DynamoDBClient") -> HistoryTable:
    return HistoryTable(client, TABLE, timedelta(days=30))


def point(number: int, observed: str | None = None, attribute: str = TEMPERATURE, **more: Any) -> Point:  # noqa: ANN401
    instance: dict[str, Any] = {
        "type": "Property",
        "value": number,
        "instanceId": f"urn:ngsi-ld:Instance:{number:06d}",
        "createdAt": "2026-11-24T05:00:00.000Z",
        "modifiedAt": f"2026-11-24T05:{number % 60:02d}:00.000Z",
        **more,
    }
    if observed is not None:
        instance["observedAt"] = observed
    return Point(attribute, cast("Instance", instance))


def minute(number: int) -> str:
    return f"2026-11-24T06:{number:02d}:00Z"


def head(*attributes: str, entity: EntityId = ROOM, types: tuple[str, ...] = (ROOMS,), **more: Any) -> Head:  # noqa: ANN401
    return Head(entity, types, frozenset(attributes or [TEMPERATURE]), "2026-11-24T05:00:00.000Z", **more)


def values(table: HistoryTable, window: Window, *, newest_first: bool = False) -> list[Any]:
    found = table.points(CITY, ROOM, TEMPERATURE, window, newest_first=newest_first, expected=2)
    return [each.instance.get("value") for each in found]


def test_points_come_in_the_order_of_their_time(table: HistoryTable) -> None:
    table.record(CITY, head(), [point(number, minute(number)) for number in (3, 1, 2, 5, 4)])
    assert values(table, Window()) == [1, 2, 3, 4, 5]
    assert values(table, Window(), newest_first=True) == [5, 4, 3, 2, 1]


def test_a_window_holds_its_start_and_not_its_end(table: HistoryTable) -> None:
    table.record(CITY, head(), [point(number, minute(number)) for number in range(1, 6)])
    start, end = "2026-11-24T06:02:00.000000", "2026-11-24T06:04:00.000000"
    assert values(table, Window(start=start)) == [2, 3, 4, 5]
    assert values(table, Window(end=end)) == [1, 2, 3]
    assert values(table, Window(start=start, end=end), newest_first=True) == [3, 2]


def test_points_of_one_time_come_in_the_order_of_their_ids(table: HistoryTable) -> None:
    table.record(CITY, head(), [point(number, minute(1)) for number in (2, 3, 1)])
    assert values(table, Window()) == [1, 2, 3]


def test_points_without_observation_are_found_by_their_other_times(table: HistoryTable) -> None:
    table.record(CITY, head(), [point(1), point(2, minute(2)), point(3)])
    assert values(table, Window()) == [2]
    by = TimeProperty.MODIFIED_AT
    assert values(table, Window(by=by, start="2026-11-24T05:02:00.000000")) == [2, 3]
    assert values(table, Window(by=by), newest_first=True) == [3, 2, 1]
    assert len(list(table.every_point(CITY, ROOM, TEMPERATURE))) == 3
    unobserved = table.unobserved(CITY, ROOM, TEMPERATURE)
    assert [each.instance.get("value") for each in unobserved] == [1, 3]


def test_a_change_recorded_twice_is_there_once(table: HistoryTable, client: "DynamoDBClient") -> None:
    for _ in range(2):
        table.record(CITY, head(), [point(1, minute(1))])
    assert values(table, Window()) == [1]
    assert client.scan(TableName=TABLE, Select="COUNT")["Count"] == 4  # point, head, head by type, type


def test_heads_join_and_the_later_one_knows_of_the_deletion(table: HistoryTable) -> None:
    table.record(CITY, head(TEMPERATURE), [point(1)])
    table.record(CITY, head(NOTE, types=("https://example.org/Hall",), deleted_at="2026-11-24T07:00:00Z"), [])
    joined = table.head(CITY, ROOM)
    assert joined is not None
    assert joined.attributes == {TEMPERATURE, NOTE}
    assert joined.types == (ROOMS, "https://example.org/Hall")
    assert joined.deleted_at == "2026-11-24T07:00:00Z"


def test_one_point_is_found_replaced_and_deleted(table: HistoryTable) -> None:
    table.record(CITY, head(), [point(number, minute(number)) for number in (1, 2)])
    old = table.point(CITY, ROOM, TEMPERATURE, "urn:ngsi-ld:Instance:000001")
    assert old is not None
    table.replace(CITY, ROOM, old, point(1, minute(9), value=10))
    assert values(table, Window()) == [2, 10]
    assert table.point(CITY, ROOM, TEMPERATURE, "urn:ngsi-ld:Instance:000009") is None
    table.delete_points(CITY, ROOM, list(table.every_point(CITY, ROOM, TEMPERATURE)))
    emptied = table.head(CITY, ROOM)
    assert emptied is not None
    assert emptied.attributes == frozenset()


def test_a_deleted_evolution_leaves_only_its_type(table: HistoryTable, client: "DynamoDBClient") -> None:
    table.record(CITY, head(TEMPERATURE, NOTE), [point(1, minute(1)), point(2, attribute=NOTE)])
    assert table.delete(CITY, ROOM)
    assert not table.delete(CITY, ROOM)
    assert client.scan(TableName=TABLE, Select="COUNT")["Count"] == 1


def test_a_recording_that_broke_off_anywhere_is_whole_once_it_is_repeated(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    call = client._make_api_call  # type: ignore[attr-defined]
    left = 0

    def break_off(operation: str, asked: dict[str, Any]) -> Any:  # noqa: ANN401
        nonlocal left
        if operation in {"PutItem", "BatchWriteItem"}:
            left -= 1
            if left < 0:
                raise ConnectionError
        return call(operation, asked)

    monkeypatch.setattr(client, "_make_api_call", break_off)
    points = [point(number, minute(number)) for number in (1, 2)]
    for allowed in range(4):
        left = allowed
        with pytest.raises(ConnectionError):
            HistoryTable(client, TABLE, timedelta(days=30)).record(CITY, head(), points)
    left = 4
    table = HistoryTable(client, TABLE, timedelta(days=30))
    table.record(CITY, head(), points)
    assert [each.head.id for each in table.search(CITY, types=(ROOMS,))] == [ROOM]
    assert values(table, Window()) == [1, 2]


def test_an_evolution_ends_with_its_last_points_once_the_entity_is_deleted(
    client: "DynamoDBClient", table: HistoryTable
) -> None:
    def ending() -> list[str]:
        items = client.scan(TableName=TABLE)["Items"]
        return sorted(item["pk"]["S"].split("#")[1] for item in items if "expires" in item)

    table.record(CITY, head(), [])
    assert ending() == []
    table.record(CITY, head(deleted_at="2026-11-24T07:00:00Z"), [])
    assert ending() == ["H", "HT"]
    table.record(CITY, head(), [])
    assert ending() == []


def test_many_heads_are_read_a_page_at_a_time(table: HistoryTable) -> None:
    names = [EntityId(f"urn:ngsi-ld:Room:{number:03d}") for number in range(60)]
    for entity in names:
        table.record(CITY, head(entity=entity), [])
    assert [each.head.id for each in table.search(CITY, types=(ROOMS,))] == names
    assert [each.head.id for each in table.search(CITY, ids=tuple(names))] == names


def test_heads_are_found_by_type_and_id_each_once(table: HistoryTable) -> None:
    for number in range(1, 4):
        entity = EntityId(f"urn:ngsi-ld:Room:{number}")
        types = (ROOMS, "https://example.org/Hall") if number == 2 else (ROOMS,)
        table.record(CITY, head(entity=entity, types=types), [])
    table.record(CITY, head(entity=EntityId("urn:ngsi-ld:Car:1"), types=("https://example.org/Car",)), [])

    def found(**asked: Any) -> list[str]:  # noqa: ANN401
        return [each.head.id.removeprefix("urn:ngsi-ld:") for each in table.search(CITY, **asked)]

    assert sorted(found()) == ["Car:1", "Room:1", "Room:2", "Room:3"]
    assert sorted(found(types=(ROOMS, "https://example.org/Hall"))) == ["Room:1", "Room:2", "Room:3"]
    assert found(ids=(ROOM, EntityId("urn:ngsi-ld:Room:9"))) == ["Room:1"]
    assert found(ids=(ROOM,), types=("https://example.org/Car",)) == []
    first = next(table.search(CITY, types=(ROOMS,)))
    assert found(types=(ROOMS,), after=first.cursor) == ["Room:2", "Room:3"]
    with pytest.raises(BadRequestData):
        table.search(CITY, types=("https://example.org/Car",), after=first.cursor)
