"""Registrations over real tables and the real directory, on the emulator: the ordinary way, and with each
call to AWS failing once, before or after it took effect.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from machi.core.clock import utc_now
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.identity.attempts import Attempts
from machi.identity.directory import UserState
from machi.identity.registering import Registrations
from machi.identity.registration_sweep import RegistrationSweep
from machi.storage.account_table import AccountTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.client import dynamodb_client
from machi.storage.registration_table import RegistrationTable
from tests.aws_double import everything
from tests.storage.conftest import make_table
from tests.storage.test_cognito_directory import Pool, strict_emulator
from tests.unit.account.memory import MemoryNotices
from tests.unit.account.world import FORM, TERMS

__all__ = ["strict_emulator"]

REGION = "ap-northeast-1"
_numbers = count(1)


class Broken(Exception):
    """The network failed."""


class Fault:
    """Lets the nth call of both clients fail once."""

    def __init__(self, at: int = -1, *, after: bool = False) -> None:
        self._at, self._after, self.seen = at, after, 0

    def watch(self, client: Any) -> None:  # noqa: ANN401  (any botocore client)
        call: Callable[..., Any] = client._make_api_call

        def watched(operation: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401
            self.seen += 1
            is_it = self.seen == self._at
            if is_it and not self._after:
                raise Broken
            answer = call(operation, parameters)
            if is_it:
                raise Broken
            return answer

        client._make_api_call = watched


class City:
    """A table and a pool of their own."""

    def __init__(self, endpoint: str) -> None:
        self.now = utc_now()
        self._began = self.now
        self.table = f"people-{next(_numbers)}"
        self.tables = dynamodb_client(region=REGION, endpoint=endpoint)
        make_table(self.tables, self.table)
        users = cognito_client(region=REGION, endpoint=endpoint)
        self.pool = Pool(users, endpoint)
        self.clients = (self.tables, users)
        self.directory: CognitoDirectory = self.pool.directory
        kept = RegistrationTable(self.tables, self.table)
        attempts = Attempts(AttemptTable(self.tables, self.table), clock=self.clock)
        self.registrations = Registrations(
            kept, self.directory, MemoryNotices(), attempts, terms=TERMS, reserved=(), clock=self.clock
        )
        self.sweep = RegistrationSweep(kept, self.directory, clock=self.clock)
        self.address = f"citizen-{self.table}@example.jp"

    def clock(self) -> datetime:
        return self.now

    def goes_through(self) -> None:
        """Register and confirm, and give up where something fails."""
        try:
            form = {**FORM, "email": self.address}
            begun = self.registrations.start(form, "192.0.2.1")
            self.registrations.confirm(begun.id, {"code": self.pool.code_for(self.address)}, "192.0.2.1")
        except Broken:
            return

    def sweeps(self) -> None:
        """The schedule goes on for more than a day."""
        for minutes in (16, 60, 60, 24 * 60):
            self.now += timedelta(minutes=minutes)
            for due in self.sweep.due():
                self.sweep.settle(due)

    def check_both_sides_agree(self) -> int:
        """How many accounts there are."""
        items = everything(self.tables, self.table)
        users = self.clients[1].list_users(UserPoolId=self.pool.id)["Users"]
        subjects = {
            next(each["Value"] for each in user["Attributes"] if each["Name"] == "sub") for user in users
        }
        accounts = {key[0].removeprefix("CITIZEN#") for key in items if key[1] == "ACCOUNT"}
        assert accounts == subjects
        assert {user["UserStatus"] for user in users} <= {"CONFIRMED"}
        assert not [key for key in items if key[0].startswith("DUE#")]
        holders = {item["holder"]["S"] for key, item in items.items() if key[0].startswith("LOGIN#")}
        assert holders <= accounts
        for subject in accounts:
            found = self.directory.find_subject(subject)  # type: ignore[arg-type]
            account = AccountTable(self.tables, self.table).find(subject)  # type: ignore[arg-type]
            assert found is not None
            assert account is not None
            assert (found.login_id, found.state) == (account.login_id, UserState.CONFIRMED)
            assert found.is_email_verified
        return len(accounts)


@pytest.fixture
def city(strict_emulator: str, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return City(strict_emulator)


CALLS = 15
"""Of both clients, from the first to the last of a registration: the test below holds this to the truth."""


def test_who_registers_signs_in_with_the_login_id(city: City) -> None:
    fault = Fault()
    for client in city.clients:
        fault.watch(client)
    city.goes_through()

    assert fault.seen == CALLS
    assert city.check_both_sides_agree() == 1
    assert city.directory.is_password("hanako.i", FORM["password"])
    assert city.directory.is_password(city.address, FORM["password"])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_after_any_failure_the_sweep_brings_table_and_pool_into_agreement(
    city: City, at: int, *, after: bool
) -> None:
    fault = Fault(at, after=after)
    for client in city.clients:
        fault.watch(client)
    city.goes_through()
    assert fault.seen >= at

    city.sweeps()

    city.check_both_sides_agree()
