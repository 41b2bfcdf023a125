"""Where @contexts are kept (clause 5.13); `machi.storage` implements it, tests use memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from machi.core.ids import Tenant

_PREFIX = "urn:ngsi-ld:jsonldContext:"


class ContextKind(StrEnum):
    """Why the broker keeps a context (5.13.1)."""

    CACHED = "Cached"
    """Downloaded because a request named its URL; never served."""
    HOSTED = "Hosted"
    """Added by a client; served."""
    IMPLICIT = "ImplicitlyCreated"
    """Made by the broker so that an embedded context has a URL; served."""


@dataclass(frozen=True, slots=True)
class StoredContext:
    """One kept @context. Times are ISO 8601 in UTC."""

    id: str
    """The local identifier: a URN, the last segment of the URL that serves it."""
    kind: ContextKind
    body: str
    """JSON text of `{"@context": …}`, up to 1 MiB."""
    url: str
    """Where it came from (CACHED) or is served (HOSTED, IMPLICIT)."""
    created_at: str
    expires_at: str | None = None
    """CACHED: when the origin has to be asked again."""
    keep_until: str | None = None
    """CACHED: when it may be forgotten; between the two it stands in for an origin out of reach."""
    last_used: str | None = None
    hits: int = 0
    """How often it was found in the storage, approximately."""


class ContextRepository(Protocol):
    """Kept @contexts of each tenant."""

    def get(self, tenant: Tenant, context_id: str) -> StoredContext | None:
        """Read one by its local identifier; one item unless the body is large."""

    def put(self, tenant: Tenant, context: StoredContext) -> None:
        """Create it, or replace the one with its id."""

    def delete(self, tenant: Tenant, context_id: str) -> bool:
        """Forget it; False if it was not there."""

    def list(self, tenant: Tenant, kind: ContextKind | None = None) -> Iterator[StoredContext]:
        """All, or those of one kind, in any order; `body` may be empty."""

    def used(self, tenant: Tenant, context_id: str, at: str, times: int) -> None:
        """Add to `hits` and set `last_used`, best effort; nothing happens to one that is gone."""


def cached_id(url: str) -> str:
    """The local identifier of the context downloaded from a URL."""
    return _PREFIX + hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def implicit_id(body: str) -> str:
    """The local identifier of an implicitly created context: the same content is kept once."""
    return cached_id("content:" + body)


def hosted_id(unique: str) -> str:
    """The local identifier of a context that a client added."""
    return _PREFIX + unique
