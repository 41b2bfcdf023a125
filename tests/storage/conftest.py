"""One table in moto, as every table of the platform is cut."""

from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from machi.storage.client import dynamodb_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "machi"


def make_table(client: "DynamoDBClient", name: str = TABLE) -> None:
    """A table with the platform's keys."""
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """The client that the functions use, on a table in memory."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        made = dynamodb_client(region="ap-northeast-1")
        one_call_at_a_time(made, monkeypatch)
        make_table(made)
        yield made


def one_call_at_a_time(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads of the code under test take turns: moto itself is not safe between threads."""
    lock, call = Lock(), client._make_api_call  # type: ignore[attr-defined]

    def locked(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with lock:
            return dict(call(operation, parameters))

    monkeypatch.setattr(client, "_make_api_call", locked)
