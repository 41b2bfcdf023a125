"""Which login IDs there can be, and which of them look the same.

A login ID has lower-case ASCII letters, digits and `. _ -` only, so letters of other scripts that look like
these are refused as they are. What remains to be confused is confused in ASCII, and for that a short table
does (ADR 0091): `skeleton` folds it away, and uniqueness is of skeletons.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import NewType

from machi.identity.faults import fault

LoginId = NewType("LoginId", str)
"""A login ID that keeps the rules, in its one written form."""

SHORTEST, LONGEST = 4, 30
_TOO_LONG_TO_LOOK_AT = 4 * LONGEST

_ALLOWED = re.compile(r"[a-z0-9._-]*")
_DOUBLED = re.compile(r"[._-]{2}")
_SEPARATORS = str.maketrans("", "", "._-")
_LOOK_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})
_LOOK_ALIKE_PAIRS = (("rn", "m"), ("vv", "w"))

_RESERVED = """
about abuse account admin administrator administration anonymous api app auth billing bot callback citizen
city cityhall cityoffice connect contact demo developer digital emergency everyone gov government guest help
helpdesk home hostmaster info localhost login logout machi mail mayor moderator mynumber mynumbercard news
nobody noreply notice null official oidc operator owner password police portal postmaster privacy public
register registration root security service settings shicho shiyakusho signin signout signup staff superuser
support system terms test undefined user username webmaster yakusho
"""
"""Of every city; each adds its own."""
_RESERVED_BEGINNINGS = ("admin", "official", "shiyakusho", "support", "reg_0")
"""`reg_0…` are names of registrations in the directory of users."""


def read_login_id(submitted: object, member: str = "loginId", reserved: Collection[str] = ()) -> LoginId:
    """The login ID in its one written form: full-width and capital letters become plain ones.

    Args:
        submitted: what the citizen sent.
        member: in which it was sent.
        reserved: words of this city that are nobody's, beside those of every city.

    Raises:
        FormInvalid: `not-text`, `too-short`, `too-long`, `forbidden-character`, `bad-beginning`,
            `bad-separator` or `reserved`.
    """
    if not isinstance(submitted, str):
        raise fault(member, "not-text")
    if len(submitted) > _TOO_LONG_TO_LOOK_AT:
        raise fault(member, "too-long")
    text = unicodedata.normalize("NFKC", submitted).casefold()
    found = _fault_in(text, reserved)
    if found is not None:
        raise fault(member, found)
    return LoginId(text)


def skeleton(login_id: LoginId) -> str:
    """What two login IDs have in common if people could take one for the other."""
    text = login_id.translate(_SEPARATORS).translate(_LOOK_ALIKE)
    for pair, single in _LOOK_ALIKE_PAIRS:
        text = text.replace(pair, single)
    return text


def _fault_in(text: str, reserved: Collection[str]) -> str | None:
    if not _ALLOWED.fullmatch(text):
        return "forbidden-character"
    if len(text) < SHORTEST:
        return "too-short"
    if len(text) > LONGEST:
        return "too-long"
    if not text[0].isalpha():
        return "bad-beginning"
    if _DOUBLED.search(text) or not text[-1].isalnum():
        return "bad-separator"
    return "reserved" if _is_reserved(LoginId(text), reserved) else None


def _is_reserved(login_id: LoginId, reserved: Collection[str]) -> bool:
    bones = skeleton(login_id)
    if bones in _RESERVED_BONES or bones.startswith(_RESERVED_BONES_AT_BEGINNING):
        return True
    return any(bones == skeleton(LoginId(word)) for word in reserved)


_RESERVED_BONES = frozenset(skeleton(LoginId(word)) for word in _RESERVED.split())
_RESERVED_BONES_AT_BEGINNING = tuple(skeleton(LoginId(word)) for word in _RESERVED_BEGINNINGS)
