"""What happened with a citizen's data, in the order of time: consents and disclosures on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from machi.consent.disclosure import Way
from machi.consent.record import EventKind
from machi.core.errors import MachiError
from machi.core.ids import CitizenId, DataItem

PAGE = 50
"""Entries a page, one query."""

_CURSOR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z#[a-z]{3}_[0-9a-z]{26}")


class CursorUnknown(MachiError):
    """The cursor was not given out by this timeline."""


class EntryKind(StrEnum):
    """What sort of entry it is."""

    CONSENT = "consent"
    DISCLOSURE = "disclosure"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. Names of items, never values."""

    id: str
    at: datetime
    kind: EntryKind
    party: str
    """The application; for a look by staff, who looked."""
    items: tuple[DataItem, ...]
    event: EventKind | None = None
    """Of a consent."""
    way: Way | None = None
    """Of a disclosure."""
    purpose: str | None = None
    """Of a disclosure, its code."""

    @property
    def cursor(self) -> str:
        """Where the next page goes on after this entry."""
        text = self.at.isoformat(timespec="milliseconds").removesuffix("+00:00")
        return f"{text}Z#{self.id}"


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A stretch of the timeline, newest first."""

    entries: tuple[TimelineEntry, ...]
    next: str | None
    """Cursor of the page after this one, None on the last."""


class TimelineRepository(Protocol):
    """Where the timeline is read."""

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        """Entries newest first, those older than the one the cursor names."""


def page_of(timeline: TimelineRepository, subject: CitizenId, cursor: str | None) -> TimelinePage:
    """A page of a citizen's own timeline.

    Raises:
        CursorUnknown: see there.
    """
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise CursorUnknown("the cursor is not one of this history")
    # One more than is shown tells whether there is another page.
    found = timeline.latest(subject, before=cursor, limit=PAGE + 1)
    shown = tuple(found[:PAGE])
    return TimelinePage(shown, next=shown[-1].cursor if len(found) > PAGE else None)
