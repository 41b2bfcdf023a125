"""Who is signed in at the front door, in this browser?

The browser holds 256 random bits in a cookie; kept is only their hash, so that whoever reads the table can
act as nobody. Every sign-in begins a session of its own: one that was slipped into a browser is never used.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.core.clock import Clock
from machi.core.ids import ApplicationId, CitizenId

LIFETIME = timedelta(hours=1)
"""As long as the pool's own log-in page remembers somebody; see docs/adr/0100."""

_TOKEN_BYTES = 32
_TOKEN_LENGTH = 43  # characters


@dataclass(frozen=True, slots=True)
class PlatformSession:
    """One browser of one citizen."""

    key: str
    """SHA-256 of what the browser holds, in hexadecimal."""
    subject: CitizenId
    authenticated_at: datetime
    """When the citizen last gave a password or the like."""
    ends_at: datetime
    applications: frozenset[ApplicationId] = frozenset()
    """Partners that the citizen signed in to from here."""


class SessionRepository(Protocol):
    """Where sessions are kept."""

    def put(self, session: PlatformSession) -> None:
        """Keep a new session, findable by its key and by its citizen."""

    def find(self, key: str) -> PlatformSession | None:
        """The session as it is now, strongly consistent; it may be over."""

    def add_application(self, session: PlatformSession, application: ApplicationId) -> None:
        """Note that the citizen signed in to an application; nothing if the session is gone."""

    def drop(self, session: PlatformSession) -> None:
        """Forget a session. Repeatable."""

    def all_of(self, subject: CitizenId) -> list[PlatformSession]:
        """Every session of a citizen."""


class Sessions:
    """The life of platform sessions."""

    def __init__(self, kept: SessionRepository, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock

    def begin(
        self, subject: CitizenId, authenticated_at: datetime, before: str | None
    ) -> tuple[str, PlatformSession]:
        """A new session, and what the browser shall hold. The one the browser held before ends.

        A partner that was signed in to from the browser's former session is still told of a sign-out, if
        the citizen is the same.
        """
        old = self.find(before)
        applications: frozenset[ApplicationId] = frozenset()
        if old is not None:
            applications = old.applications if old.subject == subject else frozenset()
            self._kept.drop(old)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        ends_at = self._clock() + LIFETIME
        session = PlatformSession(_key(token), subject, authenticated_at, ends_at, applications)
        self._kept.put(session)
        return token, session

    def find(self, token: str | None) -> PlatformSession | None:
        """The session that the browser's token stands for, unless it is over."""
        if token is None or len(token) != _TOKEN_LENGTH or not token.isascii():
            return None
        session = self._kept.find(_key(token))
        return session if session is not None and session.ends_at > self._clock() else None

    def signed_in_to(self, session: PlatformSession, application: ApplicationId) -> None:
        """Note it, for the sign-out."""
        if application not in session.applications:
            self._kept.add_application(session, application)

    def end(self, session: PlatformSession) -> frozenset[ApplicationId]:
        """End one session; gives the applications to tell."""
        self._kept.drop(session)
        return session.applications

    def end_all(self, subject: CitizenId) -> frozenset[ApplicationId]:
        """End every session of a citizen, in all browsers; gives the applications to tell."""
        sessions = self._kept.all_of(subject)
        for session in sessions:
            self._kept.drop(session)
        return frozenset(name for session in sessions for name in session.applications)


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()
