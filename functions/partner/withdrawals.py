"""`/partner/v1/withdrawals`: a recipient says that it has deleted what a citizen took back."""

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from machi.connect.withdrawals import Acknowledgements
from machi.consent.withdrawal_notice import AcknowledgementRefused, WithdrawalId
from machi.core.clock import to_iso
from machi.http.errors import Forbidden, UnsupportedMediaType
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.principal import current_principal
from machi.http.requests import json_body, media_type
from machi.http.responses import json_response
from machi.identity.faults import Faulty, FormInvalid


def withdrawal_routes(acknowledgements: Acknowledgements) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/partner/v1", plain)

    @routes.post("/withdrawals/{withdrawal}/acknowledgement")
    async def acknowledge(request: Request) -> Response:
        """`{"deletedAt": moment}`, or null for what is known and not deleted yet. Repeatable."""
        application = current_principal(request).application
        if application is None:
            raise Forbidden("an application's key is needed")
        if media_type(request) != "application/json":
            raise UnsupportedMediaType("send application/json")
        deleted_at = _read(await json_body(request))
        withdrawal = WithdrawalId(request.path_params["withdrawal"])
        try:
            kept = acknowledgements.acknowledge(application, withdrawal, deleted_at)
        except AcknowledgementRefused:
            raise FormInvalid(Faulty("deletedAt", "out-of-range")) from None
        note(request, state=kept.state.value)
        return json_response(
            {
                "state": kept.state.value,
                "at": to_iso(kept.at),
                "deletedAt": None if kept.deleted_at is None else to_iso(kept.deleted_at),
            }
        )

    return routes


def _read(submitted: object) -> datetime | None:
    if not isinstance(submitted, Mapping) or "deletedAt" not in submitted:
        raise FormInvalid(Faulty("deletedAt", "missing"))
    text = submitted["deletedAt"]
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise FormInvalid(Faulty("deletedAt", "not-a-moment"))
    return moment.astimezone(UTC)
