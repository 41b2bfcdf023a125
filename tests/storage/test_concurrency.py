"""Writers that meet: no change is lost, none is made twice, and everybody learns what became of theirs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import LOCATION
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.entity_table import EntityTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.ngsild.query.builders import entity, expand, instance, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

CITY = Tenant("default")
COUNTER = EntityId("urn:ngsi-ld:Counter:1")
PLACES = [(136.70, 35.30), (136.80, 35.30), (136.90, 35.30)]


def counter(value: int, *, moving: bool = False) -> Entity:
    made = entity(COUNTER, "Counter", value=prop(value))
    if moving:
        point = {"type": "Point", "coordinates": list(PLACES[value % len(PLACES)])}
        made["attrs"][LOCATION] = [instance("GeoProperty", "value", point)]
    return made


def value_of(stored: StoredEntity | None) -> int:
    assert stored is not None
    return int(stored.entity["attrs"][expand("value")][0]["value"])


def stand_still() -> datetime:
    return datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("moving", [False, True])
def test_many_writers_of_one_entity_lose_no_increment(client: "DynamoDBClient", moving: bool) -> None:
    table = EntityTable(client, TABLE, clock=stand_still, pause=lambda _: None)
    table.write(CITY, Write(None, counter(0, moving=moving)))

    def increment(_: int) -> int:
        for attempt in range(1_000):
            before = table.get_latest(CITY, COUNTER)
            try:
                table.write(CITY, Write(before, counter(value_of(before) + 1, moving=moving)))
            except Conflict:
                continue
            return attempt
        raise AssertionError("starved")

    with ThreadPoolExecutor(8) as threads:
        attempts = list(threads.map(increment, range(60)))

    assert value_of(table.get_latest(CITY, COUNTER)) == 60
    assert sum(attempts) > 0, "the writers never met, so nothing was shown"
    if moving:
        boxes = [(x - 0.01, y - 0.01, x + 0.01, y + 0.01) for x, y in PLACES]
        hits = [len(list(table.search(CITY, Search(area=box)))) for box in boxes]
        assert hits == [1, 0, 0]


@pytest.mark.parametrize("random_bits", [True, False])
def test_two_writers_in_one_microsecond_with_one_document_are_told_apart(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch, random_bits: bool
) -> None:
    if not random_bits:
        monkeypatch.setattr("machi.storage.entity_table.secrets.randbits", lambda _: 0)
    table = EntityTable(client, TABLE, clock=stand_still)
    before = table.write(CITY, Write(None, counter(5)))
    table.write(CITY, Write(before, counter(6)))
    with pytest.raises(Conflict):
        table.write(CITY, Write(before, counter(6)))


def test_a_write_whose_answer_was_lost_is_made_once_and_no_conflict(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    table = EntityTable(client, TABLE)
    before = table.write(CITY, Write(None, counter(5)))
    call = client._make_api_call  # type: ignore[attr-defined]

    def answer_lost_once(operation: str, asked: dict[str, Any]) -> Any:  # noqa: ANN401
        """What botocore does inside of one call: the first answer is lost, it asks again, and says so."""
        if operation != "PutItem":
            return call(operation, asked)
        call(operation, asked)
        try:
            return call(operation, asked)
        except ClientError as error:
            error.response["ResponseMetadata"]["RetryAttempts"] = 1
            raise

    monkeypatch.setattr(client, "_make_api_call", answer_lost_once)
    after = table.write(CITY, Write(before, counter(6)))
    assert after is not None
    assert table.get_latest(CITY, COUNTER) == after


def test_of_many_creators_of_one_entity_exactly_one_succeeds(client: "DynamoDBClient") -> None:
    table = EntityTable(client, TABLE)

    def create(number: int) -> int | None:
        try:
            table.write(CITY, Write(None, counter(number)))
        except Conflict:
            return None
        return number

    with ThreadPoolExecutor(8) as threads:
        winners = [number for number in threads.map(create, range(1, 17)) if number is not None]
    assert len(winners) == 1
    assert value_of(table.get_latest(CITY, COUNTER)) == winners[0]


def test_a_batch_that_meets_other_writers_says_of_each_change_how_it_went(client: "DynamoDBClient") -> None:
    table = EntityTable(client, TABLE)
    names = [f"urn:ngsi-ld:Site:{number}" for number in range(40)]

    def create(_: int) -> list[str]:
        results = table.write_many(CITY, [Write(None, entity(name, "Site", v=prop(1))) for name in names])
        return [name for name, result in zip(names, results, strict=True) if isinstance(result, StoredEntity)]

    with ThreadPoolExecutor(3) as threads:
        created = [name for some in threads.map(create, range(3)) for name in some]
    assert sorted(created) == sorted(names)
