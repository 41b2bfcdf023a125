"""How a batch of stream records becomes history: each once, and one that cannot be read holds up nobody.

Points have ids that follow from entity and version, so a record delivered twice writes the same again.
A record that nothing can make of is reported and passed over; whatever may work later, a table that
does not answer, is handed back to the stream from that record on, in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from functions.history_recorder.stream import EntityChange, entity_change_in
from machi.ngsild.temporal import HistoryRepository, changes

_UNREADABLE = (LookupError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes history."""

    history: HistoryRepository
    log: Logger

    def take(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Record a batch in its order; gives the sequence number to go on from, if it broke off."""
        points = unreadable = 0
        for record in records:
            try:
                change = entity_change_in(record)
            except _UNREADABLE:
                unreadable += 1
                self.log.exception("a record of the stream cannot be read and was passed over")
                continue
            if change is None:
                continue
            try:
                points += self._record(change)
            except Exception:
                self.log.exception("history could not be written and will be tried again")
                return [str(record["dynamodb"]["SequenceNumber"])]
        self.log.info("recorded", extra={"records": len(records), "points": points, "unreadable": unreadable})
        return []

    def _record(self, change: EntityChange) -> int:
        found = changes(change.before, change.after, version=change.version, at=change.at)
        self.history.record(change.tenant, found.head, found.points)
        return len(found.points)
