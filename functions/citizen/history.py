"""`/citizen/v1/history`: the citizen's timeline of consents, disclosures, looks by staff, and guardians."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Acting, Behalf
from functions.citizen.history_export import as_table
from functions.citizen.history_view import HistoryView
from functions.citizen.languages import language_of
from machi.applications import ApplicationRepository
from machi.consent.guardianship import GuardianshipChange, Power
from machi.consent.repositories import AgreementRepository
from machi.consent.timeline import Sieve, Sort, TimelineEntry, TimelineRepository, page_of, whole
from machi.core.clock import Clock, to_iso
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response

MOST_IN_A_FILE = 5_000
"""Entries of a download: about 2 MB, below what a function may return, and a few queries."""
_LONGEST_NAME = 100


class _Format(StrEnum):
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """What the routes work with."""

    timeline: TimelineRepository
    applications: ApplicationRepository
    agreements: AgreementRepository
    behalf: Behalf
    registered_at: Callable[[CitizenId], datetime | None]
    """Since when there is an account, and with it a history."""
    clock: Clock

    def view(self, language: Language) -> HistoryView:
        """Draws entries in a language."""
        return HistoryView(self.applications, self.agreements, language)


def history_routes(desk: HistoryDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/history")
    async def history(request: Request) -> Response:
        """Newest first; `next` is the cursor of the next page; the first page says since when it is kept."""
        view, only = desk.view(language_of(request)), _sieve(request)
        cursor = request.query_params.get("cursor")
        acting = desk.behalf.looking(request, Power.HISTORY)
        page = page_of(desk.timeline, acting.subject, cursor, only)
        body: dict[str, object] = {
            "entries": [view.shown(each) for each in _seen(page.entries, acting)],
            "next": page.next,
        }
        if cursor is None:
            since = desk.registered_at(acting.subject)
            body["keptSince"] = to_iso(since) if since is not None else None
        return json_response(body)

    @routes.get("/history/download")
    async def download(request: Request) -> Response:
        """The same as a file; `complete` is false where the history is longer than a file holds."""
        language, only, wanted = language_of(request), _sieve(request), _format(request)
        acting = desk.behalf.looking(request, Power.HISTORY)
        entries, is_complete = whole(desk.timeline, acting.subject, only, most=MOST_IN_A_FILE)
        view = desk.view(language)
        shown = [view.shown(each) for each in _seen(entries, acting)]
        if wanted is _Format.JSON:
            body = {"madeAt": to_iso(desk.clock()), "complete": is_complete, "entries": shown}
            return json_response(body, headers=_as_file(wanted))
        table = as_table(shown, language, is_complete=is_complete)
        return Response(table, media_type="text/csv; charset=utf-8", headers=_as_file(wanted))

    return routes


def _seen(entries: Iterable[TimelineEntry], acting: Acting) -> list[TimelineEntry]:
    """From whom a child is protected, no guardian learns through the child's history."""
    return [each for each in entries if not (acting.is_for_child and _is_protection(each))]


def _is_protection(entry: TimelineEntry) -> bool:
    note = entry.guardianship
    return note is not None and note.change is GuardianshipChange.PROTECTED


def _sieve(request: Request) -> Sieve:
    """`?kind=` and `?application=`.

    Raises:
        InvalidRequest: no such kind, or no name of an application.
    """
    kind, application = request.query_params.get("kind"), request.query_params.get("application")
    if kind is not None and kind not in set(Sort):
        raise InvalidRequest(f"kind is one of {', '.join(Sort)}")
    if application is not None and not 0 < len(application) <= _LONGEST_NAME:
        raise InvalidRequest("application is the name of an application")
    return Sieve(
        sort=Sort(kind) if kind is not None else None,
        application=ApplicationId(application) if application is not None else None,
    )


def _format(request: Request) -> _Format:
    wanted = request.query_params.get("format", _Format.JSON.value)
    if wanted not in set(_Format):
        raise InvalidRequest("format is json or csv")
    return _Format(wanted)


def _as_file(wanted: _Format) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="machi-history.{wanted.value}"'}
