"""Cases for the staff in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| case | `CITIZEN#{citizen}` | `REQUEST#{number}`, of an escalation `ESCALATION#{number}` |
| whose number it is | `CASE#{number}` | `CASE` |
| line of a queue | `QUEUE#{kind}#{open or done}` | `{day due}#{number}` |

All change in one transaction: what a citizen was given a number for is in the queue.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from machi.consent.cases import CaseKind, CaseT, Kept, QueueSide
from machi.core.clock import to_iso
from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.storage.people_keys import CLOSED, ConditionFailed, citizen_key, key, text, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class CaseForm(Generic[CaseT]):
    """How cases of one kind are written down."""

    kind: CaseKind
    prefix: str
    """Of the sort key."""
    write: Callable[[CaseT], dict[str, Any]]
    """As JSON."""
    read: Callable[[dict[str, Any]], CaseT]


class CaseTable(Generic[CaseT]):
    """Implements `machi.consent.cases.CaseRepository` on DynamoDB."""

    def __init__(
        self,
        client: DynamoDBClient,
        table_name: str,
        form: CaseForm[CaseT],
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._table, self._form, self._pause = client, table_name, form, pause

    def find(self, citizen: CitizenId, number: str) -> Kept[CaseT] | None:
        """Read one case, strongly consistent (1 RCU)."""
        place = citizen_key(citizen, f"{self._form.prefix}#{number}")
        item = self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")
        if item is None or item["kind"]["S"] != self._form.kind:
            return None
        return Kept(self._read(item), int(item["version"]["N"]))

    def numbered(self, number: str) -> Kept[CaseT] | None:
        """Read whose number it is, then the case (2 RCU)."""
        place = key(f"CASE#{number}", "CASE")
        item = self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")
        return None if item is None else self.find(CitizenId(item["citizen"]["S"]), number)

    def all_of(self, citizen: CitizenId) -> Sequence[CaseT]:
        """Read every case of a citizen in one query (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": f"CITIZEN#{citizen}"},
                ":sk": {"S": f"{self._form.prefix}#"},
            },
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
        return [self._read(item) for item in items if item["kind"]["S"] == self._form.kind]

    def save(self, case: CaseT, before: Kept[CaseT] | None) -> None:
        """Write case, number and line together (6 to 8 WCU).

        Raises:
            Conflict: it is not in the version of `before`, or the number is taken.
        """
        writes = [self._put_case(case, before), {"Put": {"TableName": self._table, "Item": self._line(case)}}]
        if before is None:
            owner = {**key(f"CASE#{case.number}", "CASE"), **CLOSED, "citizen": text(case.citizen)}
            writes.append(
                {
                    "Put": {
                        "TableName": self._table,
                        "Item": owner,
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                }
            )
        elif self._place(before.case) != self._place(case):
            writes.append({"Delete": {"TableName": self._table, "Key": self._place(before.case)}})
        try:
            write_together(self._client, writes, pause=self._pause)
        except ConditionFailed:
            raise Conflict("the case was changed by somebody else") from None

    def _put_case(self, case: CaseT, before: Kept[CaseT] | None) -> dict[str, Any]:
        version = 1 if before is None else before.version + 1
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {
                **citizen_key(case.citizen, f"{self._form.prefix}#{case.number}"),
                **CLOSED,
                "kind": text(self._form.kind.value),
                "version": {"N": str(version)},
                "document": text(json.dumps(self._form.write(case), ensure_ascii=False)),
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if before is not None:
            put["ConditionExpression"] = "version = :before"
            put["ExpressionAttributeValues"] = {":before": {"N": str(before.version)}}
        return {"Put": put}

    def _place(self, case: CaseT) -> dict[str, Any]:
        side = QueueSide.OPEN if case.is_open else QueueSide.DONE
        return key(f"QUEUE#{self._form.kind}#{side}", f"{case.due_on.isoformat()}#{case.number}")

    def _line(self, case: CaseT) -> dict[str, Any]:
        return {
            **self._place(case),
            **CLOSED,
            "citizen": text(case.citizen),
            "received": text(to_iso(case.received_at)),
            "about": text(case.about),
        }

    def _read(self, item: dict[str, Any]) -> CaseT:
        return self._form.read(json.loads(item["document"]["S"]))
