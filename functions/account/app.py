"""The account API as one ASGI application."""

from aws_lambda_powertools import Logger
from starlette.applications import Starlette

from machi.http.app import create_app
from machi.http.limits import Limits

_LIMITS = Limits(max_body_bytes=16_384, max_depth=4)


def app(*, portal_url: str, logger: Logger) -> Starlette:
    """The application; builds no connection of its own."""
    return create_app(handlers=[], logger=logger, portal_url=portal_url, limits=_LIMITS)
