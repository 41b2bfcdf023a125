"""What becomes of unfinished registrations: each is completed, waited for, or removed on both sides."""

from datetime import timedelta

from machi.core.clock import Clock
from machi.core.errors import Conflict
from machi.identity.directory import Directory, UserState
from machi.identity.registering import complete
from machi.identity.registration import Registration, RegistrationOver, RegistrationRepository

_PAUSE = timedelta(hours=1)
_AT_ONCE = 200  # registrations in one sweep; the next comes in a quarter of an hour


class RegistrationSweep:
    """Looks at registrations whose time to be looked at has come."""

    def __init__(self, registrations: RegistrationRepository, directory: Directory, *, clock: Clock) -> None:
        self._registrations = registrations
        self._directory = directory
        self._clock = clock

    def due(self) -> list[Registration]:
        """Which to look at now."""
        return list(self._registrations.due(self._clock(), _AT_ONCE))

    def settle(self, registration: Registration) -> str:
        """Bring both sides into agreement about one registration. Repeatable.

        Returns:
            What was done: `completed`, `removed` or `waits`.
        """
        now = self._clock()
        is_late = now >= registration.expires_at
        if is_late:
            try:
                self._registrations.close(registration)  # from here on no code counts
            except Conflict:
                return "completed"
        user = self._directory.find(registration.id)
        if user is not None and user.state is not UserState.UNCONFIRMED:
            return self._complete(registration)
        if not is_late:
            self._registrations.postpone(registration, min(now + _PAUSE, registration.expires_at))
            return "waits"
        self._directory.delete(registration.id)
        try:
            self._registrations.give_up(registration)
        except Conflict:
            return "completed"
        return "removed"

    def _complete(self, registration: Registration) -> str:
        try:
            complete(registration, self._registrations, self._directory, self._clock)
        except RegistrationOver:
            return "removed"
        return "completed"
