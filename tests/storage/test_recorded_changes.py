"""What EntityTable writes, the history recorder reads: the two sides of the stream, held together."""

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.history_recorder import handler as function
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.repositories import StoredEntity, Write
from machi.ngsild.temporal import Window
from machi.storage.entity_table import EntityTable
from machi.storage.history_table import HistoryTable
from tests.storage.conftest import TABLE, make_table
from tests.unit.ngsild.query.builders import entity, expand, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CITY = Tenant("city")
ROOM = EntityId("urn:ngsi-ld:Room:1")
HISTORY = "history"


@pytest.fixture
def table(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> EntityTable:
    make_table(client, HISTORY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    for name, value in {
        "CONTEXT_TABLE": TABLE,
        "HISTORY_TABLE": HISTORY,
        "HISTORY_DAYS": "30",
        "STAGE": "local",
    }.items():
        monkeypatch.setenv(f"MACHI_{name}", value)
    function.build.cache_clear()
    return EntityTable(client, TABLE)


class Stream:
    """The stream records that AWS makes of the writes of one entity."""

    def __init__(self, client: "DynamoDBClient", table: EntityTable) -> None:
        self._client, self._table = client, table
        self._stored: StoredEntity | None = None
        self.records: list[dict[str, Any]] = []

    def write(self, after: Entity | None) -> None:
        old = self._items()
        self._stored = self._table.write(CITY, Write(self._stored, after))
        new = self._items()
        for key in sorted(old | new):
            if old.get(key) != new.get(key):
                images = {"OldImage": old.get(key), "NewImage": new.get(key)}
                self._note(key, {name: image for name, image in images.items() if image})

    def _items(self) -> dict[tuple[str, str], Any]:
        items = self._client.scan(TableName=TABLE)["Items"]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}

    def _note(self, key: tuple[str, str], images: dict[str, Any]) -> None:
        for image in images.values():
            if "doc" in image:
                image["doc"] = {"B": base64.b64encode(image["doc"]["B"]).decode()}
        self.records.append(
            {
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "Keys": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
                    "SequenceNumber": str(len(self.records)),
                    "ApproximateCreationDateTime": 1_795_600_000,
                    **images,
                },
            }
        )


def room(value: int) -> Entity:
    moment = f"2026-11-24T05:00:{value:02d}.000Z"
    made = entity(ROOM, "Room", temperature=prop(value, observedAt=moment), note=prop("説明" * 500))
    made["modifiedAt"] = moment
    return made


def test_each_change_of_an_entity_is_in_its_history_once_however_often_delivered(
    client: "DynamoDBClient", table: EntityTable
) -> None:
    stream = Stream(client, table)
    for state in (room(1), room(2), room(3), None):
        stream.write(state)

    for _ in range(2):
        assert function.handler({"Records": stream.records}, None) == {"batchItemFailures": []}

    history = HistoryTable(client, HISTORY, timedelta(days=30))
    points = history.points(CITY, ROOM, expand("temperature"), Window(), newest_first=False)
    assert [point.instance.get("value") for point in points] == [1, 2, 3]
    notes = list(history.every_point(CITY, ROOM, expand("note")))
    assert sorted(str(point.instance.get("value"))[:2] for point in notes) == ["ur", "説明"]
    head = history.head(CITY, ROOM)
    assert head is not None
    assert head.deleted_at is not None
    assert (
        client.query(
            TableName=HISTORY,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "ASIDE"}},
            Select="COUNT",
        )["Count"]
        == 0
    )


def test_a_record_that_cannot_be_read_lies_aside_in_the_history_table(
    client: "DynamoDBClient", table: EntityTable
) -> None:
    stream = Stream(client, table)
    stream.write(room(1))
    stream.records[0]["dynamodb"]["NewImage"]["doc"] = {"B": "bm90aGluZw=="}

    function.handler({"Records": stream.records}, None)

    found = client.get_item(TableName=HISTORY, Key={"pk": {"S": "ASIDE"}, "sk": {"S": "0"}})
    assert "Item" in found
