"""Guardianships in the `people` table (closed class), on both sides.

| item | pk | sk |
|---|---|---|
| guardianship, for the child | `CITIZEN#{child}` | `GUARDIAN#{guardian}` |
| copy, for the guardian | `CITIZEN#{guardian}` | `WARD#{child}` |
| event, in both histories | `CITIZEN#{child or guardian}` | `HISTORY#{time}#{event id}` |
| whose id it is | `GUARDIANSHIP#{id}` | `GUARDIANSHIP` |
| line of the staff's queue | `QUEUE#guardianship#{open or done}` | `{day due}#{id}` |
| a look was noted, for an hour | `CITIZEN#{child}` | `LOOK#{id}#{power}` |

All but the last change in one transaction. The child's item decides; the copy only lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.consent.cases import CaseKind, QueueSide
from machi.consent.guardianship import (
    EndedBy,
    Evidence,
    Guardianship,
    GuardianshipChange,
    GuardianshipState,
    Power,
)
from machi.core.clock import to_iso
from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.storage.guardian_events import event_of, guardian_event
from machi.storage.people_keys import CLOSED, ConditionFailed, citizen_key, key, seconds, text, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NOTED_FOR = timedelta(hours=1)


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

    def identified(self, guardianship: str) -> Guardianship | None:
        """Read whose id it is, then the child's item (2 RCU)."""
        place = key(f"GUARDIANSHIP#{guardianship}", "GUARDIANSHIP")
        item = self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")
        if item is None:
            return None
        found = self.find(CitizenId(item["guardian"]["S"]), CitizenId(item["child"]["S"]))
        return None if found is None else found[0]

    def of_child(self, child: CitizenId) -> Sequence[Guardianship]:
        """Read every guardianship of a child in one query."""
        return self._of(child, "GUARDIAN#")

    def of_guardian(self, guardian: CitizenId) -> Sequence[Guardianship]:
        """Read every guardianship of a guardian in one query."""
        return self._of(guardian, "WARD#")

    def save(self, guardianship: Guardianship, *, before: int | None) -> None:
        """Write both sides, both histories and the queue together (14 WCU).

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
        writes += self._move_in_queue(guardianship)
        try:
            write_together(self._client, writes, pause=self._pause)
        except ConditionFailed:
            raise Conflict("the guardianship was changed by somebody else") from None

    def note_look(self, guardianship: Guardianship, power: Power, at: datetime) -> None:
        """Write the mark and an event on either side together (6 WCU), or find the mark there."""
        mark = {
            **citizen_key(guardianship.child, f"LOOK#{guardianship.id}#{power}"),
            **CLOSED,
            "expires": seconds(at + _NOTED_FOR),
        }
        writes: list[dict[str, Any]] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": mark,
                    "ConditionExpression": "attribute_not_exists(pk) OR #expires <= :now",
                    "ExpressionAttributeNames": {"#expires": "expires"},
                    "ExpressionAttributeValues": {":now": seconds(at)},
                }
            }
        ]
        event = guardian_event(
            guardianship.guardian, guardianship.child, GuardianshipChange.LOOKED, at, power=power
        )
        writes += (
            {"Put": {"TableName": self._table, "Item": event_of(side, event)}}
            for side in (guardianship.child, guardianship.guardian)
        )
        try:
            write_together(self._client, writes, pause=self._pause)
        except ConditionFailed:
            return  # noted within the hour

    def _move_in_queue(self, guardianship: Guardianship) -> list[dict[str, Any]]:
        is_open = guardianship.state is GuardianshipState.REQUESTED
        owner = {
            **key(f"GUARDIANSHIP#{guardianship.id}", "GUARDIANSHIP"),
            **CLOSED,
            "guardian": text(guardianship.guardian),
            "child": text(guardianship.child),
        }
        line = {
            **_place(guardianship, QueueSide.OPEN if is_open else QueueSide.DONE),
            **CLOSED,
            "citizen": text(guardianship.child),
            "received": text(to_iso(guardianship.asked_at or guardianship.at)),
            "about": text(guardianship.state.value),
        }
        writes: list[dict[str, Any]] = [
            {"Put": {"TableName": self._table, "Item": item}} for item in (owner, line)
        ]
        if not is_open:
            waited = _place(guardianship, QueueSide.OPEN)
            writes.append({"Delete": {"TableName": self._table, "Key": waited}})
        return writes

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
        "askedAt": guardianship.asked_at and to_iso(guardianship.asked_at),
    }
    return {**item, **{name: {"S": str(value)} for name, value in optional.items() if value is not None}}


def _guardianship(item: dict[str, Any]) -> Guardianship:
    def told(name: str) -> str | None:
        return item[name]["S"] if name in item else None

    evidence, until, ended_by = told("evidence"), told("until"), told("endedBy")
    asked_at = told("askedAt")
    return Guardianship(
        id=item["id"]["S"],
        guardian=CitizenId(item["guardian"]["S"]),
        child=CitizenId(item["child"]["S"]),
        powers=frozenset(Power(power["S"]) for power in item["powers"]["L"]),
        state=GuardianshipState(item["state"]["S"]),
        at=datetime.fromisoformat(item["at"]["S"]),
        evidence=None if evidence is None else Evidence(evidence),
        until=None if until is None else datetime.fromisoformat(until),
        approver=told("approver"),
        is_protected=item["isProtected"]["BOOL"],
        ended_by=None if ended_by is None else EndedBy(ended_by),
        asked_at=None if asked_at is None else datetime.fromisoformat(asked_at),
    )


def _events(guardianship: Guardianship) -> list[dict[str, Any]]:
    """One for each side; of a protection only for the child's, because the guardian must not learn of it."""
    sides = [guardianship.child]
    if not guardianship.is_protected:
        sides.append(guardianship.guardian)
    event = guardian_event(
        guardianship.guardian,
        guardianship.child,
        GuardianshipChange(guardianship.state.value),
        guardianship.at,
    )
    event["isProtected"] = {"BOOL": guardianship.is_protected}
    event["endedBy"] = text(guardianship.ended_by or "")
    return [event_of(side, event) for side in sides]


def _place(guardianship: Guardianship, side: QueueSide) -> dict[str, Any]:
    place = f"{guardianship.due_on.isoformat()}#{guardianship.id}"
    return key(f"QUEUE#{CaseKind.GUARDIANSHIP}#{side}", place)
