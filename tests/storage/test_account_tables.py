"""Accounts, registrations, devices, tries: the same promises in memory, in moto and in the emulator.

What is asked of memory too keeps the double honest that the tests of the account API use.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.identity.account import AccountClosing, AccountRepository, AccountState, LoginIdChange, OwedSignOut
from machi.identity.attempts import AttemptCounters
from machi.identity.codes import keep
from machi.identity.devices import Device, DeviceRepository
from machi.identity.email_change import PendingAddress, PendingAddresses
from machi.identity.login_id import LoginId
from machi.identity.registration import (
    LoginIdTaken,
    Registration,
    RegistrationRepository,
    RegistrationState,
)
from machi.identity.terms import Acceptance, Terms
from machi.storage.account_table import AccountTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.device_table import DeviceTable
from machi.storage.pending_address_table import PendingAddressTable
from machi.storage.registration_table import RegistrationTable
from tests.storage.conftest import TABLE
from tests.unit.account.memory import (
    MemoryAccounts,
    MemoryCounters,
    MemoryDevices,
    MemoryPending,
    MemoryRegistrations,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.parametrize("client", ["memory", "moto", "emulator"], indirect=True)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HANAKO, TARO = CitizenId("0f1d7c1e-hanako"), CitizenId("2a9b-taro")
ACCEPTED = Acceptance(Terms("2026-12-01", "ab" * 32), NOON, Language.ENGLISH)
SAKURA, LOOKS_LIKE_SAKURA, MOMIJI = LoginId("sakura.1"), LoginId("sakural"), LoginId("momiji")


@dataclass
class Kept:
    """One set of stores over the same items."""

    accounts: AccountRepository
    registrations: RegistrationRepository
    devices: DeviceRepository
    counters: AttemptCounters
    pending: PendingAddresses


@pytest.fixture
def kept(client: "DynamoDBClient", request: pytest.FixtureRequest) -> Kept:
    if request.node.callspec.params["client"] == "memory":
        accounts = MemoryAccounts()
        return Kept(
            accounts, MemoryRegistrations(accounts), MemoryDevices(), MemoryCounters(), MemoryPending()
        )
    return Kept(
        AccountTable(client, TABLE),
        RegistrationTable(client, TABLE),
        DeviceTable(client, TABLE),
        AttemptTable(client, TABLE),
        PendingAddressTable(client, TABLE),
    )


def registration(number: int = 1, *, login_id: LoginId | None = SAKURA, address: str = "a") -> Registration:
    return Registration(
        id=f"reg_{number}",
        email_hash=address,
        acceptance=ACCEPTED,
        started_at=NOON,
        look_at=NOON + timedelta(minutes=15),
        login_id=login_id,
    )


def test_a_registration_comes_back_as_it_was_kept(kept: Kept) -> None:
    for number, login_id in ((1, SAKURA), (2, None)):
        made = registration(number, login_id=login_id)
        kept.registrations.begin(made)
        assert kept.registrations.find(made.id) == made
    assert kept.registrations.find("reg_9") is None


@pytest.mark.parametrize("wanted", [SAKURA, LOOKS_LIKE_SAKURA])
def test_of_two_addresses_one_gets_a_login_id_and_of_the_other_nothing_is_kept(
    kept: Kept, wanted: LoginId
) -> None:
    kept.registrations.begin(registration(1, address="a"))

    with pytest.raises(LoginIdTaken):
        kept.registrations.begin(registration(2, address="b", login_id=wanted))

    assert kept.registrations.find("reg_2") is None
    assert [each.id for each in kept.registrations.due(NOON + timedelta(days=3), 9)] == ["reg_1"]


def test_the_same_address_takes_the_login_id_over(kept: Kept) -> None:
    first, second = registration(1), registration(2)
    kept.registrations.begin(first)
    kept.registrations.begin(second)

    assert not kept.registrations.keep_login_id(first)
    assert kept.registrations.keep_login_id(second)
    with pytest.raises(Conflict):
        kept.registrations.finish(first, HANAKO, keep("1"), NOON)
    assert kept.accounts.find(HANAKO) is None


def test_a_login_id_held_too_long_is_free(kept: Kept) -> None:
    kept.registrations.begin(registration(1, address="a"))
    late = replace(registration(2, address="b"), started_at=NOON + timedelta(hours=26))

    kept.registrations.begin(late)

    assert kept.registrations.keep_login_id(late)


def test_a_finished_registration_gives_account_and_login_id(kept: Kept) -> None:
    made, code = registration(), keep("123456")
    kept.registrations.begin(made)
    kept.registrations.finish(made, HANAKO, code, NOON)

    account = kept.accounts.find(HANAKO)
    assert account is not None
    assert (account.login_id, account.acceptance, account.created_at) == (SAKURA, ACCEPTED, NOON)
    assert account.state is AccountState.ACTIVE
    found = kept.registrations.find(made.id)
    assert found is not None
    assert (found.state, found.confirmed_by) == (RegistrationState.CONFIRMED, code)
    assert kept.registrations.due(NOON + timedelta(days=3), 9) == []
    with pytest.raises(LoginIdTaken):
        kept.registrations.begin(
            replace(registration(2, login_id=LOOKS_LIKE_SAKURA), started_at=NOON + timedelta(days=300))
        )


def test_a_registration_is_finished_once(kept: Kept) -> None:
    made = registration()
    kept.registrations.begin(made)
    kept.registrations.finish(made, HANAKO, keep("1"), NOON)

    with pytest.raises(Conflict):
        kept.registrations.finish(made, TARO, keep("2"), NOON)
    with pytest.raises(Conflict):
        kept.registrations.close(made)
    with pytest.raises(Conflict):
        kept.registrations.give_up(made)
    assert kept.accounts.find(TARO) is None


def test_one_that_is_closing_is_finished_by_the_sweep_alone(kept: Kept) -> None:
    made = registration()
    kept.registrations.begin(made)
    kept.registrations.close(made)
    kept.registrations.close(made)

    with pytest.raises(Conflict):
        kept.registrations.finish(made, HANAKO, keep("1"), NOON)
    kept.registrations.finish(made, HANAKO, None, NOON)

    assert kept.accounts.find(HANAKO) is not None


def test_one_given_up_releases_its_login_id_and_can_be_given_up_again(kept: Kept) -> None:
    made = registration(1, address="a")
    kept.registrations.begin(made)
    kept.registrations.give_up(made)
    kept.registrations.give_up(made)

    found = kept.registrations.find(made.id)
    assert found is not None
    assert found.state is RegistrationState.OVER
    assert kept.registrations.due(NOON + timedelta(days=3), 9) == []
    kept.registrations.begin(registration(2, address="b"))


def test_what_is_due_is_looked_at_and_what_is_postponed_later(kept: Kept) -> None:
    made = registration()
    kept.registrations.begin(made)
    assert kept.registrations.due(NOON + timedelta(minutes=14), 9) == []
    assert [each.id for each in kept.registrations.due(NOON + timedelta(minutes=15), 9)] == [made.id]

    later = NOON + timedelta(hours=2)
    kept.registrations.postpone(made, later)

    assert kept.registrations.due(NOON + timedelta(minutes=119), 9) == []
    assert [each.look_at for each in kept.registrations.due(later, 9)] == [later]


def test_accepting_again_keeps_what_else_the_account_says(kept: Kept) -> None:
    kept.registrations.begin(registration())
    kept.registrations.finish(registration(), HANAKO, keep("1"), NOON)
    newer = replace(ACCEPTED, terms=Terms("2027-04-01", "cd" * 32), at=NOON + timedelta(days=100))

    kept.accounts.accept(HANAKO, newer)
    kept.accounts.accept(TARO, newer)

    hanako, taro = kept.accounts.find(HANAKO), kept.accounts.find(TARO)
    assert hanako is not None
    assert taro is not None
    assert (hanako.acceptance, hanako.created_at, hanako.login_id) == (newer, NOON, SAKURA)
    assert (taro.acceptance, taro.created_at, taro.login_id) == (newer, newer.at, None)


def change(
    before: LoginId | None, after: LoginId | None, *, who: CitizenId = HANAKO, at: datetime = NOON
) -> LoginIdChange:
    return LoginIdChange(who, before, after, at)


def test_a_login_id_is_changed_and_the_old_one_is_free(kept: Kept) -> None:
    for step in (change(None, SAKURA), change(SAKURA, MOMIJI)):
        kept.accounts.begin_change(step)
        kept.accounts.end_change(step)

    account = kept.accounts.find(HANAKO)
    assert account is not None
    assert account.login_id == MOMIJI
    with pytest.raises(LoginIdTaken):
        kept.accounts.begin_change(change(None, MOMIJI, who=TARO, at=NOON + timedelta(days=900)))
    kept.accounts.begin_change(change(None, LOOKS_LIKE_SAKURA, who=TARO))
    assert [each.subject for each in kept.accounts.changes_due(NOON + timedelta(hours=1), 9)] == [TARO]


def test_a_login_id_is_written_differently_and_taken_away(kept: Kept) -> None:
    for step in (change(None, SAKURA), change(SAKURA, LOOKS_LIKE_SAKURA)):
        kept.accounts.begin_change(step)
        kept.accounts.end_change(step)
    with pytest.raises(LoginIdTaken):
        kept.accounts.begin_change(change(None, SAKURA, who=TARO))

    removal = change(LOOKS_LIKE_SAKURA, None)
    kept.accounts.begin_change(removal)
    kept.accounts.end_change(removal)
    kept.accounts.end_change(removal)

    account = kept.accounts.find(HANAKO)
    assert account is not None
    assert account.login_id is None
    kept.accounts.begin_change(change(None, SAKURA, who=TARO))


def test_an_undone_change_releases_the_new_login_id_and_keeps_the_old(kept: Kept) -> None:
    first = change(None, SAKURA)
    kept.accounts.begin_change(first)
    kept.accounts.end_change(first)
    for step in (change(SAKURA, MOMIJI), change(SAKURA, LOOKS_LIKE_SAKURA)):
        kept.accounts.begin_change(step)
        kept.accounts.undo_change(step)
        kept.accounts.undo_change(step)

    assert kept.accounts.changes_due(NOON + timedelta(days=1), 9) == []
    kept.accounts.begin_change(change(None, MOMIJI, who=TARO))
    with pytest.raises(LoginIdTaken):
        kept.accounts.begin_change(change(None, SAKURA, who=TARO, at=NOON + timedelta(days=900)))


def test_a_held_login_id_that_was_never_confirmed_is_free_after_a_day(kept: Kept) -> None:
    kept.accounts.begin_change(change(None, SAKURA))
    with pytest.raises(LoginIdTaken):
        kept.accounts.begin_change(change(None, SAKURA, who=TARO, at=NOON + timedelta(hours=23)))

    kept.accounts.begin_change(change(None, SAKURA, who=TARO, at=NOON + timedelta(hours=25)))


def test_closing_notes_one_time_and_can_be_called_back(kept: Kept) -> None:
    end, other = NOON + timedelta(days=30), NOON + timedelta(days=31)
    kept.accounts.accept(HANAKO, ACCEPTED)

    assert kept.accounts.close(HANAKO, end) == end
    assert kept.accounts.close(HANAKO, other) == end
    assert kept.accounts.close(TARO, other) == other
    assert kept.accounts.closures_due(end - timedelta(seconds=1), 9) == []
    assert kept.accounts.closures_due(end, 9) == [HANAKO]
    kept.accounts.reopen(HANAKO)
    kept.accounts.reopen(HANAKO)
    assert kept.accounts.closures_due(end, 9) == []
    assert not kept.accounts.begin_removal(HANAKO, other)
    account = kept.accounts.find(HANAKO)
    assert account is not None
    assert (account.state, account.closes_at, account.acceptance) == (AccountState.ACTIVE, None, ACCEPTED)


def test_past_its_time_an_account_goes_with_its_login_id(kept: Kept) -> None:
    end = NOON + timedelta(days=30)
    kept.registrations.begin(registration())
    kept.registrations.finish(registration(), HANAKO, keep("1"), NOON)
    kept.accounts.close(HANAKO, end)
    assert not kept.accounts.begin_removal(HANAKO, end - timedelta(seconds=1))

    assert kept.accounts.begin_removal(HANAKO, end)
    assert kept.accounts.begin_removal(HANAKO, end)
    with pytest.raises(AccountClosing):
        kept.accounts.reopen(HANAKO)
    with pytest.raises(AccountClosing):
        kept.accounts.close(HANAKO, end)
    kept.accounts.end_removal(HANAKO)
    kept.accounts.end_removal(HANAKO)

    assert kept.accounts.find(HANAKO) is None
    assert kept.accounts.closures_due(end, 9) == []
    kept.registrations.begin(registration(2, address="b"))


def test_an_owed_sign_out_is_due_until_it_is_settled(kept: Kept) -> None:
    owed = OwedSignOut(HANAKO, NOON)
    kept.accounts.owe_sign_out(owed)
    kept.accounts.owe_sign_out(OwedSignOut(TARO, NOON + timedelta(hours=9)))

    assert kept.accounts.sign_outs_due(NOON + timedelta(minutes=14), 9) == []
    assert kept.accounts.sign_outs_due(NOON + timedelta(minutes=15), 9) == [owed]
    kept.accounts.settle_sign_out(owed)
    kept.accounts.settle_sign_out(owed)
    assert kept.accounts.sign_outs_due(NOON + timedelta(hours=1), 9) == []


def test_tries_are_counted_by_what_and_window(kept: Kept) -> None:
    forget = NOON + timedelta(hours=1)

    counted = [kept.counters.add("a", 1, forget) for _ in range(3)]

    assert counted == [1, 2, 3]
    assert kept.counters.add("a", 2, forget) == 1
    assert kept.counters.add("b", 1, forget) == 1


def test_tries_at_a_pending_address_are_counted_until_none_is_left(kept: Kept) -> None:
    waiting = PendingAddress("new@example.jp", keep("1"), NOON + timedelta(minutes=10))
    kept.pending.put(HANAKO, waiting)

    found = [kept.pending.count_try(HANAKO, 2, NOON) for _ in range(3)]

    assert found == [replace(waiting, tries=1), replace(waiting, tries=2), None]
    assert kept.pending.count_try(TARO, 2, NOON) is None


def test_a_pending_address_ends_with_its_time_or_when_it_is_dropped(kept: Kept) -> None:
    waiting = PendingAddress("new@example.jp", keep("1"), NOON + timedelta(minutes=10))
    kept.pending.put(HANAKO, waiting)
    assert kept.pending.count_try(HANAKO, 5, NOON + timedelta(minutes=10)) is None

    kept.pending.put(HANAKO, waiting)
    kept.pending.drop(HANAKO)
    kept.pending.drop(HANAKO)
    assert kept.pending.count_try(HANAKO, 5, NOON) is None


def device(session: str, at: datetime = NOON) -> Device:
    return Device(session, ApplicationId("portal"), "Chrome / Android", at, at)


def test_devices_come_back_newest_first_and_only_to_their_citizen(kept: Kept) -> None:
    later = NOON + timedelta(minutes=1)
    assert kept.devices.see(HANAKO, device("s-1"))
    assert kept.devices.see(HANAKO, device("s-2", later))
    assert kept.devices.see(TARO, device("s-3"))
    assert not kept.devices.see(HANAKO, device("s-1", later + timedelta(minutes=1)))

    shown = kept.devices.all_of(HANAKO)

    assert [each.session for each in shown] == ["s-1", "s-2"]
    assert (shown[0].first_seen_at, shown[0].last_seen_at) == (NOON, NOON + timedelta(minutes=2))


def test_a_signed_out_device_stays_signed_out(kept: Kept) -> None:
    kept.devices.see(HANAKO, device("s-1"))

    assert kept.devices.sign_out(HANAKO, "s-1", NOON)
    assert kept.devices.sign_out(HANAKO, "s-1", NOON)
    assert not kept.devices.sign_out(TARO, "s-1", NOON)
    kept.devices.see(HANAKO, device("s-1"))
    assert kept.devices.all_of(HANAKO) == []


def test_all_devices_but_one_are_signed_out(kept: Kept) -> None:
    for session in ("s-1", "s-2", "s-3"):
        kept.devices.see(HANAKO, device(session))

    kept.devices.sign_out_all(HANAKO, NOON, "s-2")
    assert [each.session for each in kept.devices.all_of(HANAKO)] == ["s-2"]

    kept.devices.sign_out_all(HANAKO, NOON, None)
    assert kept.devices.all_of(HANAKO) == []
