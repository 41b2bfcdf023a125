"""`/staff/v1/agreements`: proposed by one person, decided by another, never changed."""

from starlette.requests import Request
from starlette.responses import Response

from functions.staff.agreement_form import read_proposal, shown
from functions.staff.callers import member
from machi.consent.agreement import Agreement, AgreementState
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId
from machi.http.forms import submitted_object
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response
from machi.staff.agreements import AgreementDesk

_MOST_DIGITS = 6


def agreement_routes(desk: AgreementDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/staff/v1", plain)

    def answer(agreement: Agreement, status: int = 200) -> Response:
        """What is proposed says whether citizens have to be asked anew."""
        body = shown(agreement)
        if agreement.state is AgreementState.PROPOSED:
            body["asksForMore"] = desk.asks_for_more(agreement)
        return json_response(body, status)

    @routes.get("/agreements/{application}")
    async def every(request: Request) -> Response:
        """Every revision, newest first."""
        found = desk.all_of(_application(request))
        return json_response({"revisions": [shown(each) for each in found]})

    @routes.get("/agreements/{application}/{revision}")
    async def one(request: Request) -> Response:
        """One revision."""
        return answer(desk.find(_application(request), _revision(request)))

    @routes.post("/agreements/{application}")
    async def propose(request: Request) -> Response:
        """The next revision, waiting for another person."""
        body = await submitted_object(request)
        return answer(desk.propose(read_proposal(body, _application(request), member(request))), 201)

    @routes.post("/agreements/{application}/{revision}/approval")
    async def approve(request: Request) -> Response:
        """The second signature."""
        return answer(desk.approve(_application(request), _revision(request), member(request)))

    @routes.post("/agreements/{application}/{revision}/rejection")
    async def reject(request: Request) -> Response:
        """Turned down."""
        return answer(desk.reject(_application(request), _revision(request), member(request)))

    return routes


def _application(request: Request) -> ApplicationId:
    return ApplicationId(request.path_params["application"])


def _revision(request: Request) -> int:
    text: str = request.path_params["revision"]
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotFound("there is no such revision")
    return int(text)
