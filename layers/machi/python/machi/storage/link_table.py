"""Citizens who are at an identity provider, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| attempt to link | `LINK#{hash of state}` | `LINK` (TTL) |

Time to live only tidies up: whoever takes an attempt looks at `expires`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.core.ids import CitizenId
from machi.identity.linking import LinkAttempt
from machi.storage.people_keys import CLOSED, key, seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LinkTable:
    """Implements `machi.identity.linking.LinkAttempts` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def keep(self, key_: str, attempt: LinkAttempt) -> None:
        """Write an attempt (1 WCU)."""
        self._client.put_item(
            TableName=self._table,
            Item={
                **_key(key_),
                **CLOSED,
                "subject": text(attempt.subject),
                "provider": text(attempt.provider),
                "nonce": text(attempt.nonce),
                "verifier": text(attempt.verifier),
                "expires": seconds(attempt.expires),
            },
            ConditionExpression="attribute_not_exists(pk)",
        )

    def take(self, key_: str, citizen: CitizenId) -> LinkAttempt | None:
        """Delete an attempt if it is the citizen's (1 WCU); only one of two callers receives it."""
        try:
            answer = self._client.delete_item(
                TableName=self._table,
                Key=_key(key_),
                ConditionExpression="subject = :citizen",
                ExpressionAttributeValues={":citizen": text(citizen)},
                ReturnValues="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        item = answer.get("Attributes")
        return None if not item else _attempt(item)


def _key(hashed: str) -> dict[str, Any]:
    return key(f"LINK#{hashed}", "LINK")


def _attempt(item: dict[str, Any]) -> LinkAttempt:
    return LinkAttempt(
        subject=CitizenId(item["subject"]["S"]),
        provider=item["provider"]["S"],
        nonce=item["nonce"]["S"],
        verifier=item["verifier"]["S"],
        expires=datetime.fromtimestamp(int(item["expires"]["N"]), UTC),
    )
