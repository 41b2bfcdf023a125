"""Routes of entities: create, query, purge, retrieve, merge, replace, delete (clauses 6.4 and 6.5)."""

from starlette.responses import Response

from functions.broker import results
from functions.broker.answers import Answering
from functions.broker.call import Call, call_of
from functions.broker.entity_map_use import MAP_PARAMETERS, MapUse
from functions.broker.media_types import ENTITIES
from functions.broker.presentation import FORMATS, PARAMETERS, read_format, read_look, read_options
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.ngsild.broker.asking import (
    check_not_too_wide,
    read_join,
    read_projection,
    read_query,
    read_selection,
)
from machi.ngsild.broker.ids import attribute_iri
from machi.ngsild.broker.parameters import Parameters, text, texts
from machi.ngsild.broker.purge import Reduce, Reduction
from machi.ngsild.broker.writing import Target
from machi.ngsild.context import Context
from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision import Common
from machi.ngsild.query.types import TypeSelection
from machi.ngsild.reading import is_date_time
from machi.ngsild.rendering import Format

routes = Handlers(API, call_of)

SELECTING = frozenset(
    {"id", "type", "idPattern", "q", "csf", "scopeQ", "georel", "geometry", "coordinates", "geoproperty"}
)
JOINING = frozenset({"join", "joinLevel", "containedBy"})
PROJECTING = frozenset({"attrs", "pick", "omit"})
ORDERING = frozenset({"orderBy", "orderFrom", "orderGeometry", "collation"})
PAGING = frozenset({"limit", "offset", "cursor", "count"})
QUERYING = (
    SELECTING | JOINING | PROJECTING | ORDERING | PAGING | PARAMETERS | MAP_PARAMETERS
    | {"expandValues", "jsonKeys", "splitEntities"}
)  # fmt: skip
RETRIEVING = JOINING | PROJECTING | PARAMETERS | MAP_PARAMETERS | {"type"}
PURGING = SELECTING | {"drop", "keep", "geometryProperty", "attrs", "expandValues", "jsonKeys"}


@routes.post("/entities")
async def create_entity(call: Call) -> Response:
    """5.6.1 Create Entity."""
    call.parameters()
    kind, tenant = call.check_body(), call.new_tenant()
    created = call.services.provision.create(tenant, await call.payload(tenant, kind))
    return results.created(results.entity_path(created))


@routes.get("/entities")
async def query_entities(call: Call) -> Response:
    """5.7.2 Query Entities."""
    parameters, media = call.parameters(QUERYING), call.accepted(ENTITIES)
    tenant = call.tenant()
    context, look = call.context(tenant), read_look(parameters, media)
    asked = read_query(parameters, context.expand_term)
    use = MapUse(call, tenant, parameters)
    answer = call.services.consumption.query(tenant, use.narrowed(asked), look.view.datasets)
    writing = Answering(call, tenant, context)
    return writing.entities(answer, look, parameters, use.headers, use.status)


@routes.delete("/entities")
async def purge_entities(call: Call) -> Response:
    """5.6.21 Purge Entities."""
    parameters = call.parameters(PURGING)
    tenant = call.tenant()
    context = call.context(tenant)
    selection = read_selection(parameters, context.expand_term)
    check_not_too_wide(parameters, selection)
    if selection.link_depth:
        raise BadRequestData("a purge does not follow Relationships")
    result = call.services.purge.purge(tenant, selection, _reduction(parameters, context))
    return results.batch_result(result, results.no_content())


@routes.get("/entities/{entity_id}")
async def retrieve_entity(call: Call) -> Response:
    """5.7.1 Retrieve Entity."""
    parameters, media = call.parameters(RETRIEVING), call.accepted(ENTITIES)
    target = call.entity_id()
    tenant = call.tenant()
    context, look = call.context(tenant), read_look(parameters, media)
    answer = call.services.consumption.retrieve(
        tenant,
        target,
        types=types_of(parameters, context),
        projection=read_projection(parameters, context.expand_term),
        join=read_join(parameters),
        datasets=look.view.datasets,
    )
    use = MapUse(call, tenant, parameters)
    use.of_one(target)
    return Answering(call, tenant, context).entity(answer, look, use.headers)


@routes.patch("/entities")
@routes.put("/entities")
async def change_no_entity(call: Call) -> Response:
    """5.6.17.4 and 5.6.18.4: the id is not present."""
    call.check_body()
    raise BadRequestData("the path must end with the id of the entity")


@routes.patch("/entities/{entity_id}")
async def merge_entity(call: Call) -> Response:
    """5.6.17 Merge Entity."""
    parameters = call.parameters({"options", "format", "type", "observedAt", "lang"})
    kind, tenant = call.check_body(), call.tenant()
    target_id = call.entity_id()
    common = _common(parameters)
    is_simplified = read_format(parameters, read_options(parameters, FORMATS)) is Format.SIMPLIFIED
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    merge = call.services.provision.merge_simplified if is_simplified else call.services.provision.merge
    merge(target, payload, common)
    return results.no_content()


@routes.put("/entities/{entity_id}")
async def replace_entity(call: Call) -> Response:
    """5.6.18 Replace Entity."""
    parameters = call.parameters({"type"})
    kind, tenant = call.check_body(), call.tenant()
    target_id = call.entity_id()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    call.services.provision.replace(target, payload)
    return results.no_content()


@routes.delete("/entities/{entity_id}")
async def delete_entity(call: Call) -> Response:
    """5.6.6 Delete Entity."""
    call.services.provision.delete(_addressed(call))
    return results.no_content()


def types_of(parameters: Parameters, context: Context) -> TypeSelection | None:
    """`type`, where an entity is addressed that must have it."""
    types = text(parameters, "type")
    return None if types is None else TypeSelection.parse(types, context.expand_term)


def _addressed(call: Call) -> Target:
    parameters = call.parameters({"type"})
    target, tenant = call.entity_id(), call.tenant()
    return Target(tenant, target, types_of(parameters, call.context(tenant)))


def _common(parameters: Parameters) -> Common:
    observed_at = text(parameters, "observedAt")
    if observed_at is not None and not is_date_time(observed_at):
        raise BadRequestData("observedAt must be a DateTime such as 2026-11-24T05:00:00Z")
    return Common(observed_at=observed_at, language=text(parameters, "lang"))


def _reduction(parameters: Parameters, context: Context) -> Reduction | None:
    drop, keep = texts(parameters, "drop"), texts(parameters, "keep")
    if drop is not None and keep is not None:
        raise BadRequestData("attributes are either dropped or kept")
    names = drop or keep
    if names is None:
        return None
    attributes = frozenset(attribute_iri(name, context) for name in names)
    return Reduction(Reduce.KEEP if drop is None else Reduce.DROP, attributes)
