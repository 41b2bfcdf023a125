"""A citizen's account: what the platform keeps about it beside the profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.identity.login_id import LoginId
from machi.identity.terms import Acceptance

HALF_DONE = timedelta(minutes=15)
"""After this time a change of login ID that is not finished is taken for left half done."""


class AccountClosing(Conflict):
    """The account is past the point where its closure could be called back."""


class AccountState(StrEnum):
    """Where an account stands."""

    ACTIVE = "active"
    CLOSING = "closing"
    """The citizen wants it closed, and can still call that back."""
    DELETING = "deleting"
    """Its time is up; what remains is being removed."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. Who came by an identity provider has none before the terms are accepted."""

    subject: CitizenId
    state: AccountState = AccountState.ACTIVE
    login_id: LoginId | None = None
    acceptance: Acceptance | None = None
    created_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoginIdChange:
    """A change of login ID that is under way in two stores."""

    subject: CitizenId
    before: LoginId | None
    after: LoginId | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class OwedSignOut:
    """That a citizen is to be signed out everywhere, noted before the password changed."""

    subject: CitizenId
    asked_at: datetime


class AccountRepository(Protocol):
    """Where accounts are kept. The citizen stands in every key."""

    def find(self, citizen: CitizenId) -> Account | None:
        """The account as it is now, strongly consistent."""

    def accept(self, citizen: CitizenId, acceptance: Acceptance) -> None:
        """Keep that terms were accepted; makes the account where there is none. Repeatable."""

    def begin_change(self, change: LoginIdChange) -> None:
        """Hold the new login ID and note the change for the sweep, or neither. Repeatable.

        Raises:
            LoginIdTaken: somebody else has it, or one like it.
        """

    def end_change(self, change: LoginIdChange) -> None:
        """The directory has the new login ID: keep it for good and release the old one. Repeatable."""

    def undo_change(self, change: LoginIdChange) -> None:
        """The directory has the old login ID: release the new one. Repeatable."""

    def changes_due(self, now: datetime, most: int) -> Sequence[LoginIdChange]:
        """Changes that were begun long ago and did not end."""

    def owe_sign_out(self, owed: OwedSignOut) -> None:
        """Note it for the sweep, in case nobody comes to do it. Repeatable."""

    def settle_sign_out(self, owed: OwedSignOut) -> None:
        """It is done, or not called for after all. Repeatable."""

    def sign_outs_due(self, now: datetime, most: int) -> Sequence[OwedSignOut]:
        """Those noted long ago and not settled."""

    def close(self, citizen: CitizenId, closes_at: datetime) -> datetime:
        """Note that the account is to be closed then; if it already is, its own time stays and is given back.

        Raises:
            AccountClosing: it is being removed.
        """

    def reopen(self, citizen: CitizenId) -> None:
        """Call the closure back. Repeatable.

        Raises:
            AccountClosing: it is being removed.
        """

    def closures_due(self, now: datetime, most: int) -> Sequence[CitizenId]:
        """Whose time is up."""

    def begin_removal(self, citizen: CitizenId, now: datetime) -> bool:
        """Pass the point of no return; False if the closure was called back. Repeatable."""

    def end_removal(self, citizen: CitizenId) -> None:
        """Remove the account itself, its login ID and the note for the sweep, together. Repeatable."""
