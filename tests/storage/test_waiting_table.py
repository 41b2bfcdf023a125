"""Waiting authorization requests on DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from machi.connect.request import AuthorizationRequest, Prompt
from machi.connect.waiting import Deciding, SigningIn, new_secret
from machi.core.ids import ApplicationId
from machi.core.language import Language
from machi.storage.waiting_table import WaitingTable
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REQUEST = AuthorizationRequest(
    application=ApplicationId("kencom"),
    is_partner=True,
    client_id="client",
    redirect_uri="https://kencom.example/callback?x=1",
    state="a state = with %&",
    nonce="nonce",
    code_challenge="c" * 43,
    prompt=frozenset({Prompt.LOGIN, Prompt.CONSENT}),
    max_age=60,
    language=Language.EASY_JAPANESE,
)


@pytest.fixture
def table(client: "DynamoDBClient") -> WaitingTable:
    return WaitingTable(client, TABLE)


def signing_in(request: AuthorizationRequest = REQUEST) -> SigningIn:
    return SigningIn(new_secret(), request, "browser", new_secret(), new_secret(), NOON)


def deciding() -> Deciding:
    return Deciding(new_secret(), REQUEST, "session", new_secret(), NOON)


@pytest.mark.parametrize("request_", [REQUEST, replace(REQUEST, state=None, max_age=None, language=None)])
def test_a_request_is_taken_out_once_and_as_it_was_put(
    table: WaitingTable, request_: AuthorizationRequest
) -> None:
    waiting = signing_in(request_)
    table.put_signing_in(waiting)

    assert table.take_signing_in(waiting.id) == waiting
    assert table.take_signing_in(waiting.id) is None


def test_a_decision_can_be_looked_at_until_it_is_taken(table: WaitingTable) -> None:
    waiting = deciding()
    table.put_deciding(waiting)

    assert table.find_deciding(waiting.id) == waiting
    assert table.find_deciding(waiting.id) == waiting
    assert table.take_deciding(waiting.id) == waiting
    assert table.find_deciding(waiting.id) is None
    assert table.take_deciding(waiting.id) is None


def test_a_sign_in_is_not_taken_for_a_decision_nor_the_reverse(table: WaitingTable) -> None:
    first, second = signing_in(), deciding()
    table.put_signing_in(first)
    table.put_deciding(second)

    assert table.find_deciding(first.id) is None
    assert table.take_deciding(first.id) is None
    assert table.take_signing_in(second.id) is None

    assert table.take_signing_in(first.id) == first
    assert table.take_deciding(second.id) == second


@pytest.mark.parametrize("name", ["", "x" * 65, "あ", "\ud800", "AUTHREQ"])
def test_what_is_no_id_finds_nothing(table: WaitingTable, name: str) -> None:
    assert table.take_signing_in(name) is None
    assert table.find_deciding(name) is None


def test_of_many_that_take_one_decision_one_gets_it(table: WaitingTable) -> None:
    waiting = deciding()
    table.put_deciding(waiting)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: table.take_deciding(waiting.id), range(8)))

    assert [found for found in taken if found is not None] == [waiting]


def test_the_id_itself_is_not_in_the_table(table: WaitingTable, client: "DynamoDBClient") -> None:
    waiting = deciding()
    table.put_deciding(waiting)

    (item,) = client.scan(TableName=TABLE)["Items"]

    assert waiting.id not in repr(item)
    assert item["dataClass"] == {"S": "closed"}
    assert item["expires"] == {"N": str(int(NOON.timestamp()) + 1)}
