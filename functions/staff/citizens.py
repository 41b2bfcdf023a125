"""`POST /staff/v1/citizens/{subject}/view`: named items of one citizen, for a reason, on record first."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from functions.staff.callers import member
from machi.core.ids import CitizenId, DataItem
from machi.http.forms import submitted_object, words
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.requests import request_id
from machi.http.responses import json_response
from machi.identity.data_items import CATALOGUE
from machi.identity.faults import fault
from machi.staff.views import Look, StaffViews

_LEAST_REASON, _MOST_REASON = 5, 200


def citizen_routes(views: StaffViews) -> Handlers[Request]:
    """The route. A POST, because it leaves a record, and because reasons do not belong into URLs."""
    routes = Handlers("/staff/v1", plain)

    @routes.post("/citizens/{subject}/view")
    async def view(request: Request) -> Response:
        """The citizen reads reason and items in the history within a moment."""
        body = await submitted_object(request)
        items = _items(body)
        look = Look(
            citizen=CitizenId(request.path_params["subject"]),
            by=member(request),
            items=items,
            reason=words(body, "reason", least=_LEAST_REASON, most=_MOST_REASON),
            request=request_id(request),
        )
        claims = views.look(look)
        note(request, items=len(items))
        return json_response({"profile": claims, "items": sorted(items)})

    return routes


def _items(body: Mapping[str, Any]) -> frozenset[DataItem]:
    """No "everything": who looks says at what."""
    values = body.get("items")
    if values is None:
        raise fault("items", "missing")
    if not isinstance(values, list) or not values or not all(isinstance(each, str) for each in values):
        raise fault("items", "not-a-list")
    if not set(values) <= set(CATALOGUE):
        raise fault("items", "not-offered")
    return frozenset(map(DataItem, values))
