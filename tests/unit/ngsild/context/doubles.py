"""Stand-ins for what the context package is given: storage, an internet of a few documents, a clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import orjson

from machi.core.ids import Tenant
from machi.ngsild.context import ContextKind, Contexts, Download, StoredContext
from machi.ngsild.errors import LdContextNotAvailable

API_URL = "https://api.example.jp"
EXAMPLE = "https://example.org/ns/"
USER_URL = "https://example.org/context.jsonld"


@dataclass
class MemoryContexts:
    """A ContextRepository without a database."""

    kept: dict[tuple[Tenant, str], StoredContext] = field(default_factory=dict)

    def get(self, tenant: Tenant, context_id: str) -> StoredContext | None:
        return self.kept.get((tenant, context_id))

    def put(self, tenant: Tenant, context: StoredContext) -> None:
        self.kept[(tenant, context.id)] = context

    def delete(self, tenant: Tenant, context_id: str) -> bool:
        return self.kept.pop((tenant, context_id), None) is not None

    def list(self, tenant: Tenant, kind: ContextKind | None = None) -> Iterator[StoredContext]:
        for (owner, _), context in self.kept.items():
            if owner == tenant and kind in (None, context.kind):
                yield replace(context, body="")

    def used(self, tenant: Tenant, context_id: str, at: str, times: int) -> None:
        context = self.kept.get((tenant, context_id))
        if context is not None:
            self.kept[(tenant, context_id)] = replace(context, hits=context.hits + times, last_used=at)


@dataclass
class SmallInternet:
    """A ContextLoader that knows a few documents and counts who asks."""

    documents: dict[str, object] = field(default_factory=dict)
    fresh_for: int | None = None
    asked: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def fetch(self, url: str, seconds: float) -> Download:
        self.asked.append(url)
        self.seconds.append(seconds)
        if url not in self.documents:
            raise LdContextNotAvailable("there is no such document")
        found = self.documents[url]
        return Download(found if isinstance(found, str) else orjson.dumps(found).decode(), self.fresh_for)


@dataclass
class Watch:
    """A clock that goes when told to."""

    now: datetime = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class Setting:
    """The parts put together, with one user context in the internet."""

    def __init__(self, documents: Mapping[str, object] | None = None) -> None:
        user = {"@context": {"Vehicle": f"{EXAMPLE}Vehicle", "speed": f"{EXAMPLE}speed"}}
        self.internet = SmallInternet(dict(documents or {USER_URL: user}))
        self.repository = MemoryContexts()
        self.watch = Watch()
        self.contexts = self.new_process()

    def new_process(self) -> Contexts:
        """Contexts of another process over the same storage."""
        return Contexts(self.repository, self.internet, api_url=API_URL, clock=self.watch)
