"""Guardianships in the `people` table (closed class), on both sides.

| item | pk | sk |
|---|---|---|
| guardianship, for the child | `CITIZEN#{child}` | `GUARDIAN#{guardian}` |
| copy, for the guardian | `CITIZEN#{guardian}` | `WARD#{child}` |
| event, in both histories | `CITIZEN#{child or guardian}` | `HISTORY#{time}#{event id}` |

All change in one transaction. The child's item decides; the copy only lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.consent.guardianship import EndedBy, Evidence, Guardianship, GuardianshipState, Power
from machi.core.clock import to_iso
from machi.core.errors import Conflict
from machi.core.ids import CitizenId, new_id
from machi.storage.people_keys import CLOSED, ConditionFailed, citizen_key, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class GuardianshipTable:
    """Implements `machi.consent.guardians.GuardianshipRepository` on DynamoDB."""

    def __init__(
        self, client: DynamoDBClient, table_name: str, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._pause = client, table_name, pause

    def find(self, guardian: CitizenId, child: CitizenId) -> tuple[Guardianship, int] | None:
        """Read the child's item, strongly consistent (1 RCU)."""
        place = citizen_key(child, f"GUARDIAN#{guardian}")
        item = self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")
        return None if item is None else (_guardianship(item), int(item["version"]["N"]))

    def of_child(self, child: CitizenId) -> Sequence[Guardianship]:
        """Read every guardianship of a child in one query."""
        return self._of(child, "GUARDIAN#")

    def of_guardian(self, guardian: CitizenId) -> Sequence[Guardianship]:
        """Read every guardianship of a guardian in one query."""
        return self._of(guardian, "WARD#")

    def save(self, guardianship: Guardianship, *, before: int | None) -> None:
        """Write both sides and both histories together (8 WCU).

        Raises:
            Conflict: it is not in version `before`.
        """
        child, guardian = guardianship.child, guardianship.guardian
        document = {**_attributes(guardianship), "version": {"N": str((before or 0) + 1)}}
        decides: dict[str, Any] = {
            "TableName": self._table,
            "Item": {**citizen_key(child, f"GUARDIAN#{guardian}"), **document},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if before is not None:
            decides["ConditionExpression"] = "version = :before"
            decides["ExpressionAttributeValues"] = {":before": {"N": str(before)}}
        copy = {**citizen_key(guardian, f"WARD#{child}"), **document}
        writes = [{"Put": decides}, {"Put": {"TableName": self._table, "Item": copy}}]
        writes += ({"Put": {"TableName": self._table, "Item": item}} for item in _events(guardianship))
        try:
            write_together(self._client, writes, pause=self._pause)
        except ConditionFailed:
            raise Conflict("the guardianship was changed by somebody else") from None

    def _of(self, citizen: CitizenId, sort: str) -> list[Guardianship]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{citizen}"}, ":sk": {"S": sort}},
            ConsistentRead=True,
        )
        return [_guardianship(item) for page in pages for item in page["Items"]]


def _attributes(guardianship: Guardianship) -> dict[str, Any]:
    item: dict[str, Any] = {
        **CLOSED,
        "id": {"S": guardianship.id},
        "guardian": {"S": guardianship.guardian},
        "child": {"S": guardianship.child},
        "powers": {"L": [{"S": power.value} for power in sorted(guardianship.powers)]},
        "state": {"S": guardianship.state.value},
        "at": {"S": to_iso(guardianship.at)},
        "isProtected": {"BOOL": guardianship.is_protected},
    }
    optional = {
        "evidence": guardianship.evidence,
        "until": guardianship.until and to_iso(guardianship.until),
        "approver": guardianship.approver,
        "endedBy": guardianship.ended_by,
    }
    return {**item, **{name: {"S": str(value)} for name, value in optional.items() if value is not None}}


def _guardianship(item: dict[str, Any]) -> Guardianship:
    def text(name: str) -> str | None:
        return item[name]["S"] if name in item else None

    evidence, until, ended_by = text("evidence"), text("until"), text("endedBy")
    return Guardianship(
        id=item["id"]["S"],
        guardian=CitizenId(item["guardian"]["S"]),
        child=CitizenId(item["child"]["S"]),
        powers=frozenset(Power(power["S"]) for power in item["powers"]["L"]),
        state=GuardianshipState(item["state"]["S"]),
        at=datetime.fromisoformat(item["at"]["S"]),
        evidence=None if evidence is None else Evidence(evidence),
        until=None if until is None else datetime.fromisoformat(until),
        approver=text("approver"),
        is_protected=item["isProtected"]["BOOL"],
        ended_by=None if ended_by is None else EndedBy(ended_by),
    )


def _events(guardianship: Guardianship) -> list[dict[str, Any]]:
    """One for each side; of a protection only for the child's, because the guardian must not learn of it."""
    sides = [guardianship.child]
    if not guardianship.is_protected:
        sides.append(guardianship.guardian)
    name = new_id("gev", guardianship.at)
    return [
        {
            **citizen_key(side, f"HISTORY#{to_iso(guardianship.at)}#{name}"),
            **CLOSED,
            "kind": {"S": "guardianship"},
            "id": {"S": name},
            "guardian": {"S": guardianship.guardian},
            "child": {"S": guardianship.child},
            "state": {"S": guardianship.state.value},
            "isProtected": {"BOOL": guardianship.is_protected},
            "endedBy": {"S": guardianship.ended_by or ""},
            "at": {"S": to_iso(guardianship.at)},
        }
        for side in sides
    ]
