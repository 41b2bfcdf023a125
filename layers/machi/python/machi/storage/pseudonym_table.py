"""Which citizen an application means by a pseudonym, in the `people` table (closed class).

| item | pk | sk | holds |
|---|---|---|---|
| pseudonym | `PPID#{pseudonym}` | `PPID` | subject |

Written when a pseudonym is given away, so that only those exist which an application can know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from machi.core.ids import CitizenId
from machi.storage.people_keys import CLOSED, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SORT = "PPID"


class PseudonymTable:
    """Pseudonyms that were given away."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client, self._table = client, table_name

    def remember(self, pseudonym: str, subject: CitizenId) -> None:
        """Write it down (1 WCU); repeatable, because a pseudonym is made of the subject."""
        item = {**key(f"PPID#{pseudonym}", _SORT), **CLOSED, "subject": {"S": subject}}
        self._client.put_item(TableName=self._table, Item=item)

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        """Whom it stands for (1 RCU)."""
        answer = self._client.get_item(
            TableName=self._table, Key=key(f"PPID#{pseudonym}", _SORT), ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else CitizenId(item["subject"]["S"])
