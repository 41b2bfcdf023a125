"""When consents run out, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| runs out | `DUE#EXPIRY` | `{when}#{consent id}` |
| the citizen is to be reminded | `DUE#REMINDER` | `{when}#{consent id}` |

Both are written and removed in the transaction that changes the consent (`machi.storage.consent_table`);
their keys follow from the record, so none is left behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from machi.consent.record import Consent, ConsentState
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId, CitizenId, ConsentId
from machi.storage.people_keys import CLOSED, key, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Due(StrEnum):
    """What is to be done."""

    EXPIRY = "EXPIRY"
    REMINDER = "REMINDER"


@dataclass(frozen=True, slots=True)
class DueConsent:
    """A consent whose time has come."""

    consent: ConsentId
    subject: CitizenId
    application: ApplicationId
    place: str
    """Its sort key."""


class ConsentDueTable:
    """What the sweep over consents works through."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def due(self, what: Due, now: datetime, limit: int) -> Sequence[DueConsent]:
        """One query, the oldest first (1 RCU for each 4 KB)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk <= :now",
            ExpressionAttributeValues={":pk": text(f"DUE#{what.value}"), ":now": text(f"{to_iso(now)}$")},
            ConsistentRead=True,
            Limit=limit,
        )
        return [
            DueConsent(
                ConsentId(item["sk"]["S"].split("#", 1)[1]),
                CitizenId(item["subject"]["S"]),
                ApplicationId(item["application"]["S"]),
                item["sk"]["S"],
            )
            for item in answer["Items"]
        ]

    def done(self, what: Due, due: DueConsent) -> None:
        """Strike it out (1 WCU); repeatable."""
        self._client.delete_item(TableName=self._table, Key=key(f"DUE#{what.value}", due.place))


def due_items(consent: Consent) -> list[dict[str, Any]]:
    """What is due because of a record; nothing unless it is given."""
    if consent.state is not ConsentState.GIVEN or consent.valid is None:
        return []
    found = {Due.EXPIRY: consent.valid.end, Due.REMINDER: consent.valid.reminder_at}
    return [
        {
            **key(f"DUE#{what.value}", f"{to_iso(when)}#{consent.id}"),
            **CLOSED,
            "subject": text(consent.subject),
            "application": text(consent.application),
        }
        for what, when in found.items()
        if when is not None
    ]
