"""Is a text a URI, a DateTime, a Scope, a name or a language tag? (clauses 4.6.2, 4.6.3, 4.18, RFC 5646)"""

import re

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.expression import Kind
from machi.ngsild.query.moments import is_real, moment

MAX_URI = 2_048
"""Characters of a URI."""
MAX_NAME = 1_024
"""Characters of the name of a type or an attribute."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x1f\x7f-\x9f<>\"{}|\\^`\ud800-\udfff]+")
_LETTERS = r"[^\W\d_]\w*"
_NAME = re.compile(_LETTERS)
_SCOPE = re.compile(rf"/?{_LETTERS}(?:/{_LETTERS})*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def is_uri(text: object) -> bool:
    """True for an absolute URI (letters beyond ASCII are let through, as in IRIs)."""
    return isinstance(text, str) and len(text) <= MAX_URI and _URI.fullmatch(text) is not None


def is_date_time(text: object) -> bool:
    """True for a DateTime of clause 4.6.3: UTC with `Z`, up to six decimals, a moment that exists."""
    found = moment(text) if isinstance(text, str) else None
    return found is not None and found[0] is Kind.DATE_TIME and is_real(found)


def date_time(text: str) -> str:
    """A DateTime in the one spelling that is stored: a decimal point, where a comma was allowed."""
    return text.replace(",", ".")


def is_name(text: str) -> bool:
    """True for a name of clause 4.6.2: a letter, then letters, numbers and `_`."""
    return len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def is_scope(text: object) -> bool:
    """True for a Scope of clause 4.18."""
    return isinstance(text, str) and len(text) <= MAX_NAME and _SCOPE.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """True for a well-formed language tag, or `@none`."""
    return text == "@none" or _LANGUAGE.fullmatch(text) is not None


def check_uri(text: object, what: str) -> str:
    """The text, which must be a URI; `what` is its name in the reason.

    Raises:
        BadRequestData: it is not.
    """
    if not isinstance(text, str) or not is_uri(text):
        raise BadRequestData(f"{what} must be a URI")
    return text


def check_date_time(text: object, what: str) -> str:
    """A DateTime in its stored spelling; `what` is its name in the reason.

    Raises:
        BadRequestData: it is not one.
    """
    if not isinstance(text, str) or not is_date_time(text):
        raise BadRequestData(f"{what} must be a DateTime such as 2026-11-24T05:00:00Z")
    return date_time(text)
