"""`/citizen/v1/guardianships`: who may act for a child; either side sees it, and either side ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from machi.consent.child_codes import ChildCodes
from machi.consent.guardians import Guardians
from machi.consent.guardianship import (
    EndedBy,
    Guardianship,
    GuardianshipRefused,
    GuardianshipState,
    Power,
)
from machi.core.clock import Clock, to_iso
from machi.core.errors import NotFound
from machi.core.ids import CitizenId
from machi.http.errors import Forbidden
from machi.http.forms import some_of, submitted_object, words
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.responses import json_response
from machi.identity.attempts import Attempts, Limit
from machi.identity.faults import fault

_ENTERING = Limit("child-code-entered", 10, timedelta(hours=1))
_SHOWING = Limit("child-code-shown", 20, timedelta(hours=1))
_MOST_CODE = 32  # characters, with whatever somebody types between the groups


@dataclass(frozen=True, slots=True)
class GuardianDesk:
    """What the routes work with."""

    guardians: Guardians
    codes: ChildCodes
    attempts: Attempts
    name_of: Callable[[CitizenId], str | None]
    """The name in a citizen's profile."""
    clock: Clock


def guardian_routes(desk: GuardianDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/guardianships")
    async def every(request: Request) -> Response:
        """On both sides: for whom the citizen acts, and who acts for the citizen."""
        citizen = _citizen(request)
        mine = [_shown(desk, each, citizen) for each in desk.guardians.of_guardian(citizen)]
        of_me = [_shown(desk, each, citizen) for each in desk.guardians.of_child(citizen)]
        return json_response({"guardianships": mine + of_me})

    @routes.post("/guardianships/code")
    async def show_code(request: Request) -> Response:
        """From the child's account: a code for the guardian, ten minutes, once."""
        child = _citizen(request)
        desk.attempts.count(_SHOWING, child)
        code, until = desk.codes.issue(child)
        return json_response({"code": code, "until": to_iso(until)}, 201)

    @routes.post("/guardianships")
    async def ask(request: Request) -> Response:
        """From the guardian's account: staff look at the evidence next."""
        guardian, body = _citizen(request), await submitted_object(request)
        code, powers = words(body, "childCode", most=_MOST_CODE), some_of(body, "powers", Power)
        desk.attempts.count(_ENTERING, guardian)
        child = desk.codes.take(code)
        if child is None:
            raise fault("childCode", "wrong-code")
        asked = desk.guardians.request(guardian, child, powers)
        if asked.is_protected:
            raise GuardianshipRefused("this cannot be asked for here; please come to the city hall")
        return json_response(_shown(desk, asked, guardian), 201)

    @routes.delete("/guardianships/{guardianship}")
    async def end(request: Request) -> Response:
        """At once, by either side. Repeatable."""
        citizen, named = _citizen(request), request.path_params["guardianship"]
        for found, by in (
            *((each, EndedBy.GUARDIAN) for each in desk.guardians.of_guardian(citizen)),
            *((each, EndedBy.CHILD) for each in desk.guardians.of_child(citizen)),
        ):
            if found.id == named:
                desk.guardians.end(found.guardian, found.child, by)
                return Response(status_code=204)
        raise NotFound("there is no such guardianship")

    return routes


def _shown(desk: GuardianDesk, found: Guardianship, viewer: CitizenId) -> dict[str, object]:
    """A child sees who acts for it; a guardian sees the child's name while the guardianship is in force."""
    is_child = viewer == found.child
    is_in_force = any(found.allows(power, desk.clock()) for power in Power)
    other = found.guardian if is_child else found.child
    return {
        "id": found.id,
        "role": "child" if is_child else "guardian",
        "state": _state(found, desk.clock),
        "powers": sorted(found.powers),
        "since": to_iso(found.at),
        "until": to_iso(found.until) if found.until is not None else None,
        "endedBy": found.ended_by.value if found.ended_by is not None else None,
        "isProtected": is_child and found.is_protected,
        "name": desk.name_of(other) if is_child or is_in_force else None,
    }


def _state(found: Guardianship, clock: Clock) -> str:
    """Whose time is over has ended, noted or not."""
    is_over = found.until is not None and clock() >= found.until
    if found.state is GuardianshipState.ACTIVE and is_over:
        return GuardianshipState.ENDED.value
    return found.state.value


def _citizen(request: Request) -> CitizenId:
    subject = current_principal(request).subject
    if subject is None:
        raise Forbidden("only a signed-in citizen has guardianships")
    return subject
