"""One sweep: citizens are reminded, ends are noted, and recipients that said nothing are seen to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools import Logger

from machi.connect.withdrawals import Reminding
from machi.consent.expiry import Expiry
from machi.consent.withdrawal_notice import WithdrawalId, WithdrawalRepository
from machi.core.clock import Clock
from machi.core.ids import CitizenId
from machi.storage.consent_due_table import ConsentDueTable, Due, DueConsent

Thing = TypeVar("Thing")

_AT_ONCE = 500  # of each sort in one sweep


class SweepIncomplete(Exception):
    """Some of what was due could not be done; the schedule's alarm sees it."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Everything about consents that has a time at which it is looked at."""

    due: ConsentDueTable
    expiry: Expiry
    withdrawals: WithdrawalRepository
    reminding: Reminding
    clock: Clock
    logger: Logger

    def run(self) -> dict[str, int]:
        """Look at all of it once. One that fails costs itself only and comes again with the next sweep.

        Raises:
            SweepIncomplete: something failed.
        """
        now, counts = self.clock(), {"failed": 0}
        self._each(self.due.due(Due.REMINDER, now, _AT_ONCE), self._remind, counts)
        self._each(self.due.due(Due.EXPIRY, now, _AT_ONCE), self._end, counts)
        self._each(self.withdrawals.to_look_at(now, _AT_ONCE), self._look, counts)
        self.logger.info("sweep", extra=counts)
        if counts["failed"]:
            raise SweepIncomplete(f"{counts['failed']} could not be done")
        return counts

    def _each(self, things: Iterable[Thing], act: Callable[[Thing], str], counts: dict[str, int]) -> None:
        for thing in things:
            try:
                outcome = act(thing)
            except Exception as error:  # noqa: BLE001  # what fails must not keep the others waiting
                outcome = "failed"
                # Without the exception itself, whose message may quote what it was about.
                fields = {"step": act.__name__.strip("_"), "error": type(error).__qualname__}
                self.logger.error("not done", extra=fields)  # noqa: TRY400
            counts[outcome] = counts.get(outcome, 0) + 1

    def _remind(self, due: DueConsent) -> str:
        is_told = self.expiry.remind(due.consent, due.subject, due.application)
        self.due.done(Due.REMINDER, due)
        return "reminded" if is_told else "over"

    def _end(self, due: DueConsent) -> str:
        is_ended = self.expiry.end(due.consent, due.subject, due.application)
        self.due.done(Due.EXPIRY, due)
        return "ended" if is_ended else "over"

    def _look(self, place: tuple[CitizenId, WithdrawalId]) -> str:
        return self.reminding.look(*place)
