"""A small function behind the real gate: some routes of the table with handlers made for the test."""

import json
import logging
from collections.abc import Mapping
from io import StringIO
from itertools import count
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from machi.core.principal import Scope
from machi.http.app import create_app
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.lambda_entry import entry
from machi.http.limits import Limits
from machi.http.log_line import note
from machi.http.principal import current_principal
from machi.http.problem import RFC9457, Dialect, ProblemOf
from machi.http.requests import json_body
from machi.http.responses import json_response
from tests.gateway_double import Gateway, application

READER = application(Scope.ENTITIES_READ)
WRITER = application(Scope.ENTITIES_READ, Scope.ENTITIES_WRITE)
PORTAL = "https://my.example.jp"

_NUMBERS = count()
"""Loggers are kept by name for the life of the process, so no two may have the same."""


class Log:
    """A logger whose lines can be read."""

    def __init__(self) -> None:
        self._stream = StringIO()
        handler = logging.StreamHandler(self._stream)
        self.logger = Logger(service=f"test-{next(_NUMBERS)}", logger_handler=handler, utc=True)

    @property
    def text(self) -> str:
        """All that was logged."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One dictionary a line."""
        return [json.loads(line) for line in self.text.splitlines()]


def handlers(raised: Exception | None = None) -> Handlers[Request]:
    """Handlers that say what they were given, or raise."""
    routes = Handlers("/ngsi-ld/v1", plain)

    @routes.get("/entities")
    async def query(request: Request) -> Response:
        limit = request.query_params.get("limit", "10")
        if not limit.isdecimal():
            raise InvalidRequest("the limit must be a number")
        return json_response({"limit": int(limit)})

    @routes.get("/entities/{entity_id}")
    async def retrieve(request: Request) -> Response:
        if raised is not None:
            raise raised
        note(request, entities=1)
        caller = current_principal(request)
        return json_response({"id": request.path_params["entity_id"], "application": caller.application})

    @routes.delete("/entities/{entity_id}/attrs/{attr_id}")
    async def drop(request: Request) -> Response:
        return json_response([request.path_params[name] for name in ("entity_id", "attr_id")])

    @routes.post("/entities")
    async def create(request: Request) -> Response:
        return json_response({"received": await json_body(request)}, status=201)

    @routes.post("/jsonldContexts")
    async def keep(request: Request) -> Response:
        return json_response(len(await request.body()))

    return routes


def small_app(
    log: Log | None = None,
    *,
    raised: Exception | None = None,
    dialect: Dialect = RFC9457,
    problems: Mapping[type[Exception], ProblemOf] | None = None,
    limits: Limits = Limits(),  # noqa: B008  (frozen)
) -> Starlette:
    """The application."""
    return create_app(
        handlers=[handlers(raised)],
        logger=(log or Log()).logger,
        portal_url=PORTAL,
        dialect=dialect,
        problems=problems,
        limits=limits,
    )


def small_function(log: Log | None = None, **more: Any) -> Gateway:  # noqa: ANN401
    """The application behind the gateway double; takes what `small_app` takes."""
    return Gateway(entry(small_app(log, **more)))


def botocore_error(code: str, reasons: list[str] | None = None) -> Exception:
    """An error as boto3 raises it."""
    response: Any = {"Error": {"Code": code, "Message": "Table people is throttled"}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "GetItem")
