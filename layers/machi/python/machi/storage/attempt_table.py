"""Counters of tries in the `people` table: `LIMIT#{hash of what}` / `{window}`, gone after the window."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from machi.storage.people_keys import CLOSED, key, seconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AttemptTable:
    """Implements `machi.identity.attempts.AttemptCounters` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def add(self, counter: str, window: int, forget_at: datetime) -> int:
        """Count one more, atomically (1 WCU). A client's own retry may count twice: rather too many."""
        answer = self._client.update_item(
            TableName=self._table,
            Key=key(f"LIMIT#{counter}", str(window)),
            UpdateExpression="ADD tries :one SET #expires = :expires, dataClass = :closed",
            ExpressionAttributeNames={"#expires": "expires"},
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":expires": seconds(forget_at),
                ":closed": CLOSED["dataClass"],
            },
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["tries"]["N"])
