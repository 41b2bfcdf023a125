"""Consent storage in memory, with the same promises as the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from machi.applications import ApplicationState
from machi.consent.agreement import Agreement, AgreementState
from machi.consent.disclosure import ChainHead, Disclosure, linked
from machi.consent.record import ConsentEvent
from machi.consent.repositories import ConsentChange, StoredConsent
from machi.consent.withdrawal_notice import Withdrawal, WithdrawalId
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId
from tests.unit.consent.builders import NOON


@dataclass
class Clock:
    """Stands still until told to go on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, span: timedelta) -> None:
        self.now += span


@dataclass
class MemoryAgreements:
    kept: dict[tuple[ApplicationId, int], Agreement] = field(default_factory=dict)

    def find(self, application: ApplicationId, revision: int) -> Agreement | None:
        return self.kept.get((application, revision))

    def current(self, application: ApplicationId) -> Agreement | None:
        approved = [each for each in self._of(application) if each.state is AgreementState.APPROVED]
        return max(approved, key=lambda each: each.revision, default=None)

    def latest(self, application: ApplicationId) -> Agreement | None:
        return max(self._of(application), key=lambda each: each.revision, default=None)

    def all_of(self, application: ApplicationId) -> list[Agreement]:
        return sorted(self._of(application), key=lambda each: each.revision, reverse=True)

    def add(self, agreement: Agreement) -> None:
        key = (agreement.application, agreement.revision)
        if key in self.kept:
            raise Conflict("there is such a revision")
        self.kept[key] = agreement

    def decide(self, agreement: Agreement) -> None:
        key = (agreement.application, agreement.revision)
        if self.kept[key].state is not AgreementState.PROPOSED:
            raise Conflict("it is decided")
        self.kept[key] = agreement

    def _of(self, application: ApplicationId) -> list[Agreement]:
        return [each for each in self.kept.values() if each.application == application]


@dataclass
class MemoryWithdrawals:
    kept: dict[WithdrawalId, Withdrawal] = field(default_factory=dict)
    lost_races: int = 0
    """How many of the next changes somebody else is to win."""

    def find(self, subject: CitizenId, withdrawal: WithdrawalId) -> Withdrawal | None:
        found = self.kept.get(withdrawal)
        return found if found is not None and found.subject == subject else None

    def numbered(self, withdrawal: WithdrawalId) -> Withdrawal | None:
        return self.kept.get(withdrawal)

    def all_of(self, subject: CitizenId) -> Sequence[Withdrawal]:
        return [each for each in self.kept.values() if each.subject == subject]

    def move(self, before: Withdrawal, after: Withdrawal) -> None:
        if self.lost_races or self.kept.get(before.id) != before:
            self.lost_races = max(self.lost_races - 1, 0)
            raise Conflict("somebody else was first")
        self.kept[after.id] = after

    def to_look_at(self, now: datetime, limit: int) -> Sequence[tuple[CitizenId, WithdrawalId]]:
        due = [each for each in self.kept.values() if each.look_at is not None and each.look_at <= now]
        return [(each.subject, each.id) for each in due[:limit]]


@dataclass
class MemoryConsents:
    kept: dict[tuple[CitizenId, ApplicationId], StoredConsent] = field(default_factory=dict)
    events: list[ConsentEvent] = field(default_factory=list)
    withdrawals: MemoryWithdrawals = field(default_factory=MemoryWithdrawals)
    lost_races: int = 0
    """How many of the next changes somebody else is to win."""

    def find(self, subject: CitizenId, application: ApplicationId) -> StoredConsent | None:
        return self.kept.get((subject, application))

    def all_of(self, subject: CitizenId) -> Sequence[StoredConsent]:
        return [stored for (owner, _), stored in self.kept.items() if owner == subject]

    def save(self, change: ConsentChange) -> None:
        key = (change.after.subject, change.after.application)
        if self.lost_races or self.kept.get(key) != change.before:
            self.lost_races = max(self.lost_races - 1, 0)
            raise Conflict("somebody else was first")
        version = 1 if change.before is None else change.before.version + 1
        self.kept[key] = StoredConsent(change.after, version)
        self.events.extend(change.events)
        self.withdrawals.kept |= {each.id: each for each in change.withdrawals}


@dataclass
class MemoryDisclosures:
    chains: dict[CitizenId, list[Disclosure]] = field(default_factory=dict)
    heads: dict[CitizenId, ChainHead] = field(default_factory=dict)
    is_down: bool = False

    def append(self, record: Disclosure) -> Disclosure:
        if self.is_down:
            raise Conflict("the table does not answer")
        placed, head = linked(record, self.heads.get(record.subject, ChainHead()))
        self.chains.setdefault(record.subject, []).append(placed)
        self.heads[record.subject] = head
        return placed

    def append_all(self, records: Sequence[Disclosure]) -> None:
        for record in records:
            self.append(record)

    def chain_of(self, subject: CitizenId) -> tuple[Sequence[Disclosure], ChainHead]:
        return self.chains.get(subject, []), self.heads.get(subject, ChainHead())


@dataclass
class MemoryStates:
    states: dict[ApplicationId, ApplicationState] = field(default_factory=dict)

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        return self.states.get(application)
