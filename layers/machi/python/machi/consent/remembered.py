"""What a decision rests on besides the consent, remembered for seconds: so a decision costs one read.

The consent itself is always read anew: a withdrawal counts from the next request on, in every process.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from machi.applications import ApplicationState
from machi.consent.agreement import Agreement
from machi.consent.repositories import AgreementRepository, ApplicationStates
from machi.core.ids import ApplicationId

FRESH = 5.0
"""Seconds; the authorizer stops a suspended application at once, whatever is remembered here."""

_MOST = 1_000  # entries; there are some dozens of applications

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class _Memory(Generic[KeyT, ValueT]):
    def __init__(self, read: Callable[[KeyT], ValueT], seconds: Callable[[], float]) -> None:
        self._read, self._seconds = read, seconds
        self._kept: dict[KeyT, tuple[float, ValueT]] = {}

    def get(self, key: KeyT) -> ValueT:
        now = self._seconds()
        kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        if len(self._kept) >= _MOST:
            self._kept.clear()
        value = self._read(key)
        self._kept[key] = (now + FRESH, value)
        return value


class RememberedStates:
    """Implements `ApplicationStates` over another."""

    def __init__(self, states: ApplicationStates, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._states = _Memory(states.state_of, seconds)

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        """Where an application stands, or stood seconds ago."""
        return self._states.get(application)


class RememberedAgreements:
    """Implements `AgreementRepository` over another; writing goes straight through."""

    def __init__(
        self, agreements: AgreementRepository, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._agreements = agreements
        self._current = _Memory(agreements.current, seconds)
        self._revisions = _Memory[tuple[ApplicationId, int], Agreement | None](
            lambda key: agreements.find(*key), seconds
        )

    def find(self, application: ApplicationId, revision: int) -> Agreement | None:
        """One revision."""
        return self._revisions.get((application, revision))

    def current(self, application: ApplicationId) -> Agreement | None:
        """The newest approved revision, or that of seconds ago."""
        return self._current.get(application)

    def latest(self, application: ApplicationId) -> Agreement | None:
        """The newest revision, whatever its state."""
        return self._agreements.latest(application)

    def add(self, agreement: Agreement) -> None:
        """Keep a new revision."""
        self._agreements.add(agreement)

    def decide(self, agreement: Agreement) -> None:
        """Keep the decision on a proposed revision."""
        self._agreements.decide(agreement)
