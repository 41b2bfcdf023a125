"""Which @context does a request bring, ready to use? (clauses 4.4, 5.5.5 and 6.3.5)"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import orjson
from cachetools import TLRUCache, TTLCache

from machi.core.clock import Clock, to_iso
from machi.core.ids import Tenant
from machi.ngsild.context.context import Context
from machi.ngsild.context.core_context import is_core_url
from machi.ngsild.context.documents import Documents
from machi.ngsild.context.link_header import context_url, link_to
from machi.ngsild.context.loader import ContextLoader
from machi.ngsild.context.processing import core_context, process
from machi.ngsild.context.repository import ContextKind, ContextRepository, StoredContext, implicit_id
from machi.ngsild.errors import BadRequestData

_MEMORY = 200_000
"""Term definitions kept ready in this process, of all contexts together; some 60 MB at the most."""
_BYTES_OF_A_TERM = 100  # of a context that came in a body: kept as the key, as text and as objects
_LIFETIME = timedelta(seconds=60)
"""How long a context is used without looking into the storage again, where others may have changed it."""
_FLUSH_EVERY = timedelta(seconds=60)

_Key = tuple[Tenant, object]


class BodyKind(Enum):
    """Where 6.3.5 lets a request carry its @context."""

    NONE = "no body"
    """GET and DELETE: in a `Link` header."""
    JSON = "application/json"
    """In a `Link` header; the body must have none."""
    JSON_LD = "application/ld+json"
    """In the body; no `Link` header may name one."""


@dataclass(frozen=True, slots=True)
class _Ready:
    context: Context
    uses: tuple[str, ...]
    expires: float
    size: int


class Contexts:
    """The @contexts of one broker; keep one for the life of the process."""

    def __init__(
        self, repository: ContextRepository, loader: ContextLoader, *, api_url: str, clock: Clock
    ) -> None:
        """`api_url` is the public root of the API, in front of `/ngsi-ld/v1`."""
        self.documents = Documents(repository, loader, api_url=api_url, clock=clock)
        self._repository = repository
        self._clock = clock
        self._ready: TLRUCache[_Key, _Ready] = TLRUCache(
            maxsize=_MEMORY,
            ttu=lambda _key, ready, _now: ready.expires,
            timer=lambda: clock().timestamp(),
            getsizeof=lambda ready: ready.size,
        )
        self._created: TTLCache[tuple[Tenant, str], bool] = TTLCache(
            maxsize=1_024, ttl=_LIFETIME.total_seconds(), timer=lambda: clock().timestamp()
        )
        self._uses: Counter[tuple[Tenant, str]] = Counter()
        self._flushed = clock()

    @property
    def core(self) -> Context:
        """The default @context."""
        return core_context()

    def for_request(
        self, tenant: Tenant, kind: BodyKind, *, links: Sequence[str] = (), body: object = None
    ) -> Context:
        """The @context by the rules of 6.3.5.

        `links` are all lines of the `Link` header; `body` is the parsed document, for a batch one item.

        Raises:
            BadRequestData: it stands where it must not, is missing where it must be, or is not valid.
            LdContextNotAvailable: a document it refers to cannot be had.
        """
        linked = context_url(links) if links else None
        if kind is not BodyKind.JSON_LD:
            if kind is BodyKind.JSON and isinstance(body, Mapping) and "@context" in body:
                raise BadRequestData("an application/json body must not contain @context; use a Link header")
            return self.load(tenant, linked)
        if linked is not None:
            raise BadRequestData("with an application/ld+json body no Link header may name an @context")
        if not isinstance(body, Mapping) or body.get("@context") is None:
            raise BadRequestData("an application/ld+json body must contain @context")
        return self.load(tenant, body["@context"])

    def load(self, tenant: Tenant, source: object) -> Context:
        """The Context of an `@context` value: a URL, an object, an array of both; None for the core.

        Raises:
            BadRequestData: it is not valid.
            LdContextNotAvailable: a document it refers to cannot be had.
        """
        if source is None or (isinstance(source, str) and is_core_url(source)):
            return self.core if source is None else self._load(tenant, source, source)
        return self._load(tenant, source if isinstance(source, str) else orjson.dumps(source), source)

    def link_header(self, tenant: Tenant, context: Context) -> str:
        """The `Link` header of an `application/json` answer under the context.

        A context that came embedded in a body gets a URL by being created implicitly (5.13.1).
        """
        if context.url is not None:
            return link_to(context.url)
        body = orjson.dumps({"@context": context.json}).decode()
        context_id = implicit_id(body)
        url = self.documents.served_at(context_id)
        if (tenant, context_id) not in self._created:
            if self._repository.get(tenant, context_id) is None:
                created = StoredContext(context_id, ContextKind.IMPLICIT, body, url, to_iso(self._clock()))
                self._repository.put(tenant, created)
            self._created[(tenant, context_id)] = True
        return link_to(url)

    def forget(self, tenant: Tenant) -> None:
        """Look into the storage again for this tenant's contexts, after one was changed."""
        for key in [key for key in self._ready if key[0] == tenant]:
            self._ready.pop(key, None)
        self._created.clear()

    def flush_uses(self) -> None:
        """Write down how often kept contexts were used, which is counted here in between."""
        uses, self._uses = self._uses, Counter()
        self._flushed = self._clock()
        at = to_iso(self._flushed)
        for (tenant, context_id), times in uses.items():
            self._repository.used(tenant, context_id, at, times)

    def _load(self, tenant: Tenant, key: object, source: object) -> Context:
        ready = self._ready.get((tenant, key))
        if ready is None:
            walk = self.documents.walk(tenant)
            context = process(source, walk.fetch)
            until = self._until(walk.fresh_until.timestamp() if walk.fresh_until else None)
            size = context.size + (len(key) if isinstance(key, bytes) else 0) // _BYTES_OF_A_TERM
            if size <= _MEMORY:
                self._ready[(tenant, key)] = _Ready(context, tuple(walk.kept), until, size)
            self._count(tenant, walk.found)
            return context
        self._count(tenant, ready.uses)
        return ready.context

    def _count(self, tenant: Tenant, used: Sequence[str]) -> None:
        if used:
            self._uses.update((tenant, context_id) for context_id in used)
            if self._clock() - self._flushed >= _FLUSH_EVERY:
                self.flush_uses()

    def _until(self, fresh_until: float | None) -> float:
        soon = (self._clock() + _LIFETIME).timestamp()
        return soon if fresh_until is None else min(soon, fresh_until)
