"""Addresses that wait to be proved, in the `people` table: `CITIZEN#{subject}` / `CODE#email`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.core.ids import CitizenId
from machi.identity.codes import KeptCode
from machi.identity.email_change import PendingAddress
from machi.storage.people_keys import CLOSED, citizen_key, seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SORT = "CODE#email"


class PendingAddressTable:
    """Implements `machi.identity.email_change.PendingAddresses` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def put(self, citizen: CitizenId, pending: PendingAddress) -> None:
        """Write it in the place of an earlier one (1 WCU)."""
        self._client.put_item(
            TableName=self._table,
            Item={
                **citizen_key(citizen, _SORT),
                **CLOSED,
                "address": text(pending.address),
                "codeSalt": {"B": pending.code.salt},
                "codeDigest": {"B": pending.code.digest},
                "tries": {"N": str(pending.tries)},
                "expires": seconds(pending.expires_at),
            },
        )

    def count_try(self, citizen: CitizenId, most: int, now: datetime) -> PendingAddress | None:
        """Count a try (1 WCU); None if none waits, it is too late, or no try is left."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=citizen_key(citizen, _SORT),
                UpdateExpression="ADD tries :one",
                ConditionExpression="attribute_exists(pk) AND tries < :most AND #expires > :now",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(most)},
                    ":now": seconds(now),
                },
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        item: dict[str, Any] = dict(answer["Attributes"])
        return PendingAddress(
            address=item["address"]["S"],
            code=KeptCode(bytes(item["codeSalt"]["B"]), bytes(item["codeDigest"]["B"])),
            expires_at=datetime.fromtimestamp(int(item["expires"]["N"]), UTC),
            tries=int(item["tries"]["N"]),
        )

    def drop(self, citizen: CitizenId) -> None:
        """Delete it (1 WCU)."""
        self._client.delete_item(TableName=self._table, Key=citizen_key(citizen, _SORT))
