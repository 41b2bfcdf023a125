"""Does a text match a regular expression that a client sent, whatever the expression is?

RE2 answers in time linear to the text and has no backtracking to exploit (ADR 0061). It reads POSIX
extended expressions, which clauses 4.9 and 5.7.2 name, and the Perl classes that clients also use;
look-around and back-references, which POSIX does not have either, are refused. As in POSIX an
expression matches if it is found anywhere in the text; `^` and `$` tie it down.
"""

from collections.abc import Callable
from functools import lru_cache

from machi.ngsild.errors import BadRequestData

MAX_PATTERN = 1_024
"""Characters of one expression."""

_MAX_MEMORY = 1 << 20  # bytes of compiled program; nested counted repetitions ask for more and are refused

Matcher = Callable[[str], bool]


@lru_cache(maxsize=64)
def matcher(pattern: str) -> Matcher:
    """A function telling whether the expression is found in a text.

    Raises:
        BadRequestData: not a regular expression, or one beyond the limits.
    """
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415  # no stubs; needed by pattern queries only

    if len(pattern) > MAX_PATTERN:
        raise BadRequestData(f"a regular expression may have at most {MAX_PATTERN} characters")
    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        search = re2.compile(pattern, options).search
    except (re2.error, UnicodeEncodeError):
        raise BadRequestData("the regular expression is not valid or too complex") from None

    def found(text: str) -> bool:
        try:
            return search(text) is not None
        except UnicodeEncodeError:  # a lone surrogate stands in no language
            return False

    return found
