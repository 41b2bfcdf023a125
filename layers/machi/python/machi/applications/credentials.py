"""How an API key is made, recognised and kept without keeping the key.

A key has 160 random bits, so one plain SHA-256 is enough: there is nothing to guess that a slow hash
would protect. The readable prefix lets people, and scanners for leaked secrets, tell keys apart.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MARK = "machi_"
_NAME_LENGTH, _SECRET_LENGTH = 8, 32  # 40 and 160 bits
_SHOWN = 14  # characters of a key that people may see: the mark and its name
_PLAUSIBLE = re.compile(r"[A-Za-z0-9_-]{20,128}")  # what API Gateway takes as the value of a key


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is kept of a key."""

    digest: str
    """SHA-256 of the key, 64 hexadecimal digits."""
    prefix: str
    """The first characters, to recognise the key by."""
    label: str
    """What its owner calls it."""
    created_at: datetime


def new_key() -> str:
    """A new key, `machi_{8 characters}_{32 characters}`. Show it once and keep only its record."""
    return f"{_MARK}{_random(_NAME_LENGTH)}_{_random(_SECRET_LENGTH)}"


def is_plausible_key(raw: str) -> bool:
    """True if the text could be a key at all; saves looking up what cannot be one."""
    return _PLAUSIBLE.fullmatch(raw) is not None


def digest_of(raw: str) -> str:
    """The name under which a key is found, SHA-256 in hexadecimal."""
    return sha256(raw.encode()).hexdigest()


def record_of(raw: str, label: str, at: datetime) -> KeyRecord:
    """The record to keep of a key.

    Raises:
        ValueError: the text cannot be a key.
    """
    if not is_plausible_key(raw):
        raise ValueError("a key must have 20 to 128 letters, digits, hyphens or underscores")
    return KeyRecord(digest=digest_of(raw), prefix=raw[:_SHOWN], label=label, created_at=at)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
