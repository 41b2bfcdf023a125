"""The public keys with which another party signs, fetched when needed and kept for a while."""

import json
import time
from collections.abc import Callable
from typing import Literal

import jwt

from machi.core.errors import MachiError

FRESH_SECONDS = 3600
"""Older keys are fetched again before use, so a withdrawn key stops to count."""
STALE_SECONDS = 6 * 3600
"""How long the keys still count if their owner cannot be reached."""
PAUSE_SECONDS = 60
"""Least time between two fetches: tokens with made-up key ids must not turn into requests."""

_MIN_BITS = {"RS256": 2048, "ES256": 256}
_KINDS = {"RS256": {"kty": "RSA"}, "ES256": {"kty": "EC", "crv": "P-256"}}


class KeysUnavailable(MachiError):
    """No usable keys could be fetched."""


class KeySet:
    """Keys by their id."""

    def __init__(
        self,
        fetch: Callable[[], bytes],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        algorithm: Literal["RS256", "ES256"] = "RS256",
    ) -> None:
        """Prepare; nothing is fetched before the first question.

        Args:
            fetch: gives the key set document (RFC 7517), or raises OSError.
            monotonic: seconds that never go back.
            algorithm: what the keys are for; keys of other kinds are of no use.
        """
        self._fetch = fetch
        self._monotonic = monotonic
        self._algorithm = algorithm
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key with this id; None if the other party has no such key.

        Raises:
            KeysUnavailable: the keys could not be fetched and none are kept, or they are too old.
        """
        if key_id not in self._keys or self._age() > FRESH_SECONDS:
            self._refresh()
        if self._age() > STALE_SECONDS:
            raise KeysUnavailable("the keys cannot be fetched")
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._monotonic() - self._fetched_at

    def _refresh(self) -> None:
        now = self._monotonic()
        if self._tried_at is not None and now - self._tried_at < PAUSE_SECONDS:
            return
        self._tried_at = now
        try:
            self._keys = _usable_keys(self._fetch(), self._algorithm)
        except (OSError, ValueError, jwt.PyJWTError):
            return  # the keys kept so far count until they are stale; `find` raises then
        self._fetched_at = now


def _usable_keys(document: bytes, algorithm: str) -> dict[str, jwt.PyJWK]:
    """Keys for signatures with the algorithm; others are of no use here.

    Raises:
        ValueError: not a key set, or none of its keys is usable.
    """
    key_set = json.loads(document)
    if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
        raise ValueError("not a key set")  # noqa: TRY004  (the document is wrong, not our program)
    keys = {
        str(entry["kid"]): jwt.PyJWK(entry, algorithm=algorithm)
        for entry in key_set["keys"]
        if isinstance(entry, dict)
        and entry.items() >= _KINDS[algorithm].items()
        and entry.get("use", "sig") == "sig"
        and "kid" in entry
    }
    usable = {key_id: key for key_id, key in keys.items() if key.key.key_size >= _MIN_BITS[algorithm]}
    if not usable:
        raise ValueError("no usable key")
    return usable
