"""Escalations: a recipient has not confirmed in time that a withdrawal reached it, so staff see to it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from machi.consent.cases import CaseKind, CaseRefused, CaseRepository, due, new_number
from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, CitizenId

SETTLE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Settlement:
    """What staff did about it."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """One withdrawal that a recipient has not acknowledged."""

    number: str
    citizen: CitizenId
    application: ApplicationId
    withdrawal: str
    """Id of the notice that was not acknowledged."""
    received_at: datetime
    due_on: date
    settlement: Settlement | None = None

    @property
    def is_open(self) -> bool:
        """True until staff have settled it."""
        return self.settlement is None

    @property
    def about(self) -> str:
        """Shown in the queue."""
        return self.application


class Escalations:
    """What the platform and staff do with them."""

    def __init__(self, kept: CaseRepository[Escalation], *, clock: Clock) -> None:
        self._kept, self._clock = kept, clock

    def begin(self, citizen: CitizenId, application: ApplicationId, withdrawal: str) -> Escalation:
        """Put a withdrawal that nobody acknowledged before the staff. Repeatable for each withdrawal.

        Raises:
            Conflict: no number was free; try again.
        """
        for each in self._kept.all_of(citizen):
            if each.withdrawal == withdrawal:
                return each
        now = self._clock()
        number = new_number(CaseKind.ESCALATION, now)
        begun = Escalation(number, citizen, application, withdrawal, now, due(now, SETTLE_DAYS))
        self._kept.save(begun, None)
        return begun

    def numbered(self, number: str) -> Escalation:
        """One of them.

        Raises:
            NotFound: there is none.
        """
        found = self._kept.numbered(number)
        if found is None:
            raise NotFound("there is no such escalation")
        return found.case

    def settle(self, number: str, text: str, by: str) -> Escalation:
        """Staff have done something about it; or the recipient acknowledged late (`by` is the application).

        Raises:
            NotFound: there is none.
            CaseRefused: it is settled.
            Conflict: somebody else settles it at the same time.
        """
        found = self._kept.numbered(number)
        if found is None:
            raise NotFound("there is no such escalation")
        if not found.case.is_open:
            raise CaseRefused("it is settled")
        settled = replace(found.case, settlement=Settlement(text, by, self._clock()))
        self._kept.save(settled, found)
        return settled
