"""The one factory for all functions that answer HTTP requests."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from machi.http.cors import Cors
from machi.http.dispatch import Dispatch
from machi.http.gate import Gate
from machi.http.handlers import Handlers
from machi.http.limits import Limits
from machi.http.problem import RFC9457, Dialect, ProblemOf
from machi.http.route_index import RouteIndex
from machi.http.routes import ROUTES


def create_app(
    *,
    handlers: Sequence[Handlers[Any]],
    logger: Logger,
    portal_url: str | None = None,
    limits: Limits = Limits(),  # noqa: B008  (frozen)
    problems: Mapping[type[Exception], ProblemOf] | None = None,
    dialect: Dialect = RFC9457,
) -> FastAPI:
    """An application whose every request passes the gate.

    Args:
        handlers: each must be listed in `machi.http.routes` and be `async def`.
        logger: takes one line a request.
        portal_url: whose scripts may read the answers; None for no browser at all.
        limits: of request bodies.
        problems: what the function's own exceptions become; goes before the common rules.
        dialect: how problems are written.

    Raises:
        ValueError: a route is not listed or is there twice, or a handler is no `async def`.
    """
    gate = Middleware(
        Gate,
        index=RouteIndex(ROUTES),
        cors=Cors(portal_url),
        limits=limits,
        dialect=dialect,
        problems=dict(problems or {}),
        logger=logger,
    )
    return FastAPI(
        routes=[Dispatch(handlers)],
        middleware=[gate],
        exception_handlers={HTTPException: _leave_to_gate, RequestValidationError: _leave_to_gate},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"auto_configure": False},
    )


async def _leave_to_gate(_request: Request, error: Exception) -> Response:
    """FastAPI's own answers to its own exceptions would repeat what was sent."""
    raise error
