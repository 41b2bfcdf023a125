"""What recipients are owed, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| notice | `CITIZEN#{subject}` | `WITHDRAWAL#{id}` |
| whom it is about | `WITHDRAWAL#{id}` | `WITHDRAWAL` (TTL) |
| to be looked at | `DUE#WITHDRAWAL` | `{when}#{id}` |

All three come into being in the transaction that changes the consent (`machi.storage.consent_table`), so
nothing is taken back without its notice and there is no notice twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.consent.withdrawal_notice import Extent, Withdrawal, WithdrawalId, WithdrawalState
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem
from machi.storage.people_keys import (
    CLOSED,
    citizen_key,
    iso,
    key,
    moment,
    optional_moment,
    seconds,
    text,
    write_together,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DUE = "DUE#WITHDRAWAL"
_ANSWERABLE = timedelta(days=400)
"""How long a recipient can still answer by the id alone."""


class WithdrawalTable:
    """Implements `machi.consent.withdrawal_notice.WithdrawalRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, subject: CitizenId, withdrawal: WithdrawalId) -> Withdrawal | None:
        """Read one (1 RCU)."""
        item = self._get(citizen_key(subject, f"WITHDRAWAL#{withdrawal}"))
        return None if item is None else _withdrawal(item)

    def numbered(self, withdrawal: WithdrawalId) -> Withdrawal | None:
        """Read whom it is about, then the notice (2 RCU)."""
        item = self._get(key(f"WITHDRAWAL#{withdrawal}", "WITHDRAWAL"))
        return None if item is None else self.find(CitizenId(item["subject"]["S"]), withdrawal)

    def all_of(self, subject: CitizenId) -> Sequence[Withdrawal]:
        """Read every notice about a citizen in one query (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": text(f"CITIZEN#{subject}"), ":sk": text("WITHDRAWAL#")},
            ConsistentRead=True,
        )
        return [_withdrawal(item) for page in pages for item in page["Items"]]

    def move(self, before: Withdrawal, after: Withdrawal) -> None:
        """Write the notice and its place among those to be looked at together (4 to 6 WCU).

        Raises:
            Conflict: it is in another state or round, or to be looked at another time.
        """
        names = {"#state": "state", "#at": "at", "#round": "round", "#look": "lookAt"}
        values = {
            ":state": text(after.state.value),
            ":at": iso(after.at),
            ":round": {"N": str(after.round)},
            ":look": _look(after),
            ":was": text(before.state.value),
            ":before": {"N": str(before.round)},
            ":looked": _look(before),
        }
        update = "SET #state = :state, #at = :at, #round = :round, #look = :look"
        if after.deleted_at is not None:
            update += ", deletedAt = :deleted"
            values[":deleted"] = iso(after.deleted_at)
        writes: list[dict[str, Any]] = [
            {
                "Update": {
                    "TableName": self._table,
                    "Key": citizen_key(after.subject, f"WITHDRAWAL#{after.id}"),
                    "UpdateExpression": update,
                    "ConditionExpression": "#state = :was AND #round = :before AND #look = :looked",
                    "ExpressionAttributeNames": names,
                    "ExpressionAttributeValues": values,
                }
            }
        ]
        if before.look_at != after.look_at:
            if before.look_at is not None:
                writes.append({"Delete": {"TableName": self._table, "Key": _due_key(before, before.look_at)}})
            if after.look_at is not None:
                writes.append({"Put": {"TableName": self._table, "Item": _due(after, after.look_at)}})
        write_together(self._client, writes)

    def to_look_at(self, now: datetime, limit: int) -> Sequence[tuple[CitizenId, WithdrawalId]]:
        """One query (1 RCU for each 4 KB)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk <= :now",
            ExpressionAttributeValues={":pk": text(_DUE), ":now": text(f"{to_iso(now)}$")},
            ConsistentRead=True,
            Limit=limit,
        )
        return [
            (CitizenId(item["subject"]["S"]), WithdrawalId(item["sk"]["S"].split("#", 1)[1]))
            for item in answer["Items"]
        ]

    def _get(self, place: dict[str, Any]) -> dict[str, Any] | None:
        return self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")


def items_of(withdrawal: Withdrawal) -> list[dict[str, Any]]:
    """The items with which a notice begins."""
    owner = {
        **key(f"WITHDRAWAL#{withdrawal.id}", "WITHDRAWAL"),
        **CLOSED,
        "subject": text(withdrawal.subject),
        "expires": seconds(withdrawal.asked_at + _ANSWERABLE),
    }
    items = [_item(withdrawal), owner]
    if withdrawal.look_at is not None:
        items.append(_due(withdrawal, withdrawal.look_at))
    return items


def _due_key(withdrawal: Withdrawal, when: datetime) -> dict[str, Any]:
    return key(_DUE, f"{to_iso(when)}#{withdrawal.id}")


def _due(withdrawal: Withdrawal, when: datetime) -> dict[str, Any]:
    return {**_due_key(withdrawal, when), **CLOSED, "subject": text(withdrawal.subject)}


def _look(withdrawal: Withdrawal) -> dict[str, Any]:
    return text("") if withdrawal.look_at is None else iso(withdrawal.look_at)


def _item(withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        **citizen_key(withdrawal.subject, f"WITHDRAWAL#{withdrawal.id}"),
        **CLOSED,
        "application": text(withdrawal.application),
        "consent": text(withdrawal.consent),
        "items": {"L": [text(item) for item in sorted(withdrawal.items)]},
        "extent": text(withdrawal.extent.value),
        "askedAt": iso(withdrawal.asked_at),
        "state": text(withdrawal.state.value),
        "at": iso(withdrawal.at),
        "lookAt": _look(withdrawal),
        "round": {"N": str(withdrawal.round)},
    }


def _withdrawal(item: dict[str, Any]) -> Withdrawal:
    return Withdrawal(
        id=WithdrawalId(item["sk"]["S"].removeprefix("WITHDRAWAL#")),
        subject=CitizenId(item["pk"]["S"].removeprefix("CITIZEN#")),
        application=ApplicationId(item["application"]["S"]),
        consent=ConsentId(item["consent"]["S"]),
        items=frozenset(DataItem(each["S"]) for each in item["items"]["L"]),
        extent=Extent(item["extent"]["S"]),
        asked_at=moment(item, "askedAt"),
        state=WithdrawalState(item["state"]["S"]),
        at=moment(item, "at"),
        look_at=moment(item, "lookAt") if item["lookAt"]["S"] else None,
        round=int(item["round"]["N"]),
        deleted_at=optional_moment(item, "deletedAt"),
    )
