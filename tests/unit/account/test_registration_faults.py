"""A failure of any one step of a registration, before it took effect or after, leaves nothing half done."""

from collections.abc import Callable
from typing import Any

import pytest

from machi.identity.directory import UserState
from machi.identity.registration import RegistrationState
from tests.unit.account.world import World

DIRECTORY_CALLS = ("find", "sign_up", "confirm", "establish", "set_login_id", "delete", "resend_code")
STORE_CALLS = ("begin", "find", "keep_login_id", "finish", "close", "give_up", "postpone")


class Broken(Exception):
    """The network failed."""


class Fault:
    """Lets the nth of all calls to directory and store fail, before or after it took effect."""

    def __init__(self, world: World, at: int, *, after: bool) -> None:
        self._at, self._after, self.seen, self.hit = at, after, 0, False
        world.directory.work = self._before_directory
        world.directory.after = self._after_directory
        for name in STORE_CALLS:
            setattr(world.registrations, name, self._wrap(getattr(world.registrations, name)))

    def _before_directory(self, _call: str) -> None:
        self.seen += 1
        self._fail(after=False)

    def _after_directory(self, _call: str) -> None:
        self._fail(after=True)

    def _fail(self, *, after: bool) -> None:
        if self.seen == self._at and after is self._after and not self.hit:
            self.hit = True
            raise Broken

    def _wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any) -> Any:  # noqa: ANN401
            self.seen += 1
            self._fail(after=False)
            answer = call(*given)
            self._fail(after=True)
            return answer

        return wrapped


def check_both_sides_agree(world: World) -> None:
    """No user without a record, no record of a citizen without a user, no login ID that nobody has."""
    users = {kept.user.subject: kept.user for kept in world.directory.kept.values()}
    assert world.accounts.kept.keys() == users.keys()
    assert all(user.state is UserState.CONFIRMED for user in users.values())
    owners = {each.holder for each in world.accounts.login_ids.values()}
    assert owners == {each.subject for each in world.accounts.kept.values() if each.login_id}
    for account in world.accounts.kept.values():
        assert users[account.subject].login_id == account.login_id
    open_ones = {RegistrationState.PENDING, RegistrationState.CLOSING}
    assert not [each for each in world.registrations.kept.values() if each.state in open_ones]


def sweep_for(world: World, hours: int) -> None:
    """The schedule goes on every quarter of an hour."""
    for _ in range(hours * 4):
        world.pass_time(minutes=15)
        world.services.sweep.run()


def whole_registration(world: World) -> None:
    """Register, ask for the code again, confirm; gives up where a citizen would."""
    begun = world.register()
    if begun.status != 202:
        return
    registration = begun.json()["id"]
    world.send("POST", f"/registrations/{registration}/code")
    if world.directory.mails:
        world.confirm(registration, world.directory.last_code)


def number_of_calls() -> int:
    world = World()
    fault = Fault(world, at=-1, after=False)
    whole_registration(world)
    return fault.seen


CALLS = number_of_calls()


def test_there_are_calls_to_fail_at() -> None:
    assert CALLS >= 9


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_the_sweep_brings_both_sides_into_agreement(at: int, *, after: bool) -> None:
    world = World()
    fault = Fault(world, at, after=after)

    whole_registration(world)
    assert fault.hit
    sweep_for(world, hours=26)

    check_both_sides_agree(world)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_who_simply_tries_again_becomes_a_citizen_once(at: int, *, after: bool) -> None:
    world = World()
    Fault(world, at, after=after)

    begun = world.register()
    if begun.status != 202:
        begun = world.register()
    registration = begun.json()["id"]
    world.send("POST", f"/registrations/{registration}/code")
    code = world.directory.last_code
    if world.confirm(registration, code).status != 200:
        assert world.confirm(registration, code).status == 200
    sweep_for(world, hours=26)

    check_both_sides_agree(world)
    (account,) = world.accounts.kept.values()
    assert account.login_id == "hanako.i"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("proved", [False, True], ids=["never proved", "proved, then broken off"])
def test_a_sweep_that_fails_itself_is_made_good_by_the_next(at: int, *, proved: bool, after: bool) -> None:
    world = World()
    begun = world.register().json()["id"]
    if proved:
        code = world.directory.last_code
        world.directory.confirm(begun, code)
    Fault(world, at, after=after)

    for _ in range(26 * 4):
        world.pass_time(minutes=15)
        try:
            world.services.sweep.run()
        except Exception as error:  # noqa: BLE001
            assert type(error).__name__ in {"SweepIncomplete", "Broken"}  # noqa: PT017

    check_both_sides_agree(world)
    assert len(world.accounts.kept) == int(proved)


def test_the_sweep_leaves_a_registration_alone_while_its_code_counts() -> None:
    world = World()
    begun = world.register().json()["id"]

    sweep_for(world, hours=23)

    assert world.confirm(begun, world.directory.last_code).status == 200


def test_a_code_that_comes_while_the_sweep_removes_makes_no_account() -> None:
    world = World()
    begun = world.register().json()["id"]
    code = world.directory.last_code
    late = []

    def work(call: str) -> None:
        if call == "delete":
            world.directory.work = lambda _call: None
            world.now -= world.now - world.registrations.kept[begun].started_at  # its clock is behind
            late.append(world.confirm(begun, code).status)
            world.pass_time(hours=25)

    world.directory.work = work
    world.pass_time(hours=25)
    world.services.sweep.run()
    sweep_for(world, hours=2)

    assert late == [410]
    check_both_sides_agree(world)
    assert world.accounts.kept == {}


def test_a_code_that_was_taken_a_moment_before_the_sweep_came_makes_the_account() -> None:
    world = World()
    begun = world.register().json()["id"]
    code = world.directory.last_code

    def work(call: str) -> None:
        if call == "establish":
            world.directory.work = lambda _call: None
            world.pass_time(hours=25)
            world.services.sweep.run()

    world.directory.work = work
    assert world.confirm(begun, code).status == 200

    check_both_sides_agree(world)
    assert len(world.accounts.kept) == 1
