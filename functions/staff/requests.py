"""Requests under the law, reports and escalations, as staff handle them; each result is kept."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from functions.staff.callers import member
from machi.consent.cases import MAX_TEXT
from machi.consent.escalations import Escalation, Escalations
from machi.consent.law_requests import LawRequest, LawRequests, Outcome
from machi.consent.reports import FindsEntries, Report, Reports
from machi.consent.timeline import TimelineEntry
from machi.core.clock import to_iso
from machi.http.forms import chosen, submitted_object, words
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """What the routes work with."""

    law_requests: LawRequests
    reports: Reports
    escalations: Escalations
    timeline: FindsEntries


def request_routes(desk: RequestDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/staff/v1", plain)

    @routes.get("/law-requests/{number}")
    async def law_request(request: Request) -> Response:
        """One request, in the citizen's words."""
        return json_response(_law_request(desk.law_requests.numbered(_number(request))))

    @routes.post("/law-requests/{number}/extension")
    async def extend(request: Request) -> Response:
        """Thirty days more, once, with a reason the citizen reads."""
        reason = words(await submitted_object(request), "reason", most=MAX_TEXT)
        return json_response(_law_request(desk.law_requests.extend(_number(request), reason)))

    @routes.post("/law-requests/{number}/decision")
    async def decide(request: Request) -> Response:
        """The decision, with the reason the citizen reads."""
        body = await submitted_object(request)
        outcome, reason = chosen(body, "outcome", Outcome), words(body, "reason", most=MAX_TEXT)
        decided = desk.law_requests.decide(_number(request), outcome, reason, member(request))
        return json_response(_law_request(decided))

    @routes.get("/reports/{number}")
    async def report(request: Request) -> Response:
        """One report with the entry it is about; names of items, no values."""
        found = desk.reports.numbered(_number(request))
        entry = desk.timeline.entry(found.citizen, found.entry)
        return json_response({**_report(found), "entry": None if entry is None else _entry(entry)})

    @routes.post("/reports/{number}/answer")
    async def answer(request: Request) -> Response:
        """What was found out, for the citizen to read."""
        text = words(await submitted_object(request), "text", most=MAX_TEXT)
        return json_response(_report(desk.reports.answer(_number(request), text, member(request))))

    @routes.get("/escalations/{number}")
    async def escalation(request: Request) -> Response:
        """One withdrawal that nobody acknowledged."""
        return json_response(_escalation(desk.escalations.numbered(_number(request))))

    @routes.post("/escalations/{number}/settlement")
    async def settle(request: Request) -> Response:
        """What was done about it."""
        text = words(await submitted_object(request), "text", most=MAX_TEXT)
        settled = desk.escalations.settle(_number(request), text, member(request))
        return json_response(_escalation(settled))

    return routes


def _number(request: Request) -> str:
    return str(request.path_params["number"])


def _law_request(found: LawRequest) -> dict[str, object]:
    ruling = found.ruling
    return {
        **_frame(found),
        "kind": found.kind.value,
        "text": found.text,
        "state": found.state.value,
        "identityProved": found.proved,
        "extensionReason": found.extension_reason,
        "decision": None
        if ruling is None
        else {"outcome": ruling.outcome.value, **_said(ruling.reason, ruling.by, ruling.at)},
    }


def _report(found: Report) -> dict[str, object]:
    given = found.answer
    return {
        **_frame(found),
        "text": found.text,
        "answer": None if given is None else _said(given.text, given.by, given.at),
    }


def _escalation(found: Escalation) -> dict[str, object]:
    settled = found.settlement
    return {
        **_frame(found),
        "application": found.application,
        "withdrawal": found.withdrawal,
        "settlement": None if settled is None else _said(settled.text, settled.by, settled.at),
    }


def _frame(found: LawRequest | Report | Escalation) -> dict[str, object]:
    return {
        "number": found.number,
        "citizen": found.citizen,
        "receivedAt": to_iso(found.received_at),
        "dueOn": found.due_on.isoformat(),
    }


def _said(text: str, by: str, at: datetime) -> dict[str, object]:
    return {"text": text, "by": by, "at": to_iso(at)}


def _entry(entry: TimelineEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": to_iso(entry.at),
        "kind": entry.kind.value,
        "event": entry.event.value if entry.event is not None else None,
        "way": entry.way.value if entry.way is not None else None,
        "party": entry.party or None,
        "items": list(entry.items),
        "purpose": entry.purpose,
    }
