"""Registering applications, issuing their keys and changing their state."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from machi.applications.application import Application, ApplicationState
from machi.applications.credentials import KeyRecord, digest_of, new_key, record_of
from machi.core.clock import Clock
from machi.core.errors import Conflict, MachiError, NotFound
from machi.core.ids import ApplicationId

MAX_KEYS = 10
"""Keys one application may have at once: enough to rotate, few enough for one transaction."""

_ATTEMPTS = 5


class TooManyKeys(MachiError):
    """The application has all the keys it may have; revoke one first."""


@dataclass(frozen=True, slots=True)
class RegisteredApplication:
    """An application with the records of its keys, as it was read."""

    application: Application
    keys: tuple[KeyRecord, ...] = ()
    version: int = 0
    """Grows with every change; 0 before the first."""


class ApplicationRepository(Protocol):
    """Where applications are kept."""

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        """The application as it is now, strongly consistent."""

    def find_by_key(self, digest: str) -> Application | None:
        """The application that holds the key with this digest, in its present state."""

    def find_by_client(self, client_id: str) -> Application | None:
        """The application whose citizens sign in through this client, in its present state."""

    def change(self, before: RegisteredApplication | None, after: RegisteredApplication) -> None:
        """Write an application with all its keys and clients at once, or nothing.

        Raises:
            Conflict: somebody else changed the application first, or another one has such a key or client.
        """


class Registry:
    """The operations an administrator (or the seed of a stage) has on applications."""

    def __init__(self, applications: ApplicationRepository, clock: Clock) -> None:
        self._applications = applications
        self._clock = clock

    def register(self, application: Application) -> None:
        """Enter an application, or bring name, scopes, plan and tenant of a known one up to date.

        Repeatable. The state of a known application stays: only `change_state` changes it.
        """
        for _ in range(_ATTEMPTS):
            before = self._applications.find(application.id)
            if before is None:
                after = RegisteredApplication(application)
            else:
                after = replace(before, application=replace(application, state=before.application.state))
            if before == after:
                return
            if self._try(before, after):
                return
        raise Conflict("the application is being changed by others")

    def issue_key(self, application: ApplicationId, label: str) -> str:
        """Make a key and return it: the only time it can be seen.

        Raises:
            NotFound: there is no such application.
            TooManyKeys: it has ten already.
        """
        raw = new_key()
        self.put_key(application, raw, label)
        return raw

    def put_key(self, application: ApplicationId, raw: str, label: str) -> None:
        """Accept a key that was made elsewhere. Repeatable.

        Raises:
            NotFound: there is no such application.
            TooManyKeys: it has ten already.
            Conflict: another application has this key.
            ValueError: the text cannot be a key.
        """
        record = record_of(raw, label, self._clock())
        self._update(application, lambda found: _with_key(found, record))

    def revoke_key(self, application: ApplicationId, digest: str) -> None:
        """Forget a key; it opens nothing from the next request on. Repeatable.

        Raises:
            NotFound: there is no such application.
        """
        self._update(
            application,
            lambda found: replace(found, keys=tuple(key for key in found.keys if key.digest != digest)),
        )

    def change_state(self, application: ApplicationId, state: ApplicationState) -> None:
        """Let the application take another state, effective for the next request. Repeatable.

        Raises:
            NotFound: there is no such application.
            StateChangeRefused: the life cycle has no such step.
        """
        self._update(application, lambda found: replace(found, application=found.application.in_state(state)))

    def application_of(self, raw: str) -> Application | None:
        """The application whose key this is, whatever its state."""
        return self._applications.find_by_key(digest_of(raw))

    def _update(
        self,
        application: ApplicationId,
        change: Callable[[RegisteredApplication], RegisteredApplication],
    ) -> None:
        for _ in range(_ATTEMPTS):
            before = self._applications.find(application)
            if before is None:
                raise NotFound("there is no such application")
            after = change(before)
            if after == before or self._try(before, after):
                return
        raise Conflict("the application is being changed by others, or another application has this key")

    def _try(self, before: RegisteredApplication | None, after: RegisteredApplication) -> bool:
        try:
            self._applications.change(before, replace(after, version=after.version + 1))
        except Conflict:
            return False
        return True


def _with_key(found: RegisteredApplication, record: KeyRecord) -> RegisteredApplication:
    if any(key.digest == record.digest for key in found.keys):
        return found
    if len(found.keys) >= MAX_KEYS:
        raise TooManyKeys(f"an application may have {MAX_KEYS} keys")
    return replace(found, keys=(*found.keys, record))
