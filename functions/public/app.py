"""The public API as one ASGI application."""

from aws_lambda_powertools import Logger
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from functions.public.receipts import MAX_LENGTH, Keys, receipt_routes
from machi.http.app import create_app
from machi.http.forms import of_form
from machi.http.handlers import Handlers, plain
from machi.http.limits import Limits
from machi.http.problem import problem
from machi.http.responses import json_response
from machi.identity.faults import FormInvalid
from machi.signing.signer import SigningFailed

routes = Handlers("/public/v1", plain)
_LIMITS = Limits(max_body_bytes=2 * MAX_LENGTH, max_depth=2)


@routes.get("/health")
async def health(_request: Request) -> Response:
    """Answers if gateway, authorizer and function work; asks no store, so it also measures their cost."""
    return json_response({"status": "ok"})


def app(keys: Keys, *, portal_url: str | None, logger: Logger) -> Starlette:
    """The application; `keys` are asked for when a receipt is to be verified."""
    return create_app(
        handlers=[routes, receipt_routes(keys)],
        logger=logger,
        portal_url=portal_url,
        limits=_LIMITS,
        problems={
            FormInvalid: of_form,
            SigningFailed: lambda _: problem("unavailable", headers={"Retry-After": "5"}),
        },
    )
