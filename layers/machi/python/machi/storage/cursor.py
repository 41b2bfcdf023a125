"""How the place of a search travels to the client and back.

A cursor is bound to its search by a digest. It says behind which key to go on, never what to read: the
ranges come from the search alone, so a forged one can skip results but reach nothing else.
"""

import base64
import binascii
from hashlib import sha256

import orjson

from machi.ngsild.errors import BadRequestData
from machi.storage.key_range import Place

_DIGEST = 12
_LONGEST = 6_000  # characters: the longest keys, three bytes each, in base64
_PARTS = 3


def write_cursor(search: str, place: Place) -> str:
    """URL-safe text for a place of a search."""
    data = orjson.dumps([_digest(search), place.pk, place.sk])
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read_cursor(search: str, cursor: str) -> Place:
    """The place that a cursor of this search stands for.

    Raises:
        BadRequestData: it is none.
    """
    parts = _parts(cursor)
    if parts is None or parts[0] != _digest(search):
        raise BadRequestData("the cursor does not belong to this query")
    return Place(parts[1], parts[2])


def _parts(cursor: str) -> list[str] | None:
    if len(cursor) > _LONGEST or not cursor.isascii():
        return None
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        parts = orjson.loads(data)
    except (binascii.Error, ValueError):
        return None
    is_whole = isinstance(parts, list) and len(parts) == _PARTS and all(isinstance(p, str) for p in parts)
    return parts if is_whole else None


def _digest(search: str) -> str:
    return sha256(search.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
