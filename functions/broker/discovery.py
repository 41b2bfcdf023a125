"""Routes of entity types and attributes (clauses 6.25 to 6.28)."""

from starlette.responses import Response

from functions.broker.answers import Answering
from functions.broker.call import Call, call_of
from functions.broker.media_types import DOCUMENTS
from functions.broker.results import API
from machi.http.handlers import Handlers
from machi.ngsild.broker.ids import NO_ATTRIBUTES
from machi.ngsild.broker.parameters import flag
from machi.ngsild.errors import ResourceNotFound

routes = Handlers(API, call_of)


@routes.get("/types")
async def list_types(call: Call) -> Response:
    """5.7.5 and 5.7.6 Retrieve Available Entity Types, or their details."""
    parameters, media, tenant = call.parameters({"details"}), call.accepted(DOCUMENTS), call.tenant()
    context, discovery = call.context(tenant), call.services.discovery
    describe = discovery.types if flag(parameters, "details") else discovery.type_list
    return Answering(call, tenant, context).document(describe(tenant, context.compact), media)


@routes.get("/types/{type_name}")
async def describe_type(call: Call) -> Response:
    """5.7.7 Retrieve Available Entity Type Information."""
    call.parameters()
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    context = call.context(tenant)
    found = call.services.discovery.type(
        tenant, context.expand_term(call.variable("type_name")), context.compact
    )
    return Answering(call, tenant, context).document(found, media)


@routes.get("/attributes")
async def list_attributes(call: Call) -> Response:
    """5.7.8 and 5.7.9 Retrieve Available Attributes, or their details."""
    parameters, media, tenant = call.parameters({"details"}), call.accepted(DOCUMENTS), call.tenant()
    context, discovery = call.context(tenant), call.services.discovery
    describe = discovery.attributes if flag(parameters, "details") else discovery.attribute_list
    return Answering(call, tenant, context).document(describe(tenant, context.compact), media)


@routes.get("/attributes/{attribute}")
async def describe_attribute(call: Call) -> Response:
    """5.7.10 Retrieve Available Attribute Information."""
    call.parameters()
    media, tenant = call.accepted(DOCUMENTS), call.tenant()
    context, name = call.context(tenant), call.variable("attribute")
    if name in NO_ATTRIBUTES:
        raise ResourceNotFound("this member of an entity is not an attribute")
    found = call.services.discovery.attribute(tenant, context.expand_term(name), context.compact)
    return Answering(call, tenant, context).document(found, media)
