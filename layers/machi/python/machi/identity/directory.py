"""What we need of the directory of users, which checks passwords and sends codes.

Today it is a Cognito user pool (`machi.directory.cognito`). Nothing personal is kept there beside what
signing in takes: address, login ID, password.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from machi.core.errors import MachiError
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.login_id import LoginId


class DirectoryRefused(MachiError):
    """The root of what the directory refuses for a reason."""


class NoSuchUser(DirectoryRefused):
    """Nobody has this name."""


class NameTaken(DirectoryRefused):
    """Somebody else signs in with this address or login ID."""


class WrongCode(DirectoryRefused):
    """Not the code that was sent, or no longer."""


class AlreadyConfirmed(DirectoryRefused):
    """The user's address was proved before."""


class PasswordRefused(DirectoryRefused):
    """The directory's own rules for passwords refuse it."""


class TooManyTries(DirectoryRefused):
    """The directory lets nobody try this for now."""


class UserState(StrEnum):
    """How far a user has come."""

    UNCONFIRMED = "unconfirmed"
    """Signed up, address not proved."""
    CONFIRMED = "confirmed"
    EXTERNAL = "external"
    """Known through an identity provider only; has no password."""
    OTHER = "other"
    """Must do something before signing in, such as setting a password."""


@dataclass(frozen=True, slots=True)
class User:
    """One user as the directory knows it."""

    username: str
    subject: CitizenId
    state: UserState
    created_at: datetime
    email: str | None = None
    is_email_verified: bool = False
    login_id: LoginId | None = None


class Directory(Protocol):
    """The directory. Every call may be repeated; repeating one changes nothing more.

    Each may raise TooManyTries, and whatever its transport raises.
    """

    def find(self, name: str) -> User | None:
        """The user with this username, proved address or login ID."""

    def find_subject(self, subject: CitizenId) -> User | None:
        """The user with this `sub`."""

    def sign_up(self, username: str, email: str, password: str, language: Language) -> None:
        """Make an unconfirmed user and mail a code to the address.

        Nothing happens if the user is there already: usernames are ours and made anew for each registration.

        Raises:
            PasswordRefused: no user was made.
        """

    def resend_code(self, username: str, language: Language) -> None:
        """Mail the code again; does the same work for a user that does not exist."""

    def confirm(self, username: str, code: str) -> None:
        """Take the code as proof of the address.

        Raises:
            WrongCode: also for a user that does not exist.
            AlreadyConfirmed: it was proved before, whichever code this is.
            NameTaken: another user has proved the same address first.
        """

    def establish(self, username: str, login_id: LoginId | None) -> None:
        """Let a confirmed user sign in with the proved address and this login ID.

        Raises:
            NoSuchUser, NameTaken: nothing was changed.
        """

    def set_login_id(self, username: str, login_id: LoginId | None) -> None:
        """Let the user sign in with this login ID and no other.

        Raises:
            NoSuchUser, NameTaken: nothing was changed.
        """

    def set_email(self, username: str, email: str) -> None:
        """Give the user another address, which has been proved to us.

        Raises:
            NoSuchUser, NameTaken: nothing was changed.
        """

    def forgot_password(self, name: str) -> None:
        """Mail a code for a new password, if there is such a user with a proved address."""

    def reset_password(self, name: str, code: str, password: str) -> None:
        """Set a new password on proof of the code.

        Raises:
            WrongCode: also for a user that does not exist.
            PasswordRefused: nothing was changed.
        """

    def is_password(self, username: str, password: str) -> bool:
        """True if it is the user's password."""

    def set_password(self, username: str, password: str) -> None:
        """Set a new password.

        Raises:
            NoSuchUser, PasswordRefused: nothing was changed.
        """

    def sign_out(self, username: str) -> None:
        """End every session: no refresh token of the user counts any longer."""

    def disable(self, username: str) -> None:
        """Let the user sign in no more."""

    def delete(self, username: str) -> None:
        """Remove the user; nothing happens if there is none."""
