"""How keys, moments and conditional writes look in the `people` table."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import CitizenId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLOSED = {"dataClass": {"S": DataClass.CLOSED.value}}
"""Stands in every item of this table (design rule 6)."""

_ATTEMPTS = 6
_FIRST_PAUSE = 0.02  # seconds
_CONDITION = "ConditionalCheckFailed"
_BUSY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class ConditionFailed(Conflict):
    """What was to be changed is not as it was expected to be; `positions` are the writes concerned."""

    def __init__(self, positions: frozenset[int]) -> None:
        super().__init__("the record was changed by somebody else")
        self.positions = positions


def key(partition: str, sort: str) -> dict[str, Any]:
    """A primary key."""
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def citizen_key(citizen: CitizenId, sort: str) -> dict[str, Any]:
    """The key of something that is held about a citizen."""
    return key(f"CITIZEN#{citizen}", sort)


def text(value: str) -> dict[str, Any]:
    """A text."""
    return {"S": value}


def seconds(moment: datetime) -> dict[str, Any]:
    """A moment as the table's time to live has it."""
    return {"N": str(int(moment.timestamp()))}


def iso(moment: datetime) -> dict[str, Any]:
    """A moment as text that sorts."""
    return {"S": to_iso(moment)}


def moment(item: dict[str, Any], name: str) -> datetime:
    """A moment kept as text."""
    return datetime.fromisoformat(item[name]["S"])


def optional_moment(item: dict[str, Any], name: str) -> datetime | None:
    """A moment kept as text, if there is one."""
    return moment(item, name) if name in item else None


def write_together(
    client: DynamoDBClient,
    writes: Sequence[dict[str, Any]],
    *,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """All of the writes or none (2 WCU each, up to 1 KB). One that collides with others is tried again.

    Raises:
        ConditionFailed: conditions did not hold; says which writes'.
    """
    for attempt in range(_ATTEMPTS):
        try:
            client.transact_write_items(TransactItems=list(writes))  # type: ignore[arg-type]
        except client.exceptions.TransactionCanceledException as error:
            reasons = [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]
            failed = frozenset(place for place, code in enumerate(reasons) if code == _CONDITION)
            if failed:
                raise ConditionFailed(failed) from None
            if not _BUSY.intersection(reasons) or attempt == _ATTEMPTS - 1:
                raise
        else:
            return
        pause(random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt)  # noqa: S311  # jitter
