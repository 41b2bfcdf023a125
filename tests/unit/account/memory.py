"""What the account API keeps, in memory. `tests/storage/test_account_tables.py` asks the same of tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.identity.account import (
    HALF_DONE,
    Account,
    AccountClosing,
    AccountState,
    LoginIdChange,
    OwedSignOut,
)
from machi.identity.codes import KeptCode
from machi.identity.devices import Device
from machi.identity.email_change import PendingAddress
from machi.identity.login_id import LoginId, skeleton
from machi.identity.own_data import HeldRecord
from machi.identity.profiles import AccessRecord
from machi.identity.registration import LIFETIME, LoginIdTaken, Registration, RegistrationState
from machi.identity.terms import Acceptance
from machi.notices import Notice

_OPEN = {RegistrationState.PENDING, RegistrationState.CLOSING}


@dataclass(frozen=True)
class Reservation:
    """Who holds or owns a login ID."""

    holder: str
    email_hash: str | None = None
    expires: datetime | None = None


@dataclass
class MemoryAccounts:
    """Implements `machi.identity.account.AccountRepository`."""

    kept: dict[CitizenId, Account] = field(default_factory=dict)
    login_ids: dict[str, Reservation] = field(default_factory=dict)
    changes: list[LoginIdChange] = field(default_factory=list)
    owed: set[OwedSignOut] = field(default_factory=set)

    def find(self, citizen: CitizenId) -> Account | None:
        return self.kept.get(citizen)

    def accept(self, citizen: CitizenId, acceptance: Acceptance) -> None:
        account = self.kept.get(citizen) or Account(citizen, created_at=acceptance.at)
        self.kept[citizen] = replace(account, acceptance=acceptance)

    def begin_change(self, change: LoginIdChange) -> None:
        if change.after is not None:
            bones = skeleton(change.after)
            found = self.login_ids.get(bones)
            is_late = found is not None and found.expires is not None and found.expires < change.asked_at
            if found is not None and found.holder != change.subject and not is_late:
                raise LoginIdTaken("taken")
            if found is None or found.holder != change.subject:
                until = change.asked_at + timedelta(days=1)
                self.login_ids[bones] = Reservation(change.subject, expires=until)
        self.changes.append(change)

    def end_change(self, change: LoginIdChange) -> None:
        account = self.kept.get(change.subject) or Account(change.subject)
        self.kept[change.subject] = replace(account, login_id=change.after)
        if change.before is not None:
            self.login_ids.pop(skeleton(change.before), None)
        if change.after is not None:
            self.login_ids[skeleton(change.after)] = Reservation(change.subject)
        self._drop(change)

    def undo_change(self, change: LoginIdChange) -> None:
        if change.after is not None:
            found = self.login_ids.get(skeleton(change.after))
            if found is not None and found.holder == change.subject and found.expires is not None:
                del self.login_ids[skeleton(change.after)]
        self._drop(change)

    def changes_due(self, now: datetime, most: int) -> Sequence[LoginIdChange]:
        return [each for each in self.changes if each.asked_at + HALF_DONE <= now][:most]

    def owe_sign_out(self, owed: OwedSignOut) -> None:
        self.owed.add(owed)

    def settle_sign_out(self, owed: OwedSignOut) -> None:
        self.owed.discard(owed)

    def sign_outs_due(self, now: datetime, most: int) -> Sequence[OwedSignOut]:
        return [each for each in self.owed if each.asked_at + HALF_DONE <= now][:most]

    def close(self, citizen: CitizenId, closes_at: datetime) -> datetime:
        account = self.kept.get(citizen) or Account(citizen)
        if account.state is AccountState.DELETING:
            raise AccountClosing("too late")
        if account.state is AccountState.CLOSING and account.closes_at is not None:
            return account.closes_at
        self.kept[citizen] = replace(account, state=AccountState.CLOSING, closes_at=closes_at)
        return closes_at

    def reopen(self, citizen: CitizenId) -> None:
        account = self.kept.get(citizen)
        if account is None:
            return
        if account.state is AccountState.DELETING:
            raise AccountClosing("too late")
        self.kept[citizen] = replace(account, state=AccountState.ACTIVE, closes_at=None)

    def closures_due(self, now: datetime, most: int) -> Sequence[CitizenId]:
        return [each.subject for each in self.kept.values() if each.closes_at and each.closes_at <= now][
            :most
        ]

    def begin_removal(self, citizen: CitizenId, now: datetime) -> bool:
        account = self.kept.get(citizen)
        if account is None or account.closes_at is None or account.closes_at > now:
            return False
        self.kept[citizen] = replace(account, state=AccountState.DELETING)
        return True

    def end_removal(self, citizen: CitizenId) -> None:
        account = self.kept.pop(citizen, None)
        if account is not None and account.login_id is not None:
            self.login_ids.pop(skeleton(account.login_id), None)

    def _drop(self, change: LoginIdChange) -> None:
        self.changes = [each for each in self.changes if each != change]


@dataclass
class MemoryRegistrations:
    """Implements `machi.identity.registration.RegistrationRepository`."""

    accounts: MemoryAccounts
    kept: dict[str, Registration] = field(default_factory=dict)

    def begin(self, registration: Registration) -> None:
        login_id = registration.login_id
        if login_id is not None:
            found = self.accounts.login_ids.get(skeleton(login_id))
            if found is not None and not self._is_free(found, registration):
                raise LoginIdTaken("taken")
            until = registration.started_at + LIFETIME + timedelta(hours=1)
            self.accounts.login_ids[skeleton(login_id)] = Reservation(
                registration.id, registration.email_hash, until
            )
        self.kept[registration.id] = registration

    def find(self, registration: str) -> Registration | None:
        return self.kept.get(registration)

    def keep_login_id(self, registration: Registration) -> bool:
        if registration.login_id is None:
            return False
        found = self.accounts.login_ids.get(skeleton(registration.login_id))
        return found is not None and found.holder == registration.id

    def finish(
        self, registration: Registration, subject: CitizenId, code: KeptCode | None, at: datetime
    ) -> None:
        found = self.kept[registration.id]
        allowed = {RegistrationState.PENDING} if code else {*_OPEN, RegistrationState.OVER}
        if found.state not in allowed:
            raise Conflict("not open")
        if registration.login_id is not None:
            bones = skeleton(registration.login_id)
            held = self.accounts.login_ids.get(bones)
            if held is None or held.holder != registration.id:
                raise Conflict("not held")
            self.accounts.login_ids[bones] = Reservation(subject)
        self.kept[found.id] = replace(found, state=RegistrationState.CONFIRMED, confirmed_by=code)
        account = self.accounts.kept.get(subject) or Account(subject, created_at=at)
        login_id = registration.login_id or account.login_id
        self.accounts.kept[subject] = replace(account, acceptance=registration.acceptance, login_id=login_id)

    def close(self, registration: Registration) -> None:
        self._move(registration, RegistrationState.CLOSING)

    def give_up(self, registration: Registration) -> None:
        if registration.login_id is not None and self.keep_login_id(registration):
            del self.accounts.login_ids[skeleton(registration.login_id)]
        if self.kept[registration.id].state is not RegistrationState.OVER:
            self._move(registration, RegistrationState.OVER)

    def postpone(self, registration: Registration, until: datetime) -> None:
        self.kept[registration.id] = replace(self.kept[registration.id], look_at=until)

    def due(self, now: datetime, most: int) -> Sequence[Registration]:
        return [each for each in self.kept.values() if each.state in _OPEN and each.look_at <= now][:most]

    def _move(self, registration: Registration, state: RegistrationState) -> None:
        found = self.kept[registration.id]
        if found.state not in _OPEN:
            raise Conflict("finished")
        self.kept[registration.id] = replace(found, state=state)

    @staticmethod
    def _is_free(found: Reservation, registration: Registration) -> bool:
        if found.expires is None:
            return False
        return found.expires < registration.started_at or found.email_hash == registration.email_hash


@dataclass
class MemoryCounters:
    """Implements `machi.identity.attempts.AttemptCounters`."""

    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, counter: str, window: int, forget_at: datetime) -> int:  # noqa: ARG002
        self.counted[counter, window] = self.counted.get((counter, window), 0) + 1
        return self.counted[counter, window]


@dataclass
class MemoryPending:
    """Implements `machi.identity.email_change.PendingAddresses`."""

    kept: dict[CitizenId, PendingAddress] = field(default_factory=dict)

    def put(self, citizen: CitizenId, pending: PendingAddress) -> None:
        self.kept[citizen] = pending

    def count_try(self, citizen: CitizenId, most: int, now: datetime) -> PendingAddress | None:
        found = self.kept.get(citizen)
        if found is None or found.expires_at <= now or found.tries >= most:
            return None
        self.kept[citizen] = replace(found, tries=found.tries + 1)
        return self.kept[citizen]

    def drop(self, citizen: CitizenId) -> None:
        self.kept.pop(citizen, None)


@dataclass
class MemoryDevices:
    """Implements `machi.identity.devices.DeviceRepository`."""

    kept: dict[tuple[CitizenId, str], Device] = field(default_factory=dict)
    ended: set[tuple[CitizenId, str]] = field(default_factory=set)
    cut: dict[CitizenId, tuple[datetime, str | None]] = field(default_factory=dict)

    def all_of(self, citizen: CitizenId) -> Sequence[Device]:
        found = [each for key, each in self.kept.items() if key[0] == citizen and key not in self.ended]
        return sorted(found, key=lambda each: each.last_seen_at, reverse=True)

    def see(self, citizen: CitizenId, device: Device) -> bool:
        before = self.kept.get((citizen, device.session))
        first = before.first_seen_at if before else device.first_seen_at
        self.kept[citizen, device.session] = replace(device, first_seen_at=first)
        return before is None

    def sign_out(self, citizen: CitizenId, session: str, at: datetime) -> bool:  # noqa: ARG002
        if (citizen, session) not in self.kept:
            return False
        self.ended.add((citizen, session))
        return True

    def sign_out_all(self, citizen: CitizenId, at: datetime, but: str | None) -> None:
        self.cut[citizen] = (at, but)
        for device in self.all_of(citizen):
            if device.session != but:
                self.ended.add((citizen, device.session))


@dataclass
class MemoryHoldings:
    """Implements what is held beside the account."""

    held: dict[CitizenId, list[HeldRecord]] = field(default_factory=dict)
    removed: dict[CitizenId, datetime] = field(default_factory=dict)

    def everything_about(self, citizen: CitizenId, most: int) -> tuple[Sequence[HeldRecord], bool]:
        found = self.held.get(citizen, [])
        return found[:most], len(found) <= most

    def remove(self, citizen: CitizenId, keep_records_until: datetime) -> None:
        self.held.pop(citizen, None)
        self.removed[citizen] = keep_records_until


@dataclass
class MemoryRecords:
    """Implements `machi.identity.trail.AccessRecords`."""

    records: list[AccessRecord] = field(default_factory=list)
    broken: bool = False

    def record(self, record: AccessRecord) -> None:
        if self.broken:
            raise TimeoutError("no answer")
        self.records.append(record)


@dataclass
class MemoryNotices:
    """Implements `machi.notices.Notices`; what was told twice counts once, as for the sender."""

    handed_in: dict[str, Notice] = field(default_factory=dict)

    def send(self, notice: Notice) -> None:
        self.handed_in[notice.id] = notice

    @property
    def kinds(self) -> list[str]:
        """Kinds of what was told, in order."""
        return [notice.kind.value for notice in self.handed_in.values()]


def login_id(text: str) -> LoginId:
    """For tests that need one without reading it."""
    return LoginId(text)
