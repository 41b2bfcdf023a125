"""Route of the context source's identity (clause 6.33)."""

from starlette.responses import Response

from functions.broker.answers import Answering
from functions.broker.call import Call, call_of
from functions.broker.media_types import DOCUMENTS
from functions.broker.results import API
from machi.http.handlers import Handlers

routes = Handlers(f"{API}/info", call_of)


@routes.get("/sourceIdentity")
async def retrieve_identity(call: Call) -> Response:
    """5.15.1 Retrieve Context Source Identity Information; a tenant has one before it has data."""
    call.parameters()
    media, tenant = call.accepted(DOCUMENTS), call.new_tenant()
    found = call.services.identity.describe(tenant)
    return Answering(call, tenant, call.context(tenant)).document(found, media)
