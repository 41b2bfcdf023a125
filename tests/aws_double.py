"""DynamoDB in this process, with tables keyed as the platform keys them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@contextmanager
def dynamodb(*tables: str) -> Iterator["DynamoDBClient"]:
    """A client of an empty account with these tables."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="ap-northeast-1")
        for name in tables:
            client.create_table(
                TableName=name,
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        yield client


def everything(client: "DynamoDBClient", table: str) -> dict[tuple[str, str], dict[str, Any]]:
    """All items of a table by their key."""
    items = client.scan(TableName=table)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
