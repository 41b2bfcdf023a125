"""An attempt to link is taken once, by the citizen who began it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from machi.core.ids import CitizenId
from machi.identity.linking import LinkAttempt
from machi.storage.link_table import LinkTable
from tests.aws_double import everything
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
ATTEMPT = LinkAttempt(HANAKO, "line", "nonce", "verifier", datetime(2026, 11, 25, 3, 0, tzinfo=UTC))


@pytest.fixture
def attempts(client: "DynamoDBClient") -> LinkTable:
    return LinkTable(client, TABLE)


def test_what_was_kept_is_taken_once(attempts: LinkTable) -> None:
    attempts.keep("key", ATTEMPT)

    assert attempts.take("key", HANAKO) == ATTEMPT
    assert attempts.take("key", HANAKO) is None


def test_another_citizen_neither_gets_it_nor_uses_it_up(attempts: LinkTable) -> None:
    attempts.keep("key", ATTEMPT)

    assert attempts.take("key", TARO) is None
    assert attempts.take("key", HANAKO) == ATTEMPT


def test_nothing_is_taken_that_was_never_kept(attempts: LinkTable) -> None:
    assert attempts.take("key", HANAKO) is None


def test_it_forgets_by_itself(attempts: LinkTable, client: "DynamoDBClient") -> None:
    attempts.keep("key", ATTEMPT)

    ((_, item),) = everything(client, TABLE).items()
    assert int(item["expires"]["N"]) == int(ATTEMPT.expires.timestamp())
    assert item["dataClass"]["S"] == "closed"
