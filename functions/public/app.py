"""The public API as one ASGI application."""

from aws_lambda_powertools import Logger
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from machi.http.app import create_app
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response

routes = Handlers("/public/v1", plain)


@routes.get("/health")
async def health(_request: Request) -> Response:
    """Answers if gateway, authorizer and function work; asks no store, so it also measures their cost."""
    return json_response({"status": "ok"})


def app(*, portal_url: str | None, logger: Logger) -> Starlette:
    """The application."""
    return create_app(handlers=[routes], logger=logger, portal_url=portal_url)
