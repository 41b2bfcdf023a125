"""Platform sessions on DynamoDB."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from machi.connect.sessions import LIFETIME, PlatformSession, Sessions
from machi.core.ids import ApplicationId, CitizenId
from machi.storage.session_table import SessionTable
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
KENCOM, BOSHIMO = ApplicationId("kencom"), ApplicationId("boshimo")


def sessions(client: "DynamoDBClient") -> Sessions:
    return Sessions(SessionTable(client, TABLE), lambda: NOON)


def items(client: "DynamoDBClient") -> list[dict[str, object]]:
    return [dict(item) for item in client.scan(TableName=TABLE)["Items"]]


def test_a_session_comes_back_as_it_was_begun(client: "DynamoDBClient") -> None:
    kept = sessions(client)
    before = NOON - timedelta(minutes=5)

    token, begun = kept.begin(HANAKO, before, None)

    assert kept.find(token) == begun
    assert begun == PlatformSession(begun.key, HANAKO, before, NOON + LIFETIME)
    assert kept.find(token[:-1] + "x") is None
    assert kept.find("あ" * 43) is None
    assert kept.find(None) is None


def test_the_table_holds_a_hash_a_class_and_an_end(client: "DynamoDBClient") -> None:
    token, _ = sessions(client).begin(HANAKO, NOON, None)

    kept = items(client)
    assert token not in repr(kept)
    ends = {"N": str(int((NOON + LIFETIME).timestamp()) + 1)}
    assert [(item["dataClass"], item["expires"]) for item in kept] == [({"S": "closed"}, ends)] * 2


def test_a_session_that_ends_is_gone_both_ways(client: "DynamoDBClient") -> None:
    kept = sessions(client)
    token, begun = kept.begin(HANAKO, NOON, None)
    kept.signed_in_to(begun, KENCOM)
    again = kept.find(token)
    assert again is not None

    assert kept.end(again) == {KENCOM}
    assert kept.end(again) == {KENCOM}, "repeatable"

    assert kept.find(token) is None
    assert items(client) == []


def test_all_sessions_of_one_citizen_end_and_nobody_elses(client: "DynamoDBClient") -> None:
    kept = sessions(client)
    phone, on_phone = kept.begin(HANAKO, NOON, None)
    desk, on_desk = kept.begin(HANAKO, NOON, None)
    other, _ = kept.begin(TARO, NOON, None)
    kept.signed_in_to(on_phone, KENCOM)
    kept.signed_in_to(on_desk, BOSHIMO)

    assert kept.end_all(HANAKO) == {KENCOM, BOSHIMO}

    assert kept.find(phone) is None
    assert kept.find(desk) is None
    assert kept.find(other) is not None


def test_nothing_is_noted_at_a_session_that_is_gone(client: "DynamoDBClient") -> None:
    kept = sessions(client)
    _, begun = kept.begin(HANAKO, NOON, None)
    kept.end(begun)

    kept.signed_in_to(begun, KENCOM)

    assert items(client) == []
