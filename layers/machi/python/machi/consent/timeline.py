"""What happened with a citizen's data, in the order of time: consents, disclosures, looks, guardians."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from machi.consent.disclosure import Way
from machi.consent.guardianship import EndedBy, GuardianshipChange, Power
from machi.consent.record import EventKind
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, CitizenId, DataItem

PAGE = 50
"""Entries a page, one query."""

_CURSOR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z#[a-z]{3}_[0-9a-z]{26}")


class CursorUnknown(MachiError):
    """The cursor was not given out by this timeline."""


class EntryKind(StrEnum):
    """What sort of entry it is."""

    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    """Also a look by a member of staff."""
    GUARDIANSHIP = "guardianship"


class Side(StrEnum):
    """On which side of a guardianship the owner of the timeline stands."""

    GUARDIAN = "guardian"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class GuardianshipNote:
    """Something about a guardianship. Names nobody: either side knows the other, or should not."""

    side: Side
    change: GuardianshipChange
    power: Power | None = None
    """Which one was used, of a look or an act."""
    ended_by: EndedBy | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. Names of items, never values."""

    id: str
    at: datetime
    kind: EntryKind
    party: str
    """The application; for a look by staff, who looked; empty for a guardianship."""
    items: tuple[DataItem, ...] = ()
    event: EventKind | None = None
    """Of a consent."""
    way: Way | None = None
    """Of a disclosure."""
    purpose: str | None = None
    """Of a disclosure, its code; of a look by staff, the reason in their words."""
    revision: int | None = None
    """Of the agreement that a consent is about."""
    is_by_guardian: bool = False
    """Of a consent: a guardian decided."""
    guardianship: GuardianshipNote | None = None

    @property
    def is_staff_view(self) -> bool:
        """True for a look by a member of staff."""
        return self.way is Way.STAFF_VIEW

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
    """Cursor of the page after this one, None on the last. A sifted page may be short, even empty."""


class Sort(StrEnum):
    """What a citizen can look for."""

    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    STAFF_VIEW = "staff-view"
    GUARDIANSHIP = "guardianship"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which entries are wanted; all of them where nothing is said."""

    sort: Sort | None = None
    application: ApplicationId | None = None
    """Consents and disclosures of one application."""


EVERYTHING = Sieve()


class TimelineRepository(Protocol):
    """Where the timeline is read."""

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        """Entries newest first, those older than the one the cursor names."""

    def sifted(self, subject: CitizenId, only: Sieve, *, before: str | None, limit: int) -> TimelinePage:
        """As `latest`, of those that are wanted."""

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        """One entry of the citizen's timeline."""


def page_of(
    timeline: TimelineRepository, subject: CitizenId, cursor: str | None, only: Sieve = EVERYTHING
) -> TimelinePage:
    """A page of a citizen's own timeline.

    Raises:
        CursorUnknown: see there.
    """
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise CursorUnknown("the cursor is not one of this history")
    if only != EVERYTHING:
        return timeline.sifted(subject, only, before=cursor, limit=PAGE)
    # One more than is shown tells whether there is another page.
    found = timeline.latest(subject, before=cursor, limit=PAGE + 1)
    shown = tuple(found[:PAGE])
    return TimelinePage(shown, next=shown[-1].cursor if len(found) > PAGE else None)


def whole(
    timeline: TimelineRepository, subject: CitizenId, only: Sieve, *, most: int
) -> tuple[Sequence[TimelineEntry], bool]:
    """The timeline, newest first, read in long stretches; False beside it if it is longer than that."""
    entries: list[TimelineEntry] = []
    cursor: str | None = None
    while True:
        page = timeline.sifted(subject, only, before=cursor, limit=most - len(entries))
        entries += page.entries
        cursor = page.next
        if cursor is None or len(entries) >= most:
            return entries, cursor is None
