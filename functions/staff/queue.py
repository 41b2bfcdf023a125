"""`/staff/v1/queue`: what waits for the staff, what is due first first."""

import re

from starlette.requests import Request
from starlette.responses import Response

from functions.staff.callers import must_hold
from machi.consent.cases import JAPAN, PAGE, CaseKind, Queue, QueueSide, Waiting, cursor_of
from machi.core.clock import Clock, to_iso
from machi.core.principal import Scope
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response

_CURSOR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}#[A-Za-z0-9_-]{1,40}")


def queue_routes(queue: Queue, clock: Clock) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/staff/v1", plain)

    @routes.get("/queue")
    async def page(request: Request) -> Response:
        """One kind; `state` is `open` or `done`, `after` the cursor of a page before."""
        kind, side, after = _kind(request), _side(request), request.query_params.get("after")
        if after is not None and not _CURSOR.fullmatch(after):
            raise InvalidRequest("after is not a cursor of this queue")
        # One more than is shown tells whether there is another page.
        found = queue.page(kind, side, after=after, limit=PAGE + 1)
        lines = found[:PAGE]
        following = cursor_of(lines[-1]) if len(found) > PAGE else None
        is_open = side is QueueSide.OPEN
        entries = [{**_shown(each), "isOverdue": is_open and _is_overdue(each, clock)} for each in lines]
        return json_response({"entries": entries, "next": following})

    return routes


def _kind(request: Request) -> CaseKind:
    wanted = request.query_params.get("kind", "")
    if wanted not in set(CaseKind):
        raise InvalidRequest("kind is report, law-request, guardianship or escalation")
    kind = CaseKind(wanted)
    is_family = kind is CaseKind.GUARDIANSHIP
    must_hold(request, Scope.GUARDIANS_HANDLE if is_family else Scope.REQUESTS_HANDLE)
    return kind


def _side(request: Request) -> QueueSide:
    wanted = request.query_params.get("state", QueueSide.OPEN.value)
    if wanted not in set(QueueSide):
        raise InvalidRequest("state is open or done")
    return QueueSide(wanted)


def _is_overdue(line: Waiting, clock: Clock) -> bool:
    return clock().astimezone(JAPAN).date() > line.due_on


def _shown(line: Waiting) -> dict[str, object]:
    return {
        "kind": line.kind.value,
        "number": line.number,
        "citizen": line.citizen,
        "receivedAt": to_iso(line.received_at),
        "dueOn": line.due_on.isoformat(),
        "about": line.about,
    }
