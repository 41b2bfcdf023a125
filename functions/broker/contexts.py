"""Routes of hosted, cached and implicitly created @contexts (clauses 6.29 and 6.30)."""

from urllib.parse import quote

from starlette.responses import Response

from functions.broker import results
from functions.broker.call import Call, call_of
from functions.broker.media_types import DOCUMENTS
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.http.requests import json_body
from machi.http.responses import json_response
from machi.ngsild.broker.parameters import flag, text

routes = Handlers(f"{API}/jsonldContexts", call_of)


@routes.post("")
async def add_context(call: Call) -> Response:
    """5.13.2 Add @context."""
    call.parameters()
    call.check_body()
    tenant = call.new_tenant()
    added = call.services.hosted_contexts.add(tenant, await json_body(call.request))
    return results.created(f"{API}/jsonldContexts/{quote(added.id, safe=':')}")


@routes.get("")
async def list_contexts(call: Call) -> Response:
    """5.13.3 List @contexts."""
    parameters, media = call.parameters({"details", "kind"}), call.accepted(DOCUMENTS)
    found = call.services.hosted_contexts.list(
        call.new_tenant(), details=flag(parameters, "details") or False, kind=text(parameters, "kind")
    )
    return json_response(found, media_type=media.value)


@routes.get("/{context_id}")
async def serve_context(call: Call) -> Response:
    """5.13.4 Serve @context."""
    parameters, media = call.parameters({"details"}), call.accepted(DOCUMENTS)
    found = call.services.hosted_contexts.serve(
        call.new_tenant(), call.variable("context_id"), details=flag(parameters, "details") or False
    )
    return json_response(found, media_type=media.value)


@routes.delete("/{context_id}")
async def delete_context(call: Call) -> Response:
    """5.13.5 Delete and Reload @context."""
    parameters = call.parameters({"reload"})
    call.services.hosted_contexts.delete(
        call.new_tenant(), call.variable("context_id"), reload=flag(parameters, "reload") or False
    )
    return results.no_content()
