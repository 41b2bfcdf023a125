"""Where does the document behind an @context URL come from? (clause 5.13.1)

From the broker itself if it serves that URL; else from what it has kept of an earlier download, while that
is fresh; else from the origin, and then it is kept. An origin out of reach is stood in for by an old copy.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from cachetools import TTLCache

from machi.core.clock import Clock, to_iso
from machi.core.ids import DEFAULT_TENANT, Tenant
from machi.ngsild.context.download import SECONDS
from machi.ngsild.context.loader import ContextLoader
from machi.ngsild.context.repository import ContextKind, ContextRepository, StoredContext, cached_id
from machi.ngsild.errors import LdContextNotAvailable

PATH = "/ngsi-ld/v1/jsonldContexts/"
"""Path of the contexts that the broker serves."""

MAX_DOCUMENTS = 10
"""Documents behind one @context, those it refers to included."""

_HEURISTIC = timedelta(hours=24)
"""How long a copy is fresh when its origin does not say (RFC 9111, 4.2.2)."""
_LONGEST = timedelta(days=30)
_STALE = timedelta(days=30)
"""How long beyond that a copy may stand in."""
_UNREACHABLE_FOR = 10.0  # seconds in which a dead origin is not asked again; each attempt may cost seconds


class Documents:
    """All sources of one broker."""

    def __init__(
        self, repository: ContextRepository, loader: ContextLoader, *, api_url: str, clock: Clock
    ) -> None:
        """`api_url` is the public root of the API, in front of `/ngsi-ld/v1`."""
        self._repository = repository
        self._loader = loader
        self._own = api_url.rstrip("/") + PATH
        self._clock = clock
        self._dead: TTLCache[str, bool] = TTLCache(
            maxsize=256, ttl=_UNREACHABLE_FOR, timer=lambda: clock().timestamp()
        )

    def served_at(self, context_id: str) -> str:
        """The URL under which the broker serves a context."""
        return self._own + context_id

    def own_id(self, url: str) -> str | None:
        """The local identifier in a URL that the broker serves; None for any other URL."""
        return url.removeprefix(self._own) if url.startswith(self._own) else None

    def walk(self, tenant: Tenant) -> "Walk":
        """Begin to gather the documents of one @context."""
        return Walk(self, tenant, self._clock)

    def read(self, tenant: Tenant, url: str, seconds: float) -> tuple[StoredContext, bool]:
        """The document behind a URL, and whether it was found in the storage.

        Raises:
            BadRequestData: the URL is never fetched.
            LdContextNotAvailable: it cannot be had.
        """
        own = self.own_id(url)
        if own is not None:
            return self._served(tenant, own), True
        kept = self._repository.get(tenant, cached_id(url))
        if kept is not None and kept.expires_at is not None and kept.expires_at > to_iso(self._clock()):
            return kept, True
        try:
            return self.download(tenant, url, seconds), False
        except LdContextNotAvailable:
            if kept is None:
                raise
            return kept, True

    def download(self, tenant: Tenant, url: str, seconds: float = SECONDS) -> StoredContext:
        """Fetch a document anew and keep it, unless its origin forbids that; raises as `fetch_only`."""
        kept = self.fetch_only(url, seconds)
        if kept.expires_at != kept.created_at:
            self._repository.put(tenant, kept)
        return kept

    def fetch_only(self, url: str, seconds: float = SECONDS) -> StoredContext:
        """Fetch a document anew.

        Raises:
            BadRequestData: the URL is never fetched.
            LdContextNotAvailable: it cannot be had, or is no JSON object with an `@context`.
        """
        if url in self._dead or seconds <= 0:
            raise LdContextNotAvailable("an @context could not be downloaded")
        try:
            found = self._loader.fetch(url, seconds)
        except LdContextNotAvailable:
            self._dead[url] = True
            raise
        parse(found.text)
        now = self._clock()
        fresh = _HEURISTIC if found.fresh_for is None else min(timedelta(seconds=found.fresh_for), _LONGEST)
        return _copy(url, found.text, now, fresh)

    def forget(self, url: str) -> None:
        """Ask the origin again next time, even if it was dead a moment ago."""
        self._dead.pop(url, None)

    def _served(self, tenant: Tenant, context_id: str) -> StoredContext:
        """One of the broker's own; those of the default tenant are for every tenant to refer to."""
        for owner in dict.fromkeys((tenant, DEFAULT_TENANT)):
            found = self._repository.get(owner, context_id)
            if found is not None and found.kind is not ContextKind.CACHED:
                return found
        raise LdContextNotAvailable("the broker has no such @context")


@dataclass
class Walk:
    """The documents that one @context needs: how many, until when fresh, and within one time limit."""

    _documents: Documents
    _tenant: Tenant
    _clock: Clock

    def __post_init__(self) -> None:
        self.fresh_until: datetime | None = None
        """When the first of them has to be asked for again; None if never."""
        self.found: list[str] = []
        """Local identifiers of those that were in the storage."""
        self.kept: list[str] = []
        """Local identifiers of all that are in the storage now."""
        self._count = 0
        self._deadline = self._clock() + timedelta(seconds=SECONDS)

    def fetch(self, url: str) -> object:
        """The parsed document behind a URL; see `Documents.read`."""
        self._count += 1
        if self._count > MAX_DOCUMENTS:
            raise LdContextNotAvailable(f"an @context refers to more than {MAX_DOCUMENTS} documents")
        left = (self._deadline - self._clock()).total_seconds()
        stored, was_kept = self._documents.read(self._tenant, url, left)
        if was_kept:
            self.found.append(stored.id)
        self.kept.append(stored.id)
        self._note_expiry(stored)
        return parse(stored.body)

    def _note_expiry(self, stored: StoredContext) -> None:
        if stored.expires_at is not None:
            expires = datetime.fromisoformat(stored.expires_at)
            self.fresh_until = expires if self.fresh_until is None else min(self.fresh_until, expires)


def parse(text: str) -> dict[str, object]:
    """The document as a fresh object.

    Raises:
        LdContextNotAvailable: it is not a JSON object with the member `@context`.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict) or "@context" not in document:
        raise LdContextNotAvailable("a remote @context is not a JSON object with the member @context")
    return document


def _copy(url: str, text: str, now: datetime, fresh: timedelta) -> StoredContext:
    return StoredContext(
        id=cached_id(url),
        kind=ContextKind.CACHED,
        body=text,
        url=url,
        created_at=to_iso(now),
        expires_at=to_iso(now + fresh),
        keep_until=to_iso(now + fresh + _STALE),
    )
