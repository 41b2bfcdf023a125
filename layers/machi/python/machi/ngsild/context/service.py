"""What can a client do with the @contexts that the broker keeps? (clause 5.13)"""

from urllib.parse import unquote

import orjson

from machi.core.clock import Clock, to_iso
from machi.core.ids import Tenant, new_id
from machi.ngsild.context.contexts import Contexts
from machi.ngsild.context.core_context import is_core_url
from machi.ngsild.context.processing import process
from machi.ngsild.context.repository import (
    ContextKind,
    ContextRepository,
    StoredContext,
    cached_id,
    hosted_id,
)
from machi.ngsild.errors import (
    BadRequestData,
    InvalidRequest,
    LdContextNotAvailable,
    NgsiLdError,
    OperationNotSupported,
    ResourceNotFound,
)

MAX_BYTES = 1024 * 1024
"""Of one hosted context."""


class ContextService:
    """The operations of `/jsonldContexts`."""

    def __init__(self, contexts: Contexts, repository: ContextRepository, clock: Clock) -> None:
        """`contexts` is the one that serves requests, so that it forgets what is changed here."""
        self._contexts = contexts
        self._repository = repository
        self._clock = clock

    def add(self, tenant: Tenant, document: object) -> StoredContext:
        """5.13.2 Add @context: keep it as hosted.

        Raises:
            InvalidRequest: the document is not an object with the member `@context`.
            BadRequestData: the @context is not valid or too large.
            LdContextNotAvailable: it refers to one that cannot be had.
        """
        if not isinstance(document, dict) or "@context" not in document:
            raise InvalidRequest("the body must be a JSON object with the member @context")
        source = document["@context"]
        process(source, self._contexts.documents.walk(tenant).fetch)
        body = orjson.dumps({"@context": source})
        if len(body) > MAX_BYTES:
            raise BadRequestData("an @context may have at most 1 MiB")
        now = self._clock()
        context_id = hosted_id(new_id("context", now))
        stored = StoredContext(
            id=context_id,
            kind=ContextKind.HOSTED,
            body=body.decode(),
            url=self._contexts.documents.served_at(context_id),
            created_at=to_iso(now),
        )
        self._repository.put(tenant, stored)
        return stored

    def list(
        self, tenant: Tenant, *, details: bool = False, kind: str | None = None
    ) -> list[str] | list[dict[str, object]]:
        """5.13.3 List @contexts: URLs, or with details one description each, oldest first.

        Raises:
            BadRequestData: there is no such kind.
        """
        if kind is not None and kind not in set(ContextKind):
            raise BadRequestData(f"kind must be one of {', '.join(ContextKind)}")
        self._contexts.flush_uses()
        found = sorted(
            self._repository.list(tenant, None if kind is None else ContextKind(kind)),
            key=lambda stored: (stored.created_at, stored.id),
        )
        return [_details(stored) for stored in found] if details else [stored.url for stored in found]

    def serve(self, tenant: Tenant, context_id: str, *, details: bool = False) -> dict[str, object]:
        """5.13.4 Serve @context: the document, or with details its description.

        Raises:
            ResourceNotFound: there is no such context.
            OperationNotSupported: it is a cached one or the core, which its origin serves.
        """
        if is_core_url(context_id):
            raise OperationNotSupported("the core @context is served by its origin only")
        if details:
            self._contexts.flush_uses()
        stored = self._get(tenant, context_id)
        if details:
            return _details(stored)
        if stored.kind is ContextKind.CACHED:
            raise OperationNotSupported("a cached @context is served by its origin only")
        document: dict[str, object] = orjson.loads(stored.body)
        return document

    def delete(self, tenant: Tenant, context_id: str, *, reload: bool = False) -> None:
        """5.13.5 Delete and Reload @context.

        Raises:
            BadRequestData: it is the core, or one is to be reloaded that is not a cached one.
            ResourceNotFound: there is no such context.
            LdContextNotAvailable: the reload failed; the copy is kept as it was.
        """
        if is_core_url(context_id):
            raise BadRequestData("the core @context is part of the broker")
        stored = self._find(tenant, context_id)
        if reload:
            self._reload(tenant, stored)
        elif stored is None or not self._repository.delete(tenant, stored.id):
            raise ResourceNotFound("there is no such @context")
        self._contexts.forget(tenant)

    def _reload(self, tenant: Tenant, stored: StoredContext | None) -> None:
        if stored is None or stored.kind is not ContextKind.CACHED:
            raise BadRequestData("only a cached @context can be reloaded")
        documents = self._contexts.documents
        documents.forget(stored.url)
        walk = documents.walk(tenant)
        try:
            fresh = documents.fetch_only(stored.url)
            process(orjson.loads(fresh.body)["@context"], walk.fetch)
        except LdContextNotAvailable:
            raise
        except NgsiLdError as error:
            raise LdContextNotAvailable(f"the reloaded @context is not valid: {error}") from None
        self._repository.put(tenant, fresh)

    def _get(self, tenant: Tenant, context_id: str) -> StoredContext:
        stored = self._find(tenant, context_id)
        if stored is None:
            raise ResourceNotFound("there is no such @context")
        return stored

    def _find(self, tenant: Tenant, name: str) -> StoredContext | None:
        """By local identifier, or by the URL it came from or is served at."""
        own = self._contexts.documents.own_id(name)
        found = self._repository.get(tenant, unquote(own) if own is not None else name)
        return self._repository.get(tenant, cached_id(name)) if found is None and "://" in name else found


def _details(stored: StoredContext) -> dict[str, object]:
    """The description of 5.13.3.5; `timestamp` is what the OpenAPI of V1.8.1 calls `createdAt`."""
    details: dict[str, object] = {
        "URL": stored.url,
        "localId": stored.id,
        "kind": stored.kind.value,
        "createdAt": stored.created_at,
        "timestamp": stored.created_at,
    }
    if stored.kind is ContextKind.CACHED and stored.expires_at is not None:
        details["expiresAt"] = stored.expires_at
    if stored.last_used is not None:
        details["lastUsage"] = stored.last_used
    details["numberOfHits"] = stored.hits
    return details
