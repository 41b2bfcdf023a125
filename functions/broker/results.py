"""How is it answered what became of a change? (clauses 5.2.16, 5.2.18 and 6.3.6)

None of these answers has an @context, so names in them are fully qualified.
"""

from urllib.parse import quote

from starlette.responses import Response

from machi.http.problem import NGSI_LD, problem_of
from machi.http.responses import json_response
from machi.ngsild.broker.batch import BatchResult
from machi.ngsild.provision import Outcome

API = "/ngsi-ld/v1"
"""Root of all paths (6.2)."""


def no_content() -> Response:
    """204, for what was done and has nothing to say."""
    return Response(status_code=204)


def created(path: str) -> Response:
    """201 with the path of what was created."""
    return Response(status_code=201, headers={"Location": path})


def entity_path(entity: str) -> str:
    """Where an entity is found."""
    return f"{API}/entities/{quote(entity, safe=':@!$()*,;=~')}"


def evolution_path(entity: str) -> str:
    """Where the evolution of an entity is found."""
    return f"{API}/temporal{entity_path(entity).removeprefix(API)}"


def update_result(outcome: Outcome) -> Response:
    """204, or 207 with what was not updated and why (5.2.18)."""
    if outcome.is_complete:
        return no_content()
    body = {
        "updated": list(outcome.updated),
        "notUpdated": [
            {"attributeName": left.attribute, "reason": left.reason} for left in outcome.not_updated
        ],
    }
    return json_response(body, status=207)


def batch_result(result: BatchResult, success: Response) -> Response:
    """The answer for complete success, or 207 with the errors (5.2.16)."""
    if not result.errors:
        return success
    body = {
        "success": result.success,
        "errors": [
            {"entityId": failed.entity, "error": problem_of(failed.error, NGSI_LD)}
            for failed in result.errors
        ],
    }
    return json_response(body, status=207)
