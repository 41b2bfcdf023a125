"""Codes that a child's account shows and a guardian enters, so that nobody has to know anybody's id.

A code says that whoever holds the child's account agrees to be asked about by the one who enters it. It is
no proof of anything else: staff look at the evidence.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from machi.core.clock import Clock
from machi.core.ids import CitizenId

VALID_FOR = timedelta(minutes=10)

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: nothing that the ear or the eye confuses
_LENGTH = 10
"""50 bits, and few tries: see where codes are entered."""
_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})


class ChildCodeRepository(Protocol):
    """Where codes wait; only their hashes are kept."""

    def keep(self, digest: str, child: CitizenId, until: datetime) -> None:
        """Keep one until then."""

    def take(self, digest: str, at: datetime) -> CitizenId | None:
        """The child of a code that is not over; the code is gone with it."""


class ChildCodes:
    """Gives codes out and takes them in, once."""

    def __init__(self, kept: ChildCodeRepository, *, clock: Clock) -> None:
        self._kept, self._clock = kept, clock

    def issue(self, child: CitizenId) -> tuple[str, datetime]:
        """A new code, written in two groups, and until when it counts."""
        code = "".join(secrets.choice(_DIGITS) for _ in range(_LENGTH))
        until = self._clock() + VALID_FOR
        self._kept.keep(_digest(code), child, until)
        return f"{code[:5]}-{code[5:]}", until

    def take(self, written: str) -> CitizenId | None:
        """Whose code it is, as somebody typed it; None if it is none, over, or used."""
        code = "".join(each for each in written.lower() if each.isalnum()).translate(_LOOK_ALIKE)
        if len(code) != _LENGTH:
            return None
        return self._kept.take(_digest(code), self._clock())


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
