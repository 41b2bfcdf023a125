"""Codes of children in the `people` table: `CHILDCODE#{sha256 of the code}` / `CHILDCODE`, gone when used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from machi.core.ids import CitizenId
from machi.storage.people_keys import CLOSED, key, seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ChildCodeTable:
    """Implements `machi.consent.child_codes.ChildCodeRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client, self._table = client, table_name

    def keep(self, digest: str, child: CitizenId, until: datetime) -> None:
        """Write one (1 WCU)."""
        item = {
            **key(f"CHILDCODE#{digest}", "CHILDCODE"),
            **CLOSED,
            "child": text(child),
            "expires": seconds(until),
        }
        self._client.put_item(TableName=self._table, Item=item)

    def take(self, digest: str, at: datetime) -> CitizenId | None:
        """Delete it and give its child (1 WCU), if it is there and not over; of two who try, one gets it."""
        try:
            answer = self._client.delete_item(
                TableName=self._table,
                Key=key(f"CHILDCODE#{digest}", "CHILDCODE"),
                ConditionExpression="#expires > :now",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={":now": seconds(at)},
                ReturnValues="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return CitizenId(answer["Attributes"]["child"]["S"])
