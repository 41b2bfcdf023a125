"""History from the stream: each change once, in order, and nothing that cannot be read holds up the rest."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from functions.history_recorder.recording import Recorder
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import BadRequestData
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
    fails_with: Exception = field(default_factory=TimeoutError)
    aside: list[Any] = field(default_factory=list)

    def record(self, tenant: Tenant, head: Head, points: tuple[Point, ...]) -> None:
        if head.id == self.fails_at:
            raise self.fails_with
        self.heads.append(head)
        self.points |= {(tenant, point.id): point.instance.get("value") for point in points}


@pytest.fixture
def written() -> Written:
    return Written()


def recorder(written: Written) -> Recorder:
    return Recorder(written, written.aside.append, Logger(service="test"))  # type: ignore[arg-type]  # only `record` is called


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
    }


def room(value: int, number: int = 1) -> Entity:
    made = entity(f"urn:ngsi-ld:Room:{number}", "Room", temperature=prop(value))
    made["attrs"][expand("temperature")][0]["modifiedAt"] = f"2026-11-24T05:00:{value:02d}.000Z"
    made["modifiedAt"] = f"2026-11-24T05:00:{value:02d}.000Z"
    return made


def test_a_life_leaves_its_points(written: Written) -> None:
    life = [record(1, None, room(1)), record(2, room(1), room(2)), record(3, room(2), None)]
    recorder(written).take(life)
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
    recorder(written).take([entry])
    assert written.points == {}
    assert written.aside == []


@pytest.mark.parametrize("doc", [b"{broken", b"x\x9cbroken", b"x\xf9broken", b"[]", b""])
def test_what_cannot_be_read_is_put_aside_and_holds_up_nobody(written: Written, doc: bytes) -> None:
    broken = record(1, None, room(1))
    broken["dynamodb"]["NewImage"]["doc"] = {"B": base64.b64encode(doc).decode()}
    recorder(written).take([broken, record(2, None, room(2, 2))])
    assert list(written.points.values()) == [2]
    assert written.aside == [broken]


def test_what_the_history_refuses_is_put_aside_and_holds_up_nobody(written: Written) -> None:
    written.fails_at, written.fails_with = EntityId("urn:ngsi-ld:Room:2"), BadRequestData("too large")
    batch = [record(number, None, room(number, number)) for number in (1, 2, 3)]
    recorder(written).take(batch)
    assert list(written.points.values()) == [1, 3]
    assert written.aside == [batch[1]]


def test_a_table_that_does_not_answer_brings_the_batch_back_and_nothing_is_lost(written: Written) -> None:
    written.fails_at = EntityId("urn:ngsi-ld:Room:2")
    batch = [record(number, None, room(number, number)) for number in (1, 2, 3)]
    with pytest.raises(TimeoutError):
        recorder(written).take(batch)
    assert written.aside == []
    written.fails_at = None
    recorder(written).take(batch)
    assert list(written.points.values()) == [1, 2, 3]


def test_a_write_that_changes_nothing_costs_nothing(written: Written) -> None:
    recorder(written).take([record(1, room(1), room(1))])
    assert written.heads == []


def test_an_entity_that_expired_ended_when_it_expired(written: Written) -> None:
    short: Any = {**room(1), "expiresAt": "2026-11-24T06:00:00.000Z"}
    recorder(written).take([record(1, short, None, ApproximateCreationDateTime=1_795_600_000)])
    assert written.heads[0].deleted_at == "2026-11-24T06:00:00.000Z"


def test_an_entity_in_the_place_of_an_expired_one_begins_a_life_of_its_own(written: Written) -> None:
    short: Any = {**room(1), "expiresAt": "2026-11-24T06:00:00.000Z"}
    anew: Any = {**room(2), "createdAt": "2026-11-24T07:00:00.000Z"}
    recorder(written).take([record(2, short, anew)])
    assert [head.deleted_at for head in written.heads] == ["2026-11-24T06:00:00.000Z", None]
    assert sorted(map(str, written.points.values())) == ["2", "urn:ngsi-ld:null"]


def test_a_deletion_comes_after_the_change_before_it(written: Written) -> None:
    late: Any = {**room(1), "modifiedAt": "2026-09-21T13:33:21.700Z"}
    recorder(written).take([record(1, late, None, ApproximateCreationDateTime=1_789_997_601)])
    assert written.heads[0].deleted_at == "2026-09-21T13:33:21.701Z"
