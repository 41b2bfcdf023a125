"""Whether a text is an e-mail address that mail can be sent to, and the form in which it is compared."""

import hashlib
import re

from machi.identity.faults import fault

_LONGEST = 254  # RFC 5321, 4.5.3.1.3
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")
"""As HTML has it, in lower case. Dots may stand anywhere: addresses of Japanese carriers have them so."""


def read_email(submitted: object, member: str = "email") -> str:
    """The address in lower case: the pool compares addresses without regard to case.

    Raises:
        FormInvalid: it is no address; `not-an-address`.
    """
    if not isinstance(submitted, str) or len(submitted) > _LONGEST:
        raise fault(member, "not-an-address")
    address = submitted.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise fault(member, "not-an-address")
    return address


def hash_of_email(address: str) -> str:
    """What stands for an address where only sameness matters; no protection against guessing."""
    return hashlib.sha256(address.encode()).hexdigest()


def masked(address: str) -> str:
    """Enough for its owner to know it again: `h•••@example.jp`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}"
