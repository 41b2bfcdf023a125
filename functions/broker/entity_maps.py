"""Routes of entity maps (clauses 6.32 and 6.34); V1.8.1 called the resource `entityMap`."""

from typing import Any

from starlette.responses import Response

from functions.broker import results
from functions.broker.answers import Answering
from functions.broker.call import Call, call_of
from functions.broker.entities import QUERYING
from functions.broker.entity_map_use import MapUse
from functions.broker.media_types import DOCUMENTS, MediaType
from functions.broker.results import API
from machi.core.ids import Tenant
from machi.http.handlers import Handlers
from machi.ngsild.broker.asking import read_query
from machi.ngsild.broker.entity_maps import describe
from machi.ngsild.broker.query_document import query_parameters
from machi.ngsild.context import Context

routes = Handlers(API, call_of)


@routes.get("/entityMaps")
async def create_entity_map(call: Call) -> Response:
    """5.14.4 Create EntityMap for Query Entities."""
    parameters, media, tenant = call.parameters(QUERYING), call.accepted(DOCUMENTS), call.tenant()
    return _created(call, tenant, call.context(tenant), parameters, media)


@routes.post("/entityMaps")
async def create_entity_map_by_post(call: Call) -> Response:
    """5.14.4 Create EntityMap for Query Entities, with the query in the body."""
    kind, named = call.check_body(), call.parameters(QUERYING)
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    payload = await call.payload(tenant, kind)
    parameters = {**named, **query_parameters(payload.document)}
    return _created(call, tenant, payload.context, parameters, media)


@routes.get("/entityMaps/{map_id}")
@routes.get("/entityMap/{map_id}")
async def retrieve_entity_map(call: Call) -> Response:
    """5.14.1 Retrieve EntityMap."""
    call.parameters()
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    found = call.services.entity_maps.retrieve(tenant, call.variable("map_id"))
    return Answering(call, tenant, call.context(tenant)).document(describe(found), media)


@routes.patch("/entityMaps/{map_id}")
@routes.patch("/entityMap/{map_id}")
async def update_entity_map(call: Call) -> Response:
    """5.14.2 Update EntityMap."""
    call.parameters()
    kind, tenant = call.check_body(), call.tenant()
    payload = await call.payload(tenant, kind)
    call.services.entity_maps.update(tenant, call.variable("map_id"), payload.document)
    return results.no_content()


@routes.delete("/entityMaps/{map_id}")
@routes.delete("/entityMap/{map_id}")
async def delete_entity_map(call: Call) -> Response:
    """5.14.3 Delete EntityMap."""
    call.parameters()
    call.services.entity_maps.delete(call.tenant(), call.variable("map_id"))
    return results.no_content()


def _created(
    call: Call, tenant: Tenant, context: Context, parameters: dict[str, Any], media: MediaType
) -> Response:
    asked = read_query(parameters, context.expand_term)
    use = MapUse(call, tenant, parameters)
    made = use.made(call.services.entity_maps.ids(tenant, asked.selection))
    answer = Answering(call, tenant, context).document(describe(made), media, status=201)
    answer.headers.update(use.headers)
    return answer
