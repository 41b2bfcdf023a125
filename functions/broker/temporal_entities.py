"""Routes that change temporal evolutions (clauses 6.18 to 6.22)."""

from starlette.responses import Response

from functions.broker import results
from functions.broker.call import Call, call_of
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.ngsild.broker.ids import attribute_iri
from machi.ngsild.broker.parameters import dataset, flag
from machi.ngsild.context import Context
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import is_uri
from machi.ngsild.temporal import ALL_DATASETS, InstancePlace

routes = Handlers(f"{API}/temporal/entities", call_of)


@routes.post("")
async def upsert_evolution(call: Call) -> Response:
    """5.6.11 Create or Update Temporal Evolution of an Entity."""
    call.parameters()
    kind, tenant = call.check_body(), call.new_tenant()
    payload = await call.payload(tenant, kind)
    entity, is_new = call.services.temporal_provision.upsert(tenant, payload.document, payload.context)
    call.services.tenants.remember(tenant)
    return results.created(results.evolution_path(entity)) if is_new else results.no_content()


@routes.delete("/{entity_id}")
async def delete_evolution(call: Call) -> Response:
    """5.6.16 Delete Temporal Evolution of an Entity."""
    call.parameters()
    entity = call.entity_id()
    call.services.temporal_provision.delete(call.tenant(), entity)
    return results.no_content()


@routes.post("/{entity_id}/attrs")
async def append_to_evolution(call: Call) -> Response:
    """5.6.12 Add Attributes to Temporal Evolution of an Entity."""
    call.parameters()
    kind, entity, tenant = call.check_body(), call.entity_id(), call.tenant()
    payload = await call.payload(tenant, kind)
    call.services.temporal_provision.append(tenant, entity, payload.document, payload.context)
    return results.no_content()


@routes.delete("/{entity_id}/attrs/{attribute}")
async def delete_from_evolution(call: Call) -> Response:
    """5.6.13 Delete Attribute from Temporal Evolution of an Entity."""
    parameters = call.parameters({"datasetId", "deleteAll"})
    entity, tenant = call.entity_id(), call.tenant()
    iri = attribute_iri(call.variable("attribute"), call.context(tenant))
    chosen = ALL_DATASETS if flag(parameters, "deleteAll") else dataset(parameters)
    call.services.temporal_provision.delete_attribute(tenant, entity, iri, chosen)
    return results.no_content()


@routes.patch("/{entity_id}/attrs/{attribute}/{instance_id}")
async def replace_instance(call: Call) -> Response:
    """5.6.14 Modify attribute instance in Temporal Evolution of an Entity."""
    call.parameters()
    kind, tenant = call.check_body(), call.tenant()
    payload = await call.payload(tenant, kind)
    place = _place(call, payload.context)
    call.services.temporal_provision.replace_instance(tenant, place, payload.document, payload.context)
    return results.no_content()


@routes.delete("/{entity_id}/attrs/{attribute}/{instance_id}")
async def delete_instance(call: Call) -> Response:
    """5.6.15 Delete attribute instance from Temporal Evolution of an Entity."""
    call.parameters()
    tenant = call.tenant()
    place = _place(call, call.context(tenant))
    call.services.temporal_provision.delete_instance(tenant, place)
    return results.no_content()


def _place(call: Call, context: Context) -> InstancePlace:
    entity, iri = call.entity_id(), attribute_iri(call.variable("attribute"), context)
    instance_id = call.variable("instance_id")
    if not is_uri(instance_id):
        raise BadRequestData("the id of an attribute instance must be a URI")
    return InstancePlace(entity, iri, instance_id)
