"""`/citizen/v1/history/{entry}/report` and `/citizen/v1/reports`: what a citizen does not recognise."""

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Behalf
from machi.consent.cases import MAX_TEXT
from machi.consent.guardianship import Power
from machi.consent.reports import Report, Reports
from machi.core.clock import to_iso
from machi.http.forms import submitted_object, words
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response


def report_routes(reports: Reports, behalf: Behalf) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/citizen/v1", plain)

    @routes.post("/history/{entry}/report")
    async def report(request: Request) -> Response:
        """Staff will look at it; the answer has the number. Pressing twice makes one report."""
        acting = behalf.acting(request, Power.HISTORY)
        text = words(await submitted_object(request), "text", most=MAX_TEXT)
        filed = reports.file(acting.subject, request.path_params["entry"], text)
        return json_response(_shown(filed), 201)

    @routes.get("/reports")
    async def every(request: Request) -> Response:
        """Newest first, with answers."""
        acting = behalf.looking(request, Power.HISTORY)
        return json_response({"reports": [_shown(each) for each in reports.all_of(acting.subject)]})

    return routes


def _shown(found: Report) -> dict[str, object]:
    answer = found.answer
    return {
        "number": found.number,
        "entry": found.entry,
        "text": found.text,
        "receivedAt": to_iso(found.received_at),
        "dueOn": found.due_on.isoformat(),
        "answer": None if answer is None else {"text": answer.text, "at": to_iso(answer.at)},
    }
