"""Queues of the staff in the `people` table: `QUEUE#{kind}#{open or done}` / `{day due}#{number}`.

Written by `machi.storage.case_table` and `machi.storage.guardianship_table` together with the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from machi.consent.cases import CaseKind, QueueSide, Waiting
from machi.core.ids import CitizenId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FIRST, _LAST = "0", "\x7f"


class QueueTable:
    """Implements `machi.consent.cases.Queue` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client, self._table = client, table_name

    def page(self, kind: CaseKind, side: QueueSide, *, after: str | None, limit: int) -> Sequence[Waiting]:
        """One query, strongly consistent (1 RCU for each 4 KB).

        Open lines begin with what is due first, done ones with what was due last.
        """
        is_open = side is QueueSide.OPEN
        bounds = (after or _FIRST, _LAST) if is_open else (_FIRST, after or _LAST)
        # Between counts its ends, so one more is asked for than is wanted.
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"QUEUE#{kind}#{side}"},
                ":first": {"S": bounds[0]},
                ":last": {"S": bounds[1]},
            },
            ScanIndexForward=is_open,
            ConsistentRead=True,
            Limit=limit + 1,
        )
        lines = []
        for item in answer["Items"]:
            place = item["sk"]["S"]
            if place == after:
                continue
            due_on, _, number = place.partition("#")
            lines.append(
                Waiting(
                    kind,
                    number,
                    CitizenId(item["citizen"]["S"]),
                    datetime.fromisoformat(item["received"]["S"]),
                    date.fromisoformat(due_on),
                    item["about"]["S"],
                )
            )
        return lines[:limit]
