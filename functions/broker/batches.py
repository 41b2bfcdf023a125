"""Routes of operations on many entities (clauses 6.14 to 6.17, 6.23 and 6.31)."""

from starlette.responses import Response

from functions.broker import results
from functions.broker.answers import Answering
from functions.broker.attributes import NO_OVERWRITE
from functions.broker.call import Call, call_of
from functions.broker.entities import PAGING
from functions.broker.entity_map_use import MapUse
from functions.broker.media_types import ENTITIES
from functions.broker.presentation import PARAMETERS, read_look, read_options
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.http.requests import json_body
from machi.http.responses import json_response
from machi.ngsild.broker.asking import read_query
from machi.ngsild.broker.batch import UpsertMode
from machi.ngsild.broker.query_document import query_parameters
from machi.ngsild.errors import BadRequestData, InvalidRequest
from machi.ngsild.provision import Existing

routes = Handlers(f"{API}/entityOperations", call_of)


@routes.post("/create")
async def create_entities(call: Call) -> Response:
    """5.6.7 Batch Entity Creation."""
    call.parameters()
    kind, tenant = call.check_body(), call.new_tenant()
    result = call.services.batch.create(tenant, await call.items(tenant, kind))
    return results.batch_result(result, json_response(result.created, status=201))


@routes.post("/upsert")
async def upsert_entities(call: Call) -> Response:
    """5.6.8 Batch Entity Creation or Update."""
    options = read_options(call.parameters({"options"}), {mode.value for mode in UpsertMode})
    if len(options) > 1:
        raise InvalidRequest("entities are either replaced or updated")
    mode = UpsertMode(next(iter(options), UpsertMode.REPLACE.value))
    kind, tenant = call.check_body(), call.new_tenant()
    result = call.services.batch.upsert(tenant, await call.items(tenant, kind), mode)
    success = json_response(result.created, status=201) if result.created else results.no_content()
    return results.batch_result(result, success)


@routes.post("/update")
async def update_entities(call: Call) -> Response:
    """5.6.9 Batch Entity Update."""
    options = read_options(call.parameters({"options"}), {NO_OVERWRITE})
    kind, tenant = call.check_body(), call.tenant()
    existing = Existing.LEFT if NO_OVERWRITE in options else Existing.REPLACED
    result = call.services.batch.update(tenant, await call.items(tenant, kind), existing)
    return results.batch_result(result, results.no_content())


@routes.post("/merge")
async def merge_entities(call: Call) -> Response:
    """5.6.20 Batch Entity Merge."""
    call.parameters()
    kind, tenant = call.check_body(), call.tenant()
    result = call.services.batch.merge(tenant, await call.items(tenant, kind))
    return results.batch_result(result, results.no_content())


@routes.post("/delete")
async def delete_entities(call: Call) -> Response:
    """5.6.10 Batch Entity Delete."""
    call.parameters()
    call.check_body()
    tenant = call.tenant()
    ids = await json_body(call.request)
    if not isinstance(ids, list):
        raise BadRequestData("the body must be an array of entity ids")
    return results.batch_result(call.services.batch.delete(tenant, ids), results.no_content())


@routes.post("/query")
async def query_entities(call: Call) -> Response:
    """5.7.2 Query Entities, with the query in the body."""
    kind, named = call.check_body(), call.parameters(PAGING | PARAMETERS)
    media, tenant = call.accepted(ENTITIES), call.tenant()
    payload = await call.payload(tenant, kind)
    parameters = {**named, **query_parameters(payload.document)}
    look = read_look(parameters, media)
    asked = read_query(parameters, payload.context.expand_term)
    use = MapUse(call, tenant, parameters)
    answer = call.services.consumption.query(tenant, use.narrowed(asked), look.view.datasets)
    writing = Answering(call, tenant, payload.context)
    return writing.entities(answer, look, named, use.headers, use.status)
