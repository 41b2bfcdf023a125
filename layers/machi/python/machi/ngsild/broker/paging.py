"""Where does a page of a query begin, and how is the next one named? (clauses 4.12 and 5.5.9)

A page is named by `offset` if the client counts itself, or by a token that carries the place in the
index where the page begins: reading page 1,000 then costs what reading page 1 does. The token also
knows where the pages before began, so that a client can go back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from machi.ngsild.errors import BadRequestData
from machi.ngsild.repositories import Cursor

DEFAULT_LIMIT = 20
MAX_LIMIT = 1_000
"""Entities of one page; a larger wish is served with pages of this size."""
MAX_TOKEN = 6_000
"""Characters; API Gateway takes request lines and headers up to 10,240 bytes."""

_KEPT = 12
_MAX_OFFSET = 1 << 31


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind `starts[-1]`, with `offset` matches before it."""

    offset: int = 0
    starts: tuple[Cursor, ...] = ()
    """The places behind which the pages before this one, and this one, begin; the oldest may be gone."""

    @property
    def cursor(self) -> Cursor | None:
        """Behind which candidate to go on; None at the beginning."""
        return self.starts[-1] if self.starts else None

    def following(self, cursor: Cursor, matches: int) -> "Place":
        """The page that begins behind a candidate, after so many matches on this page."""
        return Place(self.offset + matches, (*self.starts, cursor)[-_KEPT:])

    def preceding(self, limit: int) -> dict[str, str] | None:
        """The parameters that name the page before; None at the beginning.

        Where the place it begins at is no longer known, its matches have to be counted off.
        """
        if not self.starts:
            return None
        before = max(0, self.offset - limit)
        if len(self.starts) > 1:
            return Place(before, self.starts[:-1]).parameters()
        return {"offset": str(before)}

    def parameters(self) -> dict[str, str]:
        """The parameters that name the page that begins here.

        The offset is for clients that read or change it (6.3.10); the cursor makes the page cheap.
        """
        return {"cursor": self.token(), "offset": str(self.offset)}

    def token(self) -> str:
        """URL-safe text that `parse` reads."""
        return urlsafe_b64encode(orjson.dumps([self.offset, self.starts])).rstrip(b"=").decode()

    @classmethod
    def parse(cls, token: str) -> "Place":
        """Read a token.

        Raises:
            BadRequestData: `token` did not write it.
        """
        match _decoded(token):
            case [int(offset), [str(), *_] as starts] if 0 <= offset <= _MAX_OFFSET and len(starts) <= _KEPT:
                texts = tuple(start for start in starts if isinstance(start, str))
                if len(texts) == len(starts):
                    return cls(offset, texts)
        raise BadRequestData("the cursor does not come from a link of this API")


_BEGINNING = Place()


@dataclass(frozen=True, slots=True)
class Paging:
    """How much of the matches a request wants."""

    limit: int = DEFAULT_LIMIT
    offset: int | None = None
    """Given if the client counts itself."""
    place: Place = _BEGINNING
    wants_count: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """The pages beside this one, each as the parameters that name it (6.3.10)."""

    next: dict[str, str] | None = None
    prev: dict[str, str] | None = None


def _decoded(token: str) -> object:
    if len(token) > MAX_TOKEN:
        return None
    try:
        return orjson.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:  # also what base64 and orjson raise
        return None
