"""The id by which a request is found in answers and logs."""

from uuid import uuid4

from starlette.types import Scope

_SCOPE_KEY = "machi.request_id"


def request_id_of(scope: Scope) -> str:
    """The gateway's id of the request; a new one where there is no gateway, as in tests."""
    known: str | None = scope.get(_SCOPE_KEY)
    if known is None:
        event = scope.get("aws.event") or {}
        known = str((event.get("requestContext") or {}).get("requestId") or uuid4())
        scope[_SCOPE_KEY] = known
    return known
