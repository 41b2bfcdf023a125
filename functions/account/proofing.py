"""`/account/v1/proofing`: from the portal to the pages of identity proofing, with no token in an address."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from functions.account.requests import submitted
from machi.core.language import Language
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.responses import json_response
from machi.identity.attempts import Attempts, Limit
from machi.identity.recent import subject_of
from machi.proofing.attempts import Tickets

PER_CITIZEN = Limit("proofing", most=20, window=timedelta(hours=1))


def proofing_routes(tickets: Tickets, attempts: Attempts, *, api_url: str) -> Handlers[Request]:
    """The route; `api_url` is where the pages are, without a trailing slash."""
    routes = Handlers("/account/v1/proofing", plain)

    @routes.post("")
    async def begin(request: Request) -> Response:
        """Where the browser goes within two minutes, once. Body: `{"language": "ja"}`, or `{}`."""
        citizen = current_principal(request)
        language = _language(await submitted(request))
        attempts.count(PER_CITIZEN, subject_of(citizen))
        ticket = tickets.issue(citizen, language)
        return json_response({"url": f"{api_url}/connect/proofing?ticket={ticket}"})

    return routes


def _language(form: object) -> Language:
    if not isinstance(form, dict):
        raise InvalidRequest("send an object")
    wished = form.get("language")
    if wished is None:
        return Language.JAPANESE
    if not isinstance(wished, str) or wished not in frozenset(Language):
        raise InvalidRequest("language is none of ours")
    return Language(wished)
