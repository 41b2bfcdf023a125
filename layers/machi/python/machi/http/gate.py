"""The one place every request passes before a handler runs, and every answer on its way out.

Plain ASGI: a `@middleware("http")` would cost 200 µs for each request (see shared facts in ADR 0050).
"""

from collections.abc import Mapping
from urllib.parse import quote

from aws_lambda_powertools import Logger
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from machi.http.cors import Cors, Header
from machi.http.errors import BodyTooLarge
from machi.http.limits import Limits
from machi.http.log_line import LogLine
from machi.http.principal import admit, principal_from
from machi.http.problem import Dialect, ProblemOf, classify, document
from machi.http.request_id import request_id_of
from machi.http.requests import LIMITS_KEY
from machi.http.responses import json_response
from machi.http.route_index import Match, RouteIndex

MATCH_KEY = "machi.match"

_SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_NOT_KEPT: Header = (b"cache-control", b"no-store")


class Gate:
    """Finds the route, checks the caller's right to it, bounds the body, turns exceptions into problems,
    adds the headers that every answer has, and writes the log line.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        index: RouteIndex,
        cors: Cors,
        limits: Limits,
        dialect: Dialect,
        problems: Mapping[type[Exception], ProblemOf],
        logger: Logger,
    ) -> None:
        self._app = app
        self._index = index
        self._cors = cors
        self._limits = limits
        self._dialect = dialect
        self._problems = problems
        self._logger = logger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        line = LogLine(scope, request_id)
        answer = _Answer(send, self._headers(scope, request_id))
        try:
            self._let_in(scope, line)
            await self._app(scope, _bounded(receive, self._limits.max_body_bytes), answer.send)
        except Exception as error:
            line.error = error
            if answer.status:  # too late for a problem; the Lambda entry answers 500
                answer.status = 500
                raise
            await self._problem(error, request_id)(scope, receive, answer.send)
        finally:
            line.write(self._logger, answer.status)

    def _let_in(self, scope: Scope, line: LogLine) -> None:
        line.principal = principal_from(scope)
        match = self._index.find(scope["method"], _raw_path(scope))
        line.route = f"{match.route.method} {match.route.template}"
        admit(line.principal, match.route)
        scope[MATCH_KEY] = match
        scope[LIMITS_KEY] = self._limits

    def _problem(self, error: Exception, request_id: str) -> Response:
        found = classify(error, self._problems)
        if found.status in self._dialect.bare:
            return Response(status_code=found.status, headers=found.headers)
        return json_response(
            document(found, self._dialect, request_id),
            status=found.status,
            headers=found.headers,
            media_type=self._dialect.media_type,
        )

    def _headers(self, scope: Scope, request_id: str) -> tuple[Header, ...]:
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        return (*_SECURITY, (b"x-request-id", request_id.encode()), *self._cors.of_answer(origin))


class _Answer:
    """Sends the answer on with the headers that every answer has, and remembers its status.

    A header that the handler has set stays: a page has a content policy of its own.
    """

    def __init__(self, send: Send, headers: tuple[Header, ...]) -> None:
        self._send = send
        self._headers = headers
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name for name, _ in message["headers"]}
            headers = [*message["headers"], *(header for header in self._headers if header[0] not in own)]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append(_NOT_KEPT)
            message["headers"] = headers
        await self._send(message)


def match_of(scope: Scope) -> Match | None:
    """The route that the gate has let this request in for."""
    found: Match | None = scope.get(MATCH_KEY)
    return found


def _raw_path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("utf-8", "replace") if raw else quote(scope["path"])


def _bounded(receive: Receive, max_bytes: int) -> Receive:
    """Hands the body on until it is too long; a handler that reads it never gets more than the limit."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise BodyTooLarge(f"a body may have {max_bytes} bytes")
        return message

    return bounded
