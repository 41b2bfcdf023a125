"""Authorization requests that wait for something: for the citizen to sign in, or to decide.

Each is bound to the browser it came from, is used once, and is over after ten minutes.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.connect.request import AuthorizationRequest

PATIENCE = timedelta(minutes=10)

_BYTES = 32
MAX_ID_LENGTH = 64
"""Characters; an id has 43, and nothing longer is looked for."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The citizen is at the pool's log-in page; comes back with `id` as `state`."""

    id: str
    request: AuthorizationRequest
    browser: str
    """Hash of what this browser holds, so that nobody can be made to use another's answer."""
    nonce: str
    verifier: str
    """RFC 7636: proves at the token endpoint that the code was asked for by us."""
    expires: datetime


@dataclass(frozen=True, slots=True)
class Deciding:
    """The citizen is at the consent page."""

    id: str
    request: AuthorizationRequest
    session: str
    """Key of the session that the decision is asked of."""
    form_token: str
    """In the form and nowhere else, so that no other site can send it."""
    expires: datetime


class WaitingRequests(Protocol):
    """Where waiting requests are kept."""

    def put_signing_in(self, waiting: SigningIn) -> None:
        """Keep one."""

    def take_signing_in(self, waiting_id: str) -> SigningIn | None:
        """Take it out: of two that ask at once, one gets it."""

    def put_deciding(self, waiting: Deciding) -> None:
        """Keep one."""

    def find_deciding(self, waiting_id: str) -> Deciding | None:
        """Look at it, to show the page."""

    def take_deciding(self, waiting_id: str) -> Deciding | None:
        """Take it out: of two that ask at once, one gets it."""


def new_secret() -> str:
    """256 random bits, 43 characters: an id, a nonce, a verifier, a form token."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(held: str) -> str:
    """What is kept of something that only the browser shall have."""
    return sha256(held.encode()).hexdigest()
