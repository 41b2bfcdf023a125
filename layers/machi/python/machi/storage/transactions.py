"""How conditional writes reach the table, and what their refusals mean."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from machi.storage.entity_changes import Change

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 8
_FIRST_PAUSE = 0.01  # seconds
_CONDITION = "ConditionalCheckFailed"
_BUSY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class LostRace(Exception):
    """Conditions did not hold; `positions` are the changes concerned."""

    def __init__(self, positions: set[int]) -> None:
        super().__init__("a condition did not hold")
        self.positions = positions


def put_or_delete(client: DynamoDBClient, change: Change) -> None:
    """Write a change that moves no index entry.

    Raises:
        LostRace: its condition does not hold, or a transaction holds the item.
    """
    refused = (
        client.exceptions.ConditionalCheckFailedException,
        client.exceptions.TransactionConflictException,
    )
    try:
        if "Put" in change.write:
            client.put_item(**change.write["Put"])
        else:
            client.delete_item(**change.write["Delete"])
    except refused as error:
        if not _is_own_echo(change, error.response):
            raise LostRace({0}) from None


def transact(client: DynamoDBClient, changes: Sequence[Change], *, pause: Callable[[float], None]) -> None:
    """Write changes with their index entries, all or none.

    A transaction that collides with others is tried again for a while.

    Raises:
        LostRace: conditions do not hold, or the collisions did not end.
    """
    items: list[Any] = []
    owners: list[int] = []
    for position, change in enumerate(changes):
        items += [change.write, *change.moves]
        owners += [position] * (1 + len(change.moves))
    for attempt in range(_ATTEMPTS):
        try:
            client.transact_write_items(TransactItems=items)
        except client.exceptions.TransactionCanceledException as error:
            reasons = [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]
        else:
            return
        lost = {owner for owner, code in zip(owners, reasons, strict=False) if code == _CONDITION}
        if lost:
            raise LostRace(lost)
        if not _BUSY.intersection(reasons):
            raise RuntimeError("the table refused a transaction: " + ",".join(sorted(set(reasons))))
        pause(random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt)  # noqa: S311  # jitter
    raise LostRace(set(range(len(changes))))


def _is_own_echo(change: Change, answer: Any) -> bool:  # noqa: ANN401  # an answer as botocore gives it
    """True if the client's own retry met what its first attempt had written, its answer being lost.

    Without a retry it never is: two writers may make the same document of the same state, and one of them
    must learn that it came second.
    """
    found = answer.get("Item")
    if not found or "Put" not in change.write or not answer["ResponseMetadata"].get("RetryAttempts"):
        return False
    item = change.write["Put"]["Item"]
    return bool(found.get("v") == item["v"] and bytes(found["doc"]["B"]) == item["doc"]["B"])
