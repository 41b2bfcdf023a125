"""Which uploads an event tells of, and what their keys say about them.

EventBridge's `Object Created` is what the stacks wire; S3's own notifications are understood as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote_plus

from machi.datasets.cells import read_date
from machi.datasets.problems import CellInvalid

REPORTS = "reports/"
"""Where the importer writes in the same bucket; nothing below is an upload."""

_DATED_PARTS = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """One new object in the import bucket: `{data set}/{day}/{name}`, the day may be missing."""

    key: str
    sequencer: str
    """Grows with each write of the same key; hexadecimal, empty if the event has none."""

    @property
    def data_set(self) -> str:
        """The first folder, which names the data set; the whole key where there is no folder."""
        return self.key.split("/", 1)[0]

    @property
    def as_of(self) -> date | None:
        """The day whose state the file shows, if the second folder is one."""
        parts = self.key.split("/")
        if len(parts) < _DATED_PARTS:
            return None
        try:
            return read_date(parts[1])
        except CellInvalid:
            return None

    def is_after(self, sequencer: str) -> bool:
        """True unless that write of the same key is this one or a later one.

        Sequencers of different lengths are compared as if filled up with zeros on the right.
        """
        length = max(len(self.sequencer), len(sequencer))
        ours, theirs = (text.upper().ljust(length, "0") for text in (self.sequencer, sequencer))
        return not self.sequencer or not sequencer or ours > theirs


def uploads_in(event: Mapping[str, Any], bucket: str) -> list[Upload]:
    """The uploads into that bucket; reports and folder marks are none.

    Raises:
        KeyError, TypeError: the event is of a kind that nobody wired; it belongs into the dead letters.
    """
    return [
        upload
        for name, upload in _objects_in(event)
        if name == bucket and not upload.key.startswith(REPORTS) and not upload.key.endswith("/")
    ]


def _objects_in(event: Mapping[str, Any]) -> Iterator[tuple[str, Upload]]:
    if event.get("detail-type") == "Object Created":
        detail = event["detail"]
        found = detail["object"]
        yield detail["bucket"]["name"], Upload(found["key"], found.get("sequencer", ""))
    elif event.get("Event") != "s3:TestEvent":
        yield from _records(event["Records"])


def _records(records: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Upload]]:
    for record in records:
        if record["eventName"].startswith("ObjectCreated:"):
            found = record["s3"]["object"]
            yield (
                record["s3"]["bucket"]["name"],
                Upload(unquote_plus(found["key"]), found.get("sequencer", "")),
            )
