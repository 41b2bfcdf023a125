"""Routes of the attributes of an entity (clauses 6.6 and 6.7)."""

from fastapi import APIRouter
from starlette.responses import Response

from functions.broker import results
from functions.broker.call import Incoming
from functions.broker.entities import types_of
from functions.broker.presentation import read_options
from functions.broker.results import API
from machi.ngsild.broker.ids import entity_id as as_entity_id
from machi.ngsild.broker.parameters import NO_DATASET, flag, text
from machi.ngsild.broker.writing import Target
from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision import Existing, Instances
from machi.ngsild.reading import is_uri

routes = APIRouter(prefix=API)

NO_OVERWRITE = "noOverwrite"


@routes.post("/entities/{entity_id}/attrs")
async def append_attributes(call: Incoming, entity_id: str) -> Response:
    """5.6.3 Append Attributes."""
    parameters = call.parameters({"type", "options"})
    options = read_options(parameters, {NO_OVERWRITE})
    kind, target_id, tenant = call.check_body(), as_entity_id(entity_id), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    existing = Existing.LEFT if NO_OVERWRITE in options else Existing.REPLACED
    return results.update_result(call.services.provision.append(target, payload, existing))


@routes.patch("/entities/{entity_id}/attrs")
async def update_attributes(call: Incoming, entity_id: str) -> Response:
    """5.6.2 Update Attributes."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), as_entity_id(entity_id), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    return results.update_result(call.services.provision.update(target, payload))


@routes.patch("/entities/{entity_id}/attrs/{attribute}")
async def update_attribute(call: Incoming, entity_id: str, attribute: str) -> Response:
    """5.6.4 Partial Attribute Update."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), as_entity_id(entity_id), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    call.services.provision.update_attribute(target, attribute, payload)
    return results.no_content()


@routes.put("/entities/{entity_id}/attrs/{attribute}")
async def replace_attribute(call: Incoming, entity_id: str, attribute: str) -> Response:
    """5.6.19 Replace Attribute."""
    parameters = call.parameters({"type"})
    kind, target_id, tenant = call.check_body(), as_entity_id(entity_id), call.tenant()
    payload = await call.payload(tenant, kind)
    target = Target(tenant, target_id, types_of(parameters, payload.context))
    call.services.provision.replace_attribute(target, attribute, payload)
    return results.no_content()


@routes.delete("/entities/{entity_id}/attrs/{attribute}")
async def delete_attribute(call: Incoming, entity_id: str, attribute: str) -> Response:
    """5.6.5 Delete Attribute."""
    parameters = call.parameters({"type", "datasetId", "deleteAll"})
    target_id, tenant = as_entity_id(entity_id), call.tenant()
    context = call.context(tenant)
    dataset = text(parameters, "datasetId")
    if dataset == NO_DATASET:
        dataset = None
    if dataset is not None and not is_uri(dataset):
        raise BadRequestData("datasetId must be a URI")
    call.services.provision.delete_attribute(
        Target(tenant, target_id, types_of(parameters, context)),
        attribute,
        context,
        dataset=dataset,
        instances=Instances.ALL if flag(parameters, "deleteAll") else Instances.ONE,
    )
    return results.no_content()
