"""What the schedule does: finish or remove whatever was left half done, and accounts whose time is up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools import Logger

from machi.identity.accounts import Accounts
from machi.identity.closure import Closure
from machi.identity.registration_sweep import RegistrationSweep
from machi.identity.sign_outs import SignOuts

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Sweep:
    """Everything that has a time at which it is looked at."""

    registrations: RegistrationSweep
    accounts: Accounts
    sign_outs: SignOuts
    closure: Closure
    logger: Logger

    def run(self) -> dict[str, int]:
        """Look at all of it once. One that fails costs itself only and comes again with the next sweep.

        Raises:
            SweepIncomplete: something failed; the schedule's alarm sees it.
        """
        counts = {"registrations": 0, "login_ids": 0, "sign_outs": 0, "closures": 0, "failed": 0}
        self._each(self.registrations.due(), self.registrations.settle, "registrations", counts)
        self._each(self.accounts.changes_due(), self.accounts.settle, "login_ids", counts)
        self._each(self.sign_outs.owed(), self.sign_outs.pay, "sign_outs", counts)
        self._each(self.closure.due(), self.closure.carry_out, "closures", counts)
        self.logger.info("sweep", extra=counts)
        if counts["failed"]:
            raise SweepIncomplete(f"{counts['failed']} could not be settled")
        return counts

    def _each(
        self,
        things: Iterable[Thing],
        settle: Callable[[Thing], object],
        kind: str,
        counts: dict[str, int],
    ) -> None:
        for thing in things:
            try:
                settle(thing)
            except Exception as error:  # noqa: BLE001  # what fails must not keep the others waiting
                counts["failed"] += 1
                # Without the exception itself, whose message may quote what it was about.
                fields = {"kind": kind, "error": type(error).__qualname__}
                self.logger.error("not settled", extra=fields)  # noqa: TRY400
            else:
                counts[kind] += 1


class SweepIncomplete(Exception):
    """Some of what was due could not be settled."""
