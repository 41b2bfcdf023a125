"""Routes of the attributes of an entity (clauses 6.6 and 6.7)."""

from starlette.responses import Response

from functions.broker import results
from functions.broker.call import Call, call_of
from functions.broker.entities import types_of
from functions.broker.presentation import read_options
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.ngsild.broker.ids import attribute_iri
from machi.ngsild.broker.parameters import dataset, flag
from machi.ngsild.broker.writing import EntityNotFound, Target
from machi.ngsild.provision import Existing, Instances
from machi.ngsild.temporal import ALL_DATASETS

routes = Handlers(API, call_of)

NO_OVERWRITE = "noOverwrite"


@routes.post("/entities/{entity_id}/attrs")
async def append_attributes(call: Call) -> Response:
    """5.6.3 Append Attributes."""
    parameters = call.parameters({"type", "options"})
    options = read_options(parameters, {NO_OVERWRITE})
    kind, target_id, tenant = call.check_body(), call.entity_id(), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    existing = Existing.LEFT if NO_OVERWRITE in options else Existing.REPLACED
    return results.update_result(call.services.provision.append(target, payload, existing))


@routes.patch("/entities/{entity_id}/attrs")
async def update_attributes(call: Call) -> Response:
    """5.6.2 Update Attributes."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), call.entity_id(), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    return results.update_result(call.services.provision.update(target, payload))


@routes.patch("/entities/{entity_id}/attrs/{attribute}")
async def update_attribute(call: Call) -> Response:
    """5.6.4 Partial Attribute Update."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), call.entity_id(), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    call.services.provision.update_attribute(target, call.variable("attribute"), payload)
    return results.no_content()


@routes.put("/entities/{entity_id}/attrs/{attribute}")
async def replace_attribute(call: Call) -> Response:
    """5.6.19 Replace Attribute."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), call.entity_id(), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    call.services.provision.replace_attribute(target, call.variable("attribute"), payload)
    return results.no_content()


@routes.delete("/entities/{entity_id}/attrs/{attribute}")
async def delete_attribute(call: Call) -> Response:
    """5.6.5 Delete Attribute."""
    parameters = call.parameters({"type", "datasetId", "deleteAll"})
    target_id, attribute, tenant = call.entity_id(), call.variable("attribute"), call.tenant()
    context = call.context(tenant)
    target = Target(tenant, target_id, types_of(parameters, context))
    chosen, instances = dataset(parameters), Instances.ALL if flag(parameters, "deleteAll") else Instances.ONE
    try:
        call.services.provision.delete_attribute(
            target, attribute, context, dataset=chosen, instances=instances
        )
    except EntityNotFound:
        buried = ALL_DATASETS if instances is Instances.ALL else chosen
        if not _bury(call, target, attribute_iri(attribute, context), buried):
            raise
    return results.no_content()


def _bury(call: Call, target: Target, iri: str, chosen: str | None) -> bool:
    """Record the end of an attribute whose entity is known by its evolution only (4.5.7)."""
    if target.types is not None:
        return False
    return call.services.temporal_provision.bury(target.tenant, target.entity, iri, chosen)
