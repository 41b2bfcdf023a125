"""Which representation does a client accept? (clause 6.3.4 and RFC 9110, section 12.5.1)"""

from collections.abc import Sequence
from enum import StrEnum

from machi.ngsild.errors import InvalidRequest


class MediaType(StrEnum):
    """What answers can be written in, the first preferred among those equally welcome."""

    JSON = "application/json"
    JSON_LD = "application/ld+json"
    GEO_JSON = "application/geo+json"


DOCUMENTS = (MediaType.JSON, MediaType.JSON_LD)
ENTITIES = (MediaType.JSON, MediaType.JSON_LD, MediaType.GEO_JSON)


class NotAcceptable(InvalidRequest):
    """The client accepts none of the representations there are; the message lists them."""

    title = "Not acceptable"
    status = 406


def accepted(header: str | None, offered: Sequence[MediaType]) -> MediaType:
    """The best of what is offered.

    A type takes its weight from the most specific range that matches it; a malformed weight counts as 1.

    Raises:
        NotAcceptable: the header allows none of them.
    """
    if not header or header == "*/*":
        return offered[0]
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    weights = {media: _weight(media, ranges) for media in offered}
    best = max(offered, key=lambda media: weights[media])
    if ranges and not weights[best]:
        raise NotAcceptable("available are " + ", ".join(offered))
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                return name.lower(), min(max(float(value), 0.0), 1.0)
            except ValueError:
                break
    return name.lower(), 1.0


def _weight(media: MediaType, ranges: Sequence[tuple[str, float]]) -> float:
    for wanted in (media.value, "application/*", "*/*"):
        for name, weight in ranges:
            if name == wanted:
                return weight
    return 0.0
