"""What a recipient is told when it may no longer have something, and how far that has got.

A recipient that received data under a consent keeps it until somebody asks it to delete it. So whatever a
citizen takes back is owed to the recipient as a notice, which is kept together with the change itself, sent
until it was received, and closed by the recipient's word that the data is gone. Time running out is no
taking back: nothing more is given then, and nobody is asked to delete.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from machi.consent.record import Consent, ConsentState
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem, new_id

WithdrawalId = NewType("WithdrawalId", str)
"""One notice, `wdr_…`."""

FIRST_LOOK = timedelta(hours=1)
"""The queue has its own retries within minutes; after them the sweep hands a notice in again."""
LONGEST_WAIT = timedelta(hours=24)
_TOLERANCE = timedelta(minutes=5)
"""By which a recipient's clock may be ahead."""


class AcknowledgementRefused(MachiError):
    """The time of deletion lies before the request or in the future."""


class WithdrawalState(StrEnum):
    """How far a notice has got."""

    PENDING = "pending"
    """Not received yet."""
    RECEIVED = "received"
    """The recipient has it, and has not said that the data is gone."""
    DELETED = "deleted"
    """The recipient says that the data is gone."""
    ESCALATED = "escalated"
    """Nothing was said in time; the city's staff see to it."""


class Extent(StrEnum):
    """How much was taken back."""

    ENDED = "ended"
    """Nothing more is given."""
    REDUCED = "reduced"
    """These items no longer, others still."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One notice to one recipient about one citizen."""

    id: WithdrawalId
    subject: CitizenId
    application: ApplicationId
    consent: ConsentId
    """Under which the recipient was given the items."""
    items: frozenset[DataItem]
    """To be deleted."""
    extent: Extent
    asked_at: datetime
    state: WithdrawalState
    at: datetime
    """When the present state began."""
    look_at: datetime | None
    """When the sweep looks at it; None once nothing is left to do."""
    round: int = 0
    """How often the sweep has handed it in again."""
    deleted_at: datetime | None = None
    """As the recipient says."""

    def due(self, days: int) -> datetime:
        """Until when the recipient has to answer."""
        return self.asked_at + timedelta(days=days)

    def received(self, at: datetime, days: int) -> "Withdrawal":
        """The recipient has it. Changes nothing after the first time."""
        if self.state is not WithdrawalState.PENDING:
            return self
        return replace(self, state=WithdrawalState.RECEIVED, at=at, look_at=self.due(days))

    def acknowledged(self, deleted_at: datetime, at: datetime) -> "Withdrawal":
        """The recipient says that the data is gone. Changes nothing after the first time.

        Raises:
            AcknowledgementRefused: it cannot have been deleted then.
        """
        if self.state is WithdrawalState.DELETED:
            return self
        if not self.asked_at - _TOLERANCE <= deleted_at <= at + _TOLERANCE:
            raise AcknowledgementRefused("the deletion lies between the request and now")
        # Somebody of the staff is at it: the sweep tells them.
        look_at = at if self.state is WithdrawalState.ESCALATED else None
        return replace(
            self, state=WithdrawalState.DELETED, at=at, look_at=look_at, deleted_at=min(deleted_at, at)
        )

    def handed_in_again(self, at: datetime, days: int) -> "Withdrawal":
        """It goes out once more; the next look comes later each time, and at the end in any case."""
        wait = min(FIRST_LOOK * 2 ** min(self.round + 1, 10), LONGEST_WAIT)
        return replace(self, round=self.round + 1, look_at=min(at + wait, max(self.due(days), at)))

    def escalated(self, at: datetime) -> "Withdrawal":
        """Nothing was said in time."""
        return replace(self, state=WithdrawalState.ESCALATED, at=at, look_at=None)

    def looked_at(self) -> "Withdrawal":
        """Nothing is left to do."""
        return replace(self, look_at=None)


class WithdrawalRepository(Protocol):
    """Where notices are kept. They come into being with the change of the consent, and nowhere else."""

    def find(self, subject: CitizenId, withdrawal: WithdrawalId) -> Withdrawal | None:
        """One notice about a citizen, strongly consistent."""

    def numbered(self, withdrawal: WithdrawalId) -> Withdrawal | None:
        """The notice with an id, whoever it is about."""

    def all_of(self, subject: CitizenId) -> Sequence[Withdrawal]:
        """Every notice about a citizen, oldest first."""

    def move(self, before: Withdrawal, after: Withdrawal) -> None:
        """Keep what a notice has become.

        Raises:
            Conflict: it is no longer as it was before.
        """

    def to_look_at(self, now: datetime, limit: int) -> Sequence[tuple[CitizenId, WithdrawalId]]:
        """Notices whose time to be looked at has come, the oldest first."""


def owed(before: Consent | None, after: Consent, at: datetime) -> tuple[Withdrawal, ...]:
    """What the recipient has to be told because a consent became another.

    Args:
        before: the present record so far.
        after: the one that takes its place.
        at: when.
    """
    held = None if before is None else before.held
    if held is None:
        return ()
    gone = held.items - _still_allowed(after)
    if not gone:
        return ()
    withdrawal = Withdrawal(
        id=WithdrawalId(new_id("wdr", at)),
        subject=after.subject,
        application=after.application,
        consent=held.consent,
        items=gone,
        extent=Extent.REDUCED if after.state is ConsentState.GIVEN else Extent.ENDED,
        asked_at=at,
        state=WithdrawalState.PENDING,
        at=at,
        look_at=at + FIRST_LOOK,
    )
    return (withdrawal,)


def latest_by_application(notices: Sequence[Withdrawal]) -> dict[ApplicationId, Withdrawal]:
    """The newest notice to each recipient."""
    return {each.application: each for each in sorted(notices, key=lambda each: (each.asked_at, each.id))}


def _still_allowed(consent: Consent) -> frozenset[DataItem]:
    """What the recipient need not delete: what is agreed to, not decided yet, or merely out of time."""
    held = consent.held
    return held.items if held is not None else frozenset()
