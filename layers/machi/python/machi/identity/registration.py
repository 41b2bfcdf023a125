"""A registration: somebody gives an address, and becomes a citizen of the platform by proving it.

Two stores take part, ours and the directory of users, and no transaction spans them. So each step can be
repeated, and our record comes first: whatever the directory holds without a finished record is found by it.

    ours: pending, login ID held → directory: unconfirmed user, code mailed       (`Registrations.start`)
    → directory: confirmed → login ID set → ours: account, login ID owned         (`Registrations.confirm`)

`machi.identity.registration_sweep` finishes or removes what was left between two steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from machi.core.errors import Conflict, MachiError
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.codes import KeptCode
from machi.identity.login_id import LoginId
from machi.identity.terms import Acceptance

LIFETIME = timedelta(hours=24)
"""How long a code counts; Cognito's own limit for it."""
FIRST_LOOK = timedelta(minutes=15)
"""When the sweep first looks whether a step was left half done."""


class LoginIdTaken(Conflict):
    """Somebody has this login ID, or one that people could take for it."""


class RegistrationOver(MachiError):
    """The registration was not finished in time, or never existed."""


class RegistrationState(StrEnum):
    """Where a registration stands."""

    PENDING = "pending"
    CLOSING = "closing"
    """Out of time; the sweep is about to remove both sides."""
    CONFIRMED = "confirmed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Registration:
    """One attempt to become a citizen of the platform. Holds neither the address nor the password."""

    id: str
    """Also the user's name in the directory, so that a repeated call meets the same user."""
    email_hash: str
    acceptance: Acceptance
    started_at: datetime
    look_at: datetime
    """When the sweep looks at it next."""
    login_id: LoginId | None = None
    state: RegistrationState = RegistrationState.PENDING
    confirmed_by: KeptCode | None = None
    """The code that finished it, so that repeating the request gives the same answer."""

    @property
    def language(self) -> Language:
        """In which the citizen is written to."""
        return self.acceptance.language

    @property
    def expires_at(self) -> datetime:
        """From when on no code counts."""
        return self.started_at + LIFETIME

    def is_open(self, at: datetime) -> bool:
        """True if it can still be finished by its code."""
        return self.state is RegistrationState.PENDING and at < self.expires_at


class RegistrationRepository(Protocol):
    """Where registrations are kept, with the login IDs they hold."""

    def begin(self, registration: Registration) -> None:
        """Keep a new registration and hold its login ID, or neither.

        A login ID held for the same address, or held for longer than a registration can last, may be taken.

        Raises:
            LoginIdTaken: nothing was kept.
        """

    def find(self, registration: str) -> Registration | None:
        """One registration as it is now, strongly consistent."""

    def keep_login_id(self, registration: Registration) -> bool:
        """Hold the login ID until the registration is finished; False if another has it by now."""

    def finish(
        self, registration: Registration, subject: CitizenId, code: KeptCode | None, at: datetime
    ) -> None:
        """Keep the account, give it the login ID held, and mark the registration as confirmed: all or none.

        Args:
            registration: with the login ID the directory has; None to release it.
            subject: of the citizen.
            code: that proved the address; None where the sweep finishes, which alone may finish one that it
                is closing: a code that comes meanwhile must not make an account whose user is being removed.
            at: now.

        Raises:
            Conflict: it is not open any longer; nothing was changed.
        """

    def close(self, registration: Registration) -> None:
        """Say that no code counts any longer.

        Raises:
            Conflict: it was finished meanwhile; nothing was changed.
        """

    def give_up(self, registration: Registration) -> None:
        """Mark it as over and release its login ID. Repeatable.

        Raises:
            Conflict: it was finished meanwhile; nothing was changed.
        """

    def postpone(self, registration: Registration, until: datetime) -> None:
        """Look at it again at that time. Repeatable."""

    def due(self, now: datetime, most: int) -> Sequence[Registration]:
        """Those to be looked at by now, oldest first."""
