"""`/citizen/v1/history`: the citizen's timeline of consents and disclosures."""

from starlette.requests import Request
from starlette.responses import Response

from machi.applications import ApplicationRepository
from machi.consent.timeline import TimelineEntry, TimelineRepository, page_of
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId
from machi.http.errors import Forbidden
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.responses import json_response


def history_routes(timeline: TimelineRepository, applications: ApplicationRepository) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/history")
    async def history(request: Request) -> Response:
        """Newest first; `next` is the cursor of the next page."""
        subject = current_principal(request).subject
        if subject is None:
            raise Forbidden("only a signed-in citizen has a history")
        page = page_of(timeline, subject, request.query_params.get("cursor"))
        names = {party: _name(applications, party) for party in {entry.party for entry in page.entries}}
        entries = [_shown(entry, names[entry.party]) for entry in page.entries]
        return json_response({"entries": entries, "next": page.next})

    return routes


def _shown(entry: TimelineEntry, name: str) -> dict[str, object]:
    """`kind` is what happened to a consent, or `disclosed`."""
    return {
        "id": entry.id,
        "at": to_iso(entry.at),
        "kind": entry.event.value if entry.event is not None else "disclosed",
        "application": entry.party,
        "name": name,
        "items": list(entry.items),
        "way": entry.way.value if entry.way is not None else None,
        "purpose": entry.purpose,
    }


def _name(applications: ApplicationRepository, party: str) -> str:
    found = applications.find(ApplicationId(party))
    return party if found is None else found.application.name
