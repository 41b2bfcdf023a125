"""`/staff/v1/guardianships`: evidence looked at, a guardianship ended or a child protected, at once."""

from starlette.requests import Request
from starlette.responses import Response

from functions.staff.callers import member
from machi.consent.guardians import Guardians
from machi.consent.guardianship import Approval, EndedBy, Evidence, Guardianship
from machi.core.clock import to_iso
from machi.http.forms import chosen, day, submitted_object
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response


def guardianship_routes(guardians: Guardians) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/staff/v1", plain)

    def found(request: Request) -> Guardianship:
        return guardians.identified(request.path_params["guardianship"])

    @routes.get("/guardianships/{guardianship}")
    async def one(request: Request) -> Response:
        """Who wants to act for whom."""
        return json_response(_shown(found(request)))

    @routes.post("/guardianships/{guardianship}/approval")
    async def approve(request: Request) -> Response:
        """The evidence was looked at; only its kind and what it says are kept."""
        asked, body = found(request), await submitted_object(request)
        approval = Approval(
            approver=member(request),
            evidence=chosen(body, "evidence", Evidence),
            birth_date=day(body, "birthDate"),
            expires_on=None if body.get("expiresOn") is None else day(body, "expiresOn"),
        )
        return json_response(_shown(guardians.approve(asked.guardian, asked.child, approval)))

    @routes.post("/guardianships/{guardianship}/refusal")
    async def refuse(request: Request) -> Response:
        """The evidence does not do."""
        asked = found(request)
        return json_response(_shown(guardians.refuse(asked.guardian, asked.child, member(request))))

    @routes.post("/guardianships/{guardianship}/protection")
    async def protect(request: Request) -> Response:
        """From the next request on the child is not there for this guardian."""
        active = found(request)
        return json_response(_shown(guardians.protect(active.guardian, active.child)))

    @routes.post("/guardianships/{guardianship}/end")
    async def end(request: Request) -> Response:
        """Cut off, from the next request on. Repeatable."""
        active = found(request)
        return json_response(_shown(guardians.end(active.guardian, active.child, EndedBy.STAFF)))

    return routes


def _shown(found: Guardianship) -> dict[str, object]:
    return {
        "id": found.id,
        "guardian": found.guardian,
        "child": found.child,
        "powers": sorted(found.powers),
        "state": found.state.value,
        "since": to_iso(found.at),
        "until": to_iso(found.until) if found.until is not None else None,
        "dueOn": found.due_on.isoformat(),
        "evidence": found.evidence.value if found.evidence is not None else None,
        "approver": found.approver,
        "isProtected": found.is_protected,
        "endedBy": found.ended_by.value if found.ended_by is not None else None,
    }
