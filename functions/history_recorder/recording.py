"""How a batch of stream records becomes history: each once, and a bad one holds up nobody.

Points have ids that follow from entity and version, so a record delivered twice writes the same again.
Whatever may work later, such as a table that does not answer, is raised: the stream delivers the batch
again. Everything else would fail each time, so it is put aside with its record, and the next is taken.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from functions.history_recorder.stream import EntityChange, entity_changes_in
from machi.core.errors import Conflict
from machi.ngsild.temporal import HistoryRepository, changes

_PASSING = (Conflict, TimeoutError, BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes history."""

    history: HistoryRepository
    put_aside: Callable[[Mapping[str, Any]], None]
    log: Logger

    def take(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Record a batch in its order.

        Raises:
            Conflict, TimeoutError, BotoCoreError, ClientError: the batch must be delivered again.
        """
        points = aside = 0
        for record in records:
            try:
                points += sum(map(self._record, entity_changes_in(record)))
            except _PASSING:
                raise
            except Exception:
                self.log.exception("a change could not be recorded and was put aside")
                self.put_aside(record)
                aside += 1
        self.log.info("recorded", extra={"records": len(records), "points": points, "aside": aside})

    def _record(self, change: EntityChange) -> int:
        found = changes(change.before, change.after, version=change.version, at=change.at)
        if found.points or _types(change.before) != _types(change.after):
            self.history.record(change.tenant, found.head, found.points)
        return len(found.points)


def _types(entity: Any) -> list[str] | None:  # noqa: ANN401  # an entity or None
    return None if entity is None else entity["type"]
