"""Reports: a citizen does not understand an entry of the history, or says it is not hers or his.

Each gets a number and goes to the staff, who answer in words that the citizen reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from machi.consent.cases import CaseKind, CaseRefused, CaseRepository, due, new_number
from machi.consent.timeline import TimelineEntry
from machi.core.clock import Clock
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId

ANSWER_DAYS = 14
"""No law says when; somebody who sees a stranger in the history should not wait for weeks."""
MAX_OPEN = 20
"""Of one citizen at a time."""

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What staff found out."""

    text: str
    by: str
    """Member of staff."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One report about one entry."""

    number: str
    citizen: CitizenId
    entry: str
    """Id of the entry in the citizen's history."""
    text: str
    received_at: datetime
    due_on: date
    answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        """True until it is answered."""
        return self.answer is None

    @property
    def about(self) -> str:
        """Shown in the queue."""
        return self.entry


class FindsEntries(Protocol):
    """A citizen's history, as far as reports need it."""

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        """One entry of the citizen's history."""


class Reports:
    """What citizens and staff do with reports."""

    def __init__(self, kept: CaseRepository[Report], timeline: FindsEntries, *, clock: Clock) -> None:
        self._kept, self._timeline, self._clock = kept, timeline, clock

    def file(self, citizen: CitizenId, entry: str, text: str) -> Report:
        """A citizen reports an entry. Repeatable: the open report about an entry is given again.

        Raises:
            NotFound: the citizen's history has no such entry.
            CaseRefused: too many are open.
        """
        open_ones = [each for each in self._kept.all_of(citizen) if each.is_open]
        for each in open_ones:
            if each.entry == entry:
                return each
        if self._timeline.entry(citizen, entry) is None:
            raise NotFound("there is no such entry")
        if len(open_ones) >= MAX_OPEN:
            raise CaseRefused("there are as many open reports as there may be")
        for _ in range(_ATTEMPTS):
            now = self._clock()
            number = new_number(CaseKind.REPORT, now)
            report = Report(number, citizen, entry, text, now, due(now, ANSWER_DAYS))
            try:
                self._kept.save(report, None)
            except Conflict:
                continue
            return report
        raise Conflict("no number was free")

    def all_of(self, citizen: CitizenId) -> Sequence[Report]:
        """A citizen's own, newest first."""
        return sorted(self._kept.all_of(citizen), key=lambda each: each.received_at, reverse=True)

    def numbered(self, number: str) -> Report:
        """One report, for staff.

        Raises:
            NotFound: there is none.
        """
        found = self._kept.numbered(number)
        if found is None:
            raise NotFound("there is no such report")
        return found.case

    def answer(self, number: str, text: str, by: str) -> Report:
        """Staff answer, once.

        Raises:
            NotFound: there is no such report.
            CaseRefused: it is answered.
            Conflict: somebody else answers it at the same time.
        """
        found = self._kept.numbered(number)
        if found is None:
            raise NotFound("there is no such report")
        if not found.case.is_open:
            raise CaseRefused("the report is answered")
        answered = replace(found.case, answer=Answer(text, by, self._clock()))
        self._kept.save(answered, found)
        return answered
