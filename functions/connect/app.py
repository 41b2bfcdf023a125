"""The front door as one ASGI application."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger
from fastapi import FastAPI

from machi.http.app import create_app
from machi.http.handlers import Handlers
from machi.http.limits import Limits
from machi.http.problem import Problem, problem
from machi.identity.key_set import KeysUnavailable

_LIMITS = Limits(max_body_bytes=16_384, max_depth=2)


def app(handlers: Sequence[Handlers[Any]], *, logger: Logger) -> FastAPI:
    """The application over these handlers."""
    return create_app(
        handlers=handlers, logger=logger, limits=_LIMITS, problems={KeysUnavailable: _of_missing_keys}
    )


def _of_missing_keys(_error: KeysUnavailable) -> Problem:
    return problem("unavailable", headers={"Retry-After": "5"})
