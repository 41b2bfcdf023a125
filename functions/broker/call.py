"""One request to the broker: what every operation asks of it (clauses 6.3.4, 6.3.5, 6.3.14 and 6.3.20)."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from functions.broker.media_types import MediaType, accepted
from functions.broker.personal import TENANT, PersonalServices
from functions.broker.services import Services
from machi.core.ids import EntityId, Tenant
from machi.core.principal import Principal
from machi.http.errors import LengthRequired, UnsupportedMediaType
from machi.http.principal import current_principal
from machi.http.requests import json_body, request_id
from machi.ngsild.broker.ids import entity_id
from machi.ngsild.broker.payload import Items, Payload
from machi.ngsild.context import BodyKind, Context
from machi.ngsild.errors import BadRequestData, InvalidRequest

_KINDS = {
    "application/json": BodyKind.JSON,
    "application/ld+json": BodyKind.JSON_LD,
}
_MERGE_PATCH = "application/merge-patch+json"
_NO_CONTEXT: dict[BodyKind, object] = {BodyKind.JSON: {}, BodyKind.JSON_LD: {"@context": []}}
_EVERYWHERE = frozenset({"local"})
"""Parameters that every operation knows (6.3.18)."""
_MAY_REPEAT = frozenset({"datasetId"})


class Call:
    """A request with the services that answer it."""

    def __init__(self, request: Request, principal: Principal, services: Services) -> None:
        self.request, self.services, self._principal = request, services, principal

    def parameters(self, allowed: Collection[str] = ()) -> dict[str, Any]:
        """The URL's parameters; empty ones are left out.

        Raises:
            InvalidRequest: one that the operation does not know, or one given twice (6.3.20).
        """
        found: dict[str, Any] = {}
        seen: set[str] = set()
        for name, value in parse_qsl(self.request.url.query, keep_blank_values=True):
            if name not in allowed and name not in _EVERYWHERE:
                raise InvalidRequest("the operation has no such parameter")
            if name in seen and name not in _MAY_REPEAT:
                raise InvalidRequest(f"the parameter {name} is given more than once")
            seen.add(name)
            if value:
                found[name] = f"{found[name]},{value}" if name in found else value
        return found

    def variable(self, name: str) -> str:
        """A variable of the path."""
        return str(self.request.path_params[name])

    def entity_id(self) -> EntityId:
        """The entity that the path names.

        Raises:
            BadRequestData: by something that is no URI.
        """
        return entity_id(self.variable("entity_id"))

    def accepted(self, offered: Sequence[MediaType]) -> MediaType:
        """The representation to answer in.

        Raises:
            NotAcceptable: there is none that the client accepts.
        """
        return accepted(self.request.headers.get("accept"), offered)

    def tenant(self) -> Tenant:
        """The tenant of an operation that does not create.

        Raises:
            NonexistentTenant, BadRequestData: see Tenants.
        """
        return self.services.tenants.existing(self._principal, self._tenant_name())

    def new_tenant(self) -> Tenant:
        """The tenant of an operation that creates, or needs no tenant to exist.

        Raises:
            NonexistentTenant, BadRequestData: see Tenants.
        """
        return self.services.tenants.named(self._principal, self._tenant_name())

    def context(self, tenant: Tenant) -> Context:
        """The @context of a request without body.

        Raises:
            BadRequestData, LdContextNotAvailable: it is wrong or cannot be fetched.
        """
        return self.services.contexts.for_request(tenant, BodyKind.NONE, links=self._links())

    def check_body(self) -> BodyKind:
        """What kind of body there is; looked at before anything else (6.3.4).

        Raises:
            UnsupportedMediaType, LengthRequired: none that can be read.
        """
        headers = self.request.headers
        name = headers.get("content-type", "").partition(";")[0].strip().lower()
        if name == _MERGE_PATCH and self.request.method == "PATCH":
            name = MediaType.JSON
        if name not in _KINDS:
            raise UnsupportedMediaType
        if "content-length" not in headers and "transfer-encoding" in headers:
            raise LengthRequired
        return _KINDS[name]

    async def payload(self, tenant: Tenant, kind: BodyKind) -> Payload:
        """The body with its @context.

        Raises:
            InvalidRequest, BadRequestData, LdContextNotAvailable: one of them is wrong.
        """
        document = await json_body(self.request)
        if not isinstance(document, dict | list):
            raise BadRequestData("the body must be an object or an array")
        holder = document if isinstance(document, dict) else {}
        context = self.services.contexts.for_request(tenant, kind, links=self._links(), body=holder)
        return Payload(document, context)

    async def items(self, tenant: Tenant, kind: BodyKind) -> Items:
        """The body of a batch; each document finds its @context on its own.

        Raises:
            InvalidRequest: not JSON.
            BadRequestData: not an array, or a Link header that must not be there.
            LdContextNotAvailable: the @context of the Link header cannot be fetched.
        """
        documents = await json_body(self.request)
        if not isinstance(documents, list):
            raise BadRequestData("the body must be an array")
        contexts, links = self.services.contexts, self._links()
        contexts.for_request(tenant, kind, links=links, body=_NO_CONTEXT[kind])
        return Items(
            documents, lambda document: contexts.for_request(tenant, kind, links=links, body=document)
        )

    def _tenant_name(self) -> str | None:
        names = _named_tenants(self.request)
        if len(names) > 1:
            raise BadRequestData("only one tenant may be named")
        return (names[0] or None) if names else None

    def _links(self) -> list[str]:
        return self.request.headers.getlist("link")


def call_of(request: Request) -> Call:
    """What every handler is given.

    Raises:
        NonexistentTenant: the caller may not use the tenant of personal entities.
    """
    principal, state = current_principal(request), request.app.state
    personal: PersonalServices | None = state.personal
    if personal is not None and _named_tenants(request) == [TENANT]:
        return Call(request, principal, personal.of(principal, request_id(request)))
    return Call(request, principal, state.services)


def _named_tenants(request: Request) -> list[str]:
    return [name.strip() for name in request.headers.getlist("ngsild-tenant")]
