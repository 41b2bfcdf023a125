"""What is remembered between the steps of an identity proofing.

A ticket brings a signed-in citizen from the portal to our pages; there it becomes an attempt, which lives
until the browser comes back. Both are used once, and kept under hashes only.

The browser holds a secret in a cookie, and `state` is derived from it: who knows a `state` (the service, an
address bar, a log) cannot make the cookie, so an answer counts only in the browser that began.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.core.clock import Clock
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.principal import Principal
from machi.identity.recent import subject_of

TICKET_LIFE = timedelta(minutes=2)
ATTEMPT_LIFE = timedelta(minutes=10)

_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """A citizen on the way from the portal."""

    citizen: CitizenId
    application: ApplicationId | None
    language: Language
    expires: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One round trip to the service."""

    citizen: CitizenId
    application: ApplicationId | None
    language: Language
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""
    expires: datetime


class AttemptRepository(Protocol):
    """Where tickets and attempts are kept; by hash, so that the store alone opens nothing."""

    def keep_ticket(self, key: str, ticket: Ticket) -> None:
        """Keep it."""

    def take_ticket(self, key: str) -> Ticket | None:
        """Remove it; None if there is none. Of two takers only one gets it."""

    def keep_attempt(self, key: str, attempt: Attempt) -> None:
        """Keep it."""

    def find_attempt(self, key: str) -> Attempt | None:
        """Read it and leave it."""

    def take_attempt(self, key: str) -> Attempt | None:
        """Remove it; None if there is none. Of two takers only one gets it."""


class Tickets:
    """Gives out tickets; all that the account API needs of this package."""

    def __init__(self, attempts: AttemptRepository, *, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock

    def issue(self, citizen: Principal, language: Language) -> str:
        """A secret that begins one attempt for the caller within two minutes.

        Raises:
            PermissionError: the caller is no signed-in citizen.
        """
        secret = new_secret()
        expires = self._clock() + TICKET_LIFE
        ticket = Ticket(subject_of(citizen), citizen.application, language, expires)
        self._attempts.keep_ticket(hashed(secret), ticket)
        return secret


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def state_of(secret: str) -> str:
    """The `state` that goes with a browser's secret."""
    return sha256(f"state\0{secret}".encode()).hexdigest()


def hashed(secret: str) -> str:
    """Under what a ticket or a `state` is kept."""
    return sha256(secret.encode()).hexdigest()
