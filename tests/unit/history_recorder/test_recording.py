"""History from the stream: each change once, in order, and nothing that cannot be read holds up the rest."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from functions.history_recorder.recording import Recorder
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.temporal import Head, Point
from machi.storage.documents import pack
from tests.unit.ngsild.query.builders import entity, expand, prop

CITY = Tenant("default")


@dataclass
class Written:
    """What a history is told, and when it stops answering."""

    points: dict[tuple[str, str], Any] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)
    fails_at: EntityId | None = None

    def record(self, tenant: Tenant, head: Head, points: tuple[Point, ...]) -> None:
        if head.id == self.fails_at:
            raise TimeoutError
        self.heads.append(head)
        self.points |= {(tenant, point.id): point.instance.get("value") for point in points}


@pytest.fixture
def written() -> Written:
    return Written()


def recorder(written: Written) -> Recorder:
    return Recorder(written, Logger(service="test"))  # type: ignore[arg-type]  # only `record` is called


def record(number: int, before: Entity | None, after: Entity | None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    last = after or before
    keys = {"pk": {"S": "default#E#" + (last["id"] if last else "")}, "sk": {"S": "E"}}
    images = {name: image(each, number) for name, each in (("OldImage", before), ("NewImage", after)) if each}
    return {
        "dynamodb": {
            "Keys": keys,
            "SequenceNumber": f"{number:021d}",
            "ApproximateCreationDateTime": 1_790_000_000 + number,
            **images,
            **more,
        }
    }


def image(made: Entity, version: int) -> dict[str, Any]:
    return {
        "doc": {"B": base64.b64encode(pack(made)).decode()},
        "v": {"N": str(version)},
        "tenant": {"S": CITY},
    }


def room(value: int, number: int = 1) -> Entity:
    made = entity(f"urn:ngsi-ld:Room:{number}", "Room", temperature=prop(value))
    made["attrs"][expand("temperature")][0]["modifiedAt"] = f"2026-11-24T05:00:{value:02d}.000Z"
    made["modifiedAt"] = f"2026-11-24T05:00:{value:02d}.000Z"
    return made


def test_a_life_leaves_its_points(written: Written) -> None:
    life = [record(1, None, room(1)), record(2, room(1), room(2)), record(3, room(2), None)]
    assert recorder(written).take(life) == []
    assert list(written.points.values()) == [1, 2, "urn:ngsi-ld:null"]
    assert written.heads[0].deleted_at is None
    assert written.heads[-1].deleted_at is not None


def test_a_change_delivered_twice_is_there_once(written: Written) -> None:
    change = record(1, None, room(1))
    recorder(written).take([change, change])
    recorder(written).take([change])
    assert list(written.points.values()) == [1]


def test_a_long_document_is_read_too(written: Written) -> None:
    made = room(1)
    made["attrs"][expand("note")] = [prop("説明" * 5_000)]
    recorder(written).take([record(1, None, made)])
    assert 1 in written.points.values()


def test_index_entries_and_contexts_are_passed_over(written: Written) -> None:
    entry = record(1, None, room(1), Keys={"pk": {"S": "default#T#x"}, "sk": {"S": "urn:x:1"}})
    assert recorder(written).take([entry]) == []
    assert written.points == {}


def test_what_cannot_be_read_holds_up_nobody(written: Written) -> None:
    broken = record(1, None, room(1))
    broken["dynamodb"]["NewImage"]["doc"] = {"B": base64.b64encode(b"{broken").decode()}
    assert recorder(written).take([broken, record(2, None, room(2, 2))]) == []
    assert list(written.points.values()) == [2]


def test_what_cannot_be_written_is_handed_back_with_all_behind_it(written: Written) -> None:
    written.fails_at = EntityId("urn:ngsi-ld:Room:2")
    batch = [record(number, None, room(number, number)) for number in (1, 2, 3)]
    assert recorder(written).take(batch) == [f"{2:021d}"]
    assert list(written.points.values()) == [1]
    written.fails_at = None
    assert recorder(written).take(batch[1:]) == []
    assert list(written.points.values()) == [1, 2, 3]
