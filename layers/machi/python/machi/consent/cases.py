"""What waits for the city's staff, under a number that citizen and staff both know, until a day."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from machi.core.errors import MachiError
from machi.core.ids import CitizenId

JAPAN = timezone(timedelta(hours=9))
PAGE = 50
"""Entries of a queue a page, one query."""
MAX_TEXT = 2_000
"""Characters of what a citizen or a member of staff writes."""

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: nothing that the ear or the eye confuses
_RANDOM = 6


class CaseRefused(MachiError):
    """The step is not possible in this state, or there are too many cases already."""


class CaseKind(StrEnum):
    """What sort of thing waits."""

    REPORT = "report"
    """A citizen does not recognise an entry of the history."""
    LAW_REQUEST = "law-request"
    """開示, 訂正, 利用停止."""
    GUARDIANSHIP = "guardianship"
    """Evidence has to be looked at."""
    ESCALATION = "escalation"
    """A recipient has not acknowledged a withdrawal."""


_LETTERS = {CaseKind.REPORT: "R", CaseKind.LAW_REQUEST: "L", CaseKind.ESCALATION: "E"}


class QueueSide(StrEnum):
    """Which part of a queue."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a queue. Says whom it is about and until when, nothing of what was written."""

    kind: CaseKind
    number: str
    citizen: CitizenId
    received_at: datetime
    due_on: date
    """The last day, in Japan, on which it may be decided."""
    about: str = ""
    """The kind of request, the application or the entry concerned."""


class Case(Protocol):
    """What all cases have."""

    @property
    def number(self) -> str:
        """Unique over all kinds."""

    @property
    def citizen(self) -> CitizenId:
        """Whom it is about."""

    @property
    def received_at(self) -> datetime:
        """When it came in."""

    @property
    def due_on(self) -> date:
        """The last day on which it may be decided."""

    @property
    def is_open(self) -> bool:
        """True while somebody has to do something."""

    @property
    def about(self) -> str:
        """See `Waiting`."""


CaseT = TypeVar("CaseT", bound=Case)


@dataclass(frozen=True, slots=True)
class Kept(Generic[CaseT]):
    """A case as it is kept, with the version that a change must find."""

    case: CaseT
    version: int


class CaseRepository(Protocol[CaseT]):
    """Cases of one kind; each stands with its citizen and in the queue, or in neither."""

    def find(self, citizen: CitizenId, number: str) -> Kept[CaseT] | None:
        """One case of a citizen, strongly consistent."""

    def numbered(self, number: str) -> Kept[CaseT] | None:
        """The case with a number, whoever it is about."""

    def all_of(self, citizen: CitizenId) -> Sequence[CaseT]:
        """Every case of a citizen."""

    def save(self, case: CaseT, before: Kept[CaseT] | None) -> None:
        """Keep it, and its place in the queue, or nothing.

        Raises:
            Conflict: it is not as it was in `before`, or the number is taken.
        """


class Queue(Protocol):
    """What waits, and what is done."""

    def page(self, kind: CaseKind, side: QueueSide, *, after: str | None, limit: int) -> Sequence[Waiting]:
        """Lines in the order of their days, those after the cursor."""


def new_number(kind: CaseKind, at: datetime) -> str:
    """A number that can be said on the telephone: kind, day in Japan, and six random characters."""
    day = at.astimezone(JAPAN).strftime("%y%m%d")
    return f"{_LETTERS[kind]}-{day}-{''.join(secrets.choice(_DIGITS) for _ in range(_RANDOM))}"


def due(received_at: datetime, days: int) -> date:
    """The last day of a period in days; the first day is not counted (Civil Code, article 140)."""
    return received_at.astimezone(JAPAN).date() + timedelta(days=days)


def cursor_of(line: Waiting) -> str:
    """Where the page after this line begins."""
    return f"{line.due_on.isoformat()}#{line.number}"
