"""The public API as one ASGI application."""

from aws_lambda_powertools import Logger
from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from machi.http.app import create_app
from machi.http.responses import json_response

routes = APIRouter(prefix="/public/v1")


@routes.get("/health")
async def health() -> Response:
    """Answers if gateway, authorizer and function work; asks no store, so it also measures their cost."""
    return json_response({"status": "ok"})


def app(*, portal_url: str | None, logger: Logger) -> FastAPI:
    """The application."""
    return create_app(service="public", routers=[routes], logger=logger, portal_url=portal_url)
