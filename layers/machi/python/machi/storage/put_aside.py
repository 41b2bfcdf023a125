"""Where stream records go that cannot be recorded: `ASIDE`, one item each, until somebody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from machi.core.clock import Clock
from machi.storage.documents import MAX_PACKED, pack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class PutAside:
    """Keeps records of the `context` table's stream in the `history` table (H10)."""

    client: DynamoDBClient
    table: str
    retention: timedelta
    clock: Clock

    def __call__(self, record: Mapping[str, Any]) -> None:
        """Keep one record, without its images if they are too large (1 WCU for each KB)."""
        data = pack(record)
        if len(data) > MAX_PACKED:
            data = pack({"eventName": record.get("eventName"), "Keys": record["dynamodb"]["Keys"]})
        number = str(record.get("dynamodb", {}).get("SequenceNumber") or record.get("eventID") or "?")
        self.client.put_item(
            TableName=self.table,
            Item={
                "pk": {"S": "ASIDE"},
                "sk": {"S": number},
                "doc": {"B": data},
                "expires": {"N": str(int((self.clock() + self.retention).timestamp()))},
            },
        )
