"""Every mail there is, with exactly what it needs to know.

None names the citizen or repeats more than the reader needs to recognise what happened: mail is read by
others, too, and stays where it arrived. Wording is in `templates/`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ConfirmRegistration:
    """To an address that is being registered."""

    template: ClassVar[str] = "confirm-registration"
    code: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """To somebody who says the password is forgotten."""

    template: ClassVar[str] = "reset-password"
    code: str


@dataclass(frozen=True, slots=True)
class ConfirmAddress:
    """To a new address of an account that exists."""

    template: ClassVar[str] = "confirm-address"
    code: str


@dataclass(frozen=True, slots=True)
class SignInCode:
    """A second factor by mail."""

    template: ClassVar[str] = "sign-in-code"
    code: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """To somebody for whom an account was made; `code` is the first password."""

    template: ClassVar[str] = "invitation"
    username: str
    code: str


@dataclass(frozen=True, slots=True)
class AccountExists:
    """To the owner of an address that somebody tried to register again."""

    template: ClassVar[str] = "account-exists"


@dataclass(frozen=True, slots=True)
class EmailChanged:
    """To the address before."""

    template: ClassVar[str] = "email-changed"


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """After each change or reset."""

    template: ClassVar[str] = "password-changed"


@dataclass(frozen=True, slots=True)
class NewDevice:
    """After a sign-in from where there was none before."""

    template: ClassVar[str] = "new-device"
    device: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """After another way to sign in was added."""

    template: ClassVar[str] = "identity-linked"
    provider: str
    """As people call it."""


@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    """After a way to sign in was removed."""

    template: ClassVar[str] = "identity-unlinked"
    provider: str


@dataclass(frozen=True, slots=True)
class PartnerConnected:
    """After the first consent for a service."""

    template: ClassVar[str] = "partner-connected"
    application: str
    """As people call it."""


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """After a service was stopped."""

    template: ClassVar[str] = "consent-withdrawn"
    application: str


@dataclass(frozen=True, slots=True)
class ConsentExpiring:
    """Some weeks before a consent runs out."""

    template: ClassVar[str] = "consent-expiring"
    application: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AccountClosing:
    """After the account was given notice."""

    template: ClassVar[str] = "account-closing"
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The last mail."""

    template: ClassVar[str] = "account-closed"


Letter = (
    ConfirmRegistration
    | ResetPassword
    | ConfirmAddress
    | SignInCode
    | Invitation
    | AccountExists
    | EmailChanged
    | PasswordChanged
    | NewDevice
    | IdentityLinked
    | IdentityUnlinked
    | PartnerConnected
    | ConsentWithdrawn
    | ConsentExpiring
    | AccountClosing
    | AccountClosed
)
"""Any of them."""
