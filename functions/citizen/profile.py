"""`/citizen/v1/profile`: the signed-in citizen's own profile."""

from starlette.requests import Request
from starlette.responses import Response

from machi.core.clock import to_iso
from machi.http.errors import UnsupportedMediaType
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.problem import Problem, problem
from machi.http.requests import if_match, json_body, media_type, request_id
from machi.http.responses import json_response
from machi.identity.profile import MEMBERS
from machi.identity.profile_form import ProfileInvalid
from machi.identity.profiles import AccessRecord, CursorInvalid, ProfileChanged, Profiles, StoredProfile


def profile_routes(profiles: Profiles) -> Handlers[Request]:
    """The routes over these profiles."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/profile")
    async def read(request: Request) -> Response:
        """Show the profile; its version stands in the ETag."""
        return _shown(profiles.read(current_principal(request), request_id(request)))

    @routes.get("/profile/history")
    async def history(request: Request) -> Response:
        """Who looked at or changed the profile, newest first; `next` is the cursor of the next page."""
        page = profiles.history(current_principal(request), request.query_params.get("cursor"))
        return json_response({"records": [_record(record) for record in page.records], "next": page.next})

    @routes.put("/profile")
    async def replace(request: Request) -> Response:
        """Put the submitted profile in the place of the version named in `If-Match`."""
        if media_type(request) != "application/json":
            raise UnsupportedMediaType("send application/json")
        expected = if_match(request)
        submitted = await json_body(request)
        citizen = current_principal(request)
        return _shown(profiles.replace(citizen, submitted, expected, request_id(request)))

    return routes


def of_invalid(error: ProfileInvalid) -> Problem:
    """Each fault with a pointer to its member; `#` where it is in no member that we know."""
    found = problem("invalid", str(error))
    faults = tuple(
        {"pointer": f"#/{entry.member}" if entry.member else "#", "code": entry.fault.value}
        for entry in error.faults
    )
    return Problem(found.type, found.title, found.status, found.detail, errors=faults)


def of_changed(error: ProfileChanged) -> Problem:
    """The precondition in `If-Match` does not hold."""
    return problem("version-mismatch", str(error))


def of_bad_cursor(error: CursorInvalid) -> Problem:
    """The client made the cursor up."""
    return problem("invalid-request", str(error))


def _record(record: AccessRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "at": to_iso(record.at),
        "act": record.act.value,
        "by": record.actor.value,
        "application": record.application,
        "members": list(record.members),
        "purpose": record.purpose.value,
    }


def _shown(stored: StoredProfile) -> Response:
    body: dict[str, object] = {member: getattr(stored.profile, name) for name, member in MEMBERS.items()}
    body["updatedAt"] = to_iso(stored.updated_at) if stored.updated_at else None
    return json_response(body, headers={"ETag": f'"{stored.version}"'})
