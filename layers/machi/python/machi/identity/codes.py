"""Codes that are sent by mail and typed in again: how they are made, kept and compared."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from machi.identity.faults import fault

DIGITS = 6
_CODE = re.compile(r"[0-9]{4,10}")
_COST, _BLOCK, _PARALLEL = 2**12, 8, 1
"""scrypt with 4 MB, about 10 ms: what is kept does not give the code away to whoever only looks at it."""


@dataclass(frozen=True, slots=True)
class KeptCode:
    """What is kept of a code."""

    salt: bytes
    digest: bytes

    def is_of(self, code: str) -> bool:
        """True for the code it was made of; takes the same time for every other one."""
        return hmac.compare_digest(self.digest, _digest(code, self.salt))


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def keep(code: str) -> KeptCode:
    """What to keep of a code."""
    salt = secrets.token_bytes(16)
    return KeptCode(salt, _digest(code, salt))


def read_code(submitted: object, member: str = "code") -> str:
    """The code as typed, in full-width digits or with spaces too.

    Raises:
        FormInvalid: it cannot be a code; `wrong-code`, as for any code that is not the right one.
    """
    if not isinstance(submitted, str) or len(submitted) > 4 * DIGITS:
        raise fault(member, "wrong-code")
    code = "".join(submitted.split()).translate(_FULL_WIDTH)
    if not _CODE.fullmatch(code):
        raise fault(member, "wrong-code")
    return code


_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)
