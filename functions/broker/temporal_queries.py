"""Routes that read temporal evolutions (clauses 6.18.3.2, 6.19.3.1, 6.24, 6.35)."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from functions.broker.answers import Answering
from functions.broker.call import Call, call_of
from functions.broker.entities import PAGING, PROJECTING, SELECTING
from functions.broker.entity_map_use import MAP_PARAMETERS, MapUse
from functions.broker.media_types import DOCUMENTS, MediaType
from functions.broker.results import API
from functions.broker.temporal_look import LOOKING, TemporalLook, read_temporal_look
from machi.core.ids import EntityId, Tenant
from machi.http.handlers import Handlers
from machi.ngsild.broker.asking import (
    check_not_too_wide,
    read_paging,
    read_projection,
    read_selection,
)
from machi.ngsild.broker.entity_maps import MAX_ENTITIES, describe
from machi.ngsild.broker.paging import Paging
from machi.ngsild.broker.parameters import Parameters
from machi.ngsild.broker.query_document import temporal_query_parameters
from machi.ngsild.broker.selection import Selection
from machi.ngsild.context import BodyKind, Context
from machi.ngsild.errors import TooManyResults
from machi.ngsild.rendering import TemporalFormat
from machi.ngsild.temporal import IdOrder

routes = Handlers(f"{API}/temporal", call_of)

RETRIEVING = PROJECTING | LOOKING | MAP_PARAMETERS
QUERYING = (
    RETRIEVING | SELECTING | PAGING
    | {"expandValues", "jsonKeys", "splitEntities", "orderBy", "collation"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A temporal query, however it was sent."""

    tenant: Tenant
    context: Context
    parameters: Parameters
    selection: Selection
    look: TemporalLook


@routes.get("/entities/{entity_id}")
async def retrieve_evolution(call: Call) -> Response:
    """5.7.3 Retrieve Temporal Evolution of an Entity."""
    parameters, media = call.parameters(RETRIEVING), call.accepted(DOCUMENTS)
    entity, tenant = call.entity_id(), call.tenant()
    context = call.context(tenant)
    look = read_temporal_look(parameters, read_projection(parameters, context.expand_term), media)
    answer = call.services.temporal_consumption.retrieve(tenant, entity, look.wish)
    use = MapUse(call, tenant, parameters)
    use.of_one(entity)
    return Answering(call, tenant, context).evolution(answer, look, use.headers)


@routes.get("/entities")
async def query_evolutions(call: Call) -> Response:
    """5.7.4 Query Temporal Evolution of Entities."""
    parameters = call.parameters(QUERYING)
    return _queried(call, _by_url(call, parameters), parameters)


@routes.post("/entityOperations/query")
async def query_evolutions_by_post(call: Call) -> Response:
    """5.7.4 Query Temporal Evolution of Entities, with the query in the body."""
    kind, parameters = call.check_body(), call.parameters(PAGING | LOOKING)
    return _queried(call, await _by_body(call, parameters, kind), parameters)


@routes.get("/entityMaps")
async def create_entity_map(call: Call) -> Response:
    """5.14.5 Create EntityMap for Query Temporal Evolution of Entities."""
    return _mapped(call, _by_url(call, call.parameters(QUERYING)))


@routes.post("/entityMaps")
async def create_entity_map_by_post(call: Call) -> Response:
    """5.14.5 Create EntityMap for Query Temporal Evolution of Entities, with the query in the body."""
    kind, parameters = call.check_body(), call.parameters(QUERYING)
    return _mapped(call, await _by_body(call, parameters, kind))


def _by_url(call: Call, parameters: Parameters) -> Asked:
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    return _asked(tenant, call.context(tenant), parameters, media)


async def _by_body(call: Call, named: Parameters, kind: BodyKind) -> Asked:
    """Aggregation methods in the body ask for aggregated values, unless the URL names a format."""
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    payload = await call.payload(tenant, kind)
    parameters = {**named, **temporal_query_parameters(payload.document)}
    if "aggrMethods" in parameters:
        parameters.setdefault("format", TemporalFormat.AGGREGATED.value)
    return _asked(tenant, payload.context, parameters, media)


def _asked(tenant: Tenant, context: Context, parameters: Parameters, media: MediaType) -> Asked:
    selection = read_selection(parameters, context.expand_term)
    check_not_too_wide(parameters, selection)
    look = read_temporal_look(parameters, selection.projection, media, needs_times=True)
    return Asked(tenant, context, parameters, selection, look)


def _queried(call: Call, asked: Asked, named: Mapping[str, str]) -> Response:
    paging, order = read_paging(asked.parameters), IdOrder.parse(asked.parameters)
    use = MapUse(call, asked.tenant, asked.parameters)
    selection = use.selecting(asked.selection, lambda: _ids(call, asked))
    answer = call.services.temporal_consumption.query(
        asked.tenant, selection, asked.look.wish, paging, order=order
    )
    writing = Answering(call, asked.tenant, asked.context)
    return writing.evolutions(answer, asked.look, named, use.headers, use.status)


def _mapped(call: Call, asked: Asked) -> Response:
    use = MapUse(call, asked.tenant, asked.parameters)
    made = use.made(_ids(call, asked))
    answer = Answering(call, asked.tenant, asked.context).document(
        describe(made), asked.look.media, status=201
    )
    answer.headers.update(use.headers)
    return answer


def _ids(call: Call, asked: Asked) -> list[EntityId]:
    """All evolutions that answer a query."""
    everything = Paging(limit=MAX_ENTITIES + 1)
    found = call.services.temporal_consumption.query(
        asked.tenant, asked.selection, asked.look.wish, everything
    )
    if len(found.slices) > MAX_ENTITIES:
        raise TooManyResults(f"an entity map holds up to {MAX_ENTITIES} entities")
    return [each.head.id for each in found.slices]
