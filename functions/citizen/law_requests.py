"""`/citizen/v1/law-requests`: 開示, 訂正 and 利用停止, with number, day and result."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from machi.consent.cases import MAX_TEXT
from machi.consent.law_requests import Filing, LawRequest, LawRequestKind, LawRequests
from machi.core.clock import to_iso
from machi.core.ids import CitizenId
from machi.http.errors import Forbidden
from machi.http.forms import chosen, submitted_object, words
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.responses import json_response

ProvedLevel = Callable[[CitizenId], str | None]
"""Level of a citizen's identity proofing, as far as it still holds."""


def law_request_routes(requests: LawRequests, proved: ProvedLevel) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/law-requests")
    async def every(request: Request) -> Response:
        """The citizen's own, newest first."""
        found = requests.all_of(_citizen(request))
        return json_response({"requests": [_shown(each) for each in found]})

    @routes.post("/law-requests")
    async def file(request: Request) -> Response:
        """Ask; the answer has the number and the last day for the decision."""
        citizen, body = _citizen(request), await submitted_object(request)
        kind, text = chosen(body, "kind", LawRequestKind), words(body, "text", most=MAX_TEXT)
        filed = requests.file(citizen, Filing(kind, text, proved(citizen)))
        return json_response(_shown(filed), 201)

    @routes.delete("/law-requests/{number}")
    async def withdraw(request: Request) -> Response:
        """Take it back. Repeatable."""
        requests.withdraw(_citizen(request), request.path_params["number"])
        return Response(status_code=204)

    return routes


def _shown(found: LawRequest) -> dict[str, object]:
    """Who decided stays inside: the city decides, not a person."""
    ruling = found.ruling
    return {
        "number": found.number,
        "kind": found.kind.value,
        "text": found.text,
        "state": found.state.value,
        "receivedAt": to_iso(found.received_at),
        "dueOn": found.due_on.isoformat(),
        "extensionReason": found.extension_reason,
        "identityProved": found.proved is not None,
        "decision": None
        if ruling is None
        else {"outcome": ruling.outcome.value, "reason": ruling.reason, "at": to_iso(ruling.at)},
    }


def _citizen(request: Request) -> CitizenId:
    subject = current_principal(request).subject
    if subject is None:
        raise Forbidden("only a signed-in citizen can ask")
    return subject
