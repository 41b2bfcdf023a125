"""Bringing to recipients what they are owed: handing in, hearing back, telling the staff if nothing comes."""

from datetime import datetime

from machi.consent.escalations import Escalations
from machi.consent.withdrawal_notice import (
    Withdrawal,
    WithdrawalId,
    WithdrawalRepository,
    WithdrawalState,
)
from machi.core.clock import Clock
from machi.core.errors import Conflict, NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import Notice, NoticeKind, Notices

_ATTEMPTS = 5


class Announcements:
    """Hands in what recipients are owed."""

    def __init__(self, kept: WithdrawalRepository, notices: Notices) -> None:
        self._kept, self._notices = kept, notices

    def announce(self, subject: CitizenId) -> None:
        """Hand in what is owed and new. Repeatable: a notice is sent once, however often it is handed in."""
        for withdrawal in self._kept.all_of(subject):
            if withdrawal.state is WithdrawalState.PENDING and withdrawal.round == 0:
                self._notices.send(notice_of(withdrawal))


class Acknowledgements:
    """What recipients say."""

    def __init__(self, kept: WithdrawalRepository, *, days: int, clock: Clock) -> None:
        """`days`: within which a recipient has to answer."""
        self._kept, self._days, self._clock = kept, days, clock

    def received(self, withdrawal: Withdrawal) -> None:
        """The recipient's server has taken the notice. Repeatable.

        Raises:
            Conflict: it is being changed elsewhere.
        """
        for _ in range(_ATTEMPTS):
            found = self._kept.find(withdrawal.subject, withdrawal.id)
            if found is None or self._moved(found, found.received(self._clock(), self._days)):
                return
        raise Conflict("the notice is being changed elsewhere")

    def acknowledge(
        self, application: ApplicationId, withdrawal: WithdrawalId, deleted_at: datetime | None
    ) -> Withdrawal:
        """A recipient says that it has deleted what it was asked to, or only that it knows. Repeatable.

        Raises:
            NotFound: this recipient was told nothing under that id.
            AcknowledgementRefused: it cannot have been deleted then.
            Conflict: it is being changed elsewhere.
        """
        for _ in range(_ATTEMPTS):
            found = self._kept.numbered(withdrawal)
            if found is None or found.application != application:
                raise NotFound("there is no such withdrawal")
            now = self._clock()
            after = (
                found.received(now, self._days) if deleted_at is None else found.acknowledged(deleted_at, now)
            )
            if self._moved(found, after):
                return after
        raise Conflict("the notice is being changed elsewhere")

    def _moved(self, before: Withdrawal, after: Withdrawal) -> bool:
        if after == before:
            return True
        try:
            self._kept.move(before, after)
        except Conflict:
            return False
        return True


class Reminding:
    """What the sweep does with a notice whose time to be looked at has come."""

    def __init__(
        self,
        kept: WithdrawalRepository,
        notices: Notices,
        escalations: Escalations,
        *,
        days: int,
        clock: Clock,
    ) -> None:
        self._kept, self._notices, self._escalations = kept, notices, escalations
        self._days, self._clock = days, clock

    def look(self, subject: CitizenId, withdrawal: WithdrawalId) -> str:
        """Take the next step; says in a word which. Repeatable at every point.

        Raises:
            Conflict: it is being changed elsewhere, and comes again with the next sweep.
        """
        found, now = self._kept.find(subject, withdrawal), self._clock()
        if found is None or found.look_at is None or found.look_at > now:
            return "nothing"
        if found.state is WithdrawalState.DELETED:
            self._settle(found)
            self._kept.move(found, found.looked_at())
            return "settled"
        if now >= found.due(self._days):
            self._escalations.begin(found.subject, found.application, found.id)
            self._kept.move(found, found.escalated(now))
            return "escalated"
        after = found.handed_in_again(now, self._days)
        self._notices.send(notice_of(after))
        self._kept.move(found, after)
        return "again"

    def _settle(self, withdrawal: Withdrawal) -> None:
        """The recipient was late: whoever sees to it can stop."""
        begun = self._escalations.begin(withdrawal.subject, withdrawal.application, withdrawal.id)
        if begun.is_open:
            self._escalations.settle(
                begun.number, "削除したと連携先から連絡がありました。", withdrawal.application
            )


def notice_of(withdrawal: Withdrawal) -> Notice:
    """The message that makes the sender tell the recipient; the same for each round."""
    return Notice(
        f"{withdrawal.id}-{withdrawal.round}",
        NoticeKind.WITHDRAWAL,
        withdrawal.subject,
        {"application": withdrawal.application, "withdrawal": withdrawal.id},
    )
