"""`/citizen/v1/history`: the citizen's timeline of consents, disclosures, looks by staff, and guardians."""

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Behalf
from machi.applications import ApplicationRepository
from machi.consent.guardianship import GuardianshipChange, Power
from machi.consent.timeline import EntryKind, GuardianshipNote, TimelineEntry, TimelineRepository, page_of
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response


def history_routes(
    timeline: TimelineRepository, applications: ApplicationRepository, behalf: Behalf
) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/history")
    async def history(request: Request) -> Response:
        """Newest first; `next` is the cursor of the next page."""
        acting = behalf.looking(request, Power.HISTORY)
        page = page_of(timeline, acting.subject, request.query_params.get("cursor"))
        shown = [each for each in page.entries if not (acting.is_for_child and _is_protection(each))]
        parties = {each.party for each in shown if _is_application(each)}
        names = {party: _name(applications, party) for party in parties}
        return json_response({"entries": [_shown(each, names) for each in shown], "next": page.next})

    return routes


def _shown(entry: TimelineEntry, names: dict[str, str]) -> dict[str, object]:
    """`kind` is what happened to a consent, or `disclosed`, or `guardianship`.

    Of a look by staff there is the reason and no name: the city looked, and answers for it.
    """
    is_application = _is_application(entry)
    return {
        "id": entry.id,
        "at": to_iso(entry.at),
        "kind": _kind(entry),
        "application": entry.party if is_application else None,
        "name": names[entry.party] if is_application else None,
        "items": list(entry.items),
        "way": entry.way.value if entry.way is not None else None,
        "purpose": entry.purpose,
        "isByGuardian": entry.is_by_guardian,
        "guardianship": _guardianship(entry.guardianship),
    }


def _kind(entry: TimelineEntry) -> str:
    if entry.event is not None:
        return entry.event.value
    return "guardianship" if entry.kind is EntryKind.GUARDIANSHIP else "disclosed"


def _guardianship(note: GuardianshipNote | None) -> dict[str, object] | None:
    if note is None:
        return None
    return {
        "role": note.side.value,
        "change": note.change.value,
        "power": note.power.value if note.power is not None else None,
        "endedBy": note.ended_by.value if note.ended_by is not None else None,
    }


def _is_application(entry: TimelineEntry) -> bool:
    return entry.kind is not EntryKind.GUARDIANSHIP and not entry.is_staff_view


def _is_protection(entry: TimelineEntry) -> bool:
    """From whom a child is protected, no guardian learns through the child's history."""
    note = entry.guardianship
    return note is not None and note.change is GuardianshipChange.PROTECTED


def _name(applications: ApplicationRepository, party: str) -> str:
    found = applications.find(ApplicationId(party))
    return party if found is None else found.application.name
