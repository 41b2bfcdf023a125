"""The partner API as one ASGI application."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger
from starlette.applications import Starlette

from machi.http.app import create_app
from machi.http.handlers import Handlers
from machi.http.limits import Limits

_LIMITS = Limits(max_body_bytes=8_192, max_depth=2)


def app(handlers: Sequence[Handlers[Any]], *, logger: Logger) -> Starlette:
    """The application over these handlers."""
    return create_app(handlers=handlers, logger=logger, limits=_LIMITS)
