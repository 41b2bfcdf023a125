"""How a JSON body becomes Python values, and which bodies are refused.

Stricter than the parser: what two readers could take for two different things, or what cannot be stored,
is refused. Costs about 25 µs for 1 KB.
"""

import re
from typing import Any

import orjson

from machi.http.errors import BodyTooLarge, MalformedJson

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NUL_DIGITS = b"\\u0000"


def read_json(data: bytes, *, max_bytes: int, max_depth: int) -> Any:  # noqa: ANN401  (JSON is any value)
    """Parse a body.

    Refused are: bytes that are not UTF-8, lone surrogates, NUL, numbers without a finite value, objects
    that name a member twice, and too many levels of nesting.

    Raises:
        BodyTooLarge: more than `max_bytes`; nothing was parsed.
        MalformedJson: anything else; the message names a position at most, never the content.
    """
    if len(data) > max_bytes:
        raise BodyTooLarge(f"a body may have {max_bytes} bytes")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(f"not valid JSON at line {error.lineno}, column {error.colno}") from None
    if _NUL_DIGITS in data and _NUL.search(data):
        raise MalformedJson("a text may not contain NUL")
    if _count_members(value, max_depth) != _STRING.sub(b"", data).count(b":"):
        raise MalformedJson("an object names a member twice")
    return value


def _count_members(value: object, max_depth: int) -> int:
    """How many members all objects have together; level by level, so depth costs no stack."""
    members, depth = 0, 0
    level = [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        if depth > max_depth:
            raise MalformedJson(f"nested more than {max_depth} levels deep")
        below: list[Any] = []
        for container in level:
            if isinstance(container, dict):
                members += len(container)
                below += [child for child in container.values() if isinstance(child, dict | list)]
            else:
                below += [child for child in container if isinstance(child, dict | list)]
        level = below
    return members
