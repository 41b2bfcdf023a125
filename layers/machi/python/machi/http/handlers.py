"""Which function answers which method and path? What a module of handlers declares, on FastAPI's router."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Generic, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

Received = TypeVar("Received")
Handler = Callable[[Received], Awaitable[Response]]
"""What a request becomes goes in, the answer comes out."""


class Handlers(Generic[Received]):
    """Handlers below one prefix.

    Each is given one thing made of the request, so FastAPI has one dependency to solve for any of them and
    its own validation, whose answers would repeat what was sent, has nothing to do.
    """

    def __init__(self, prefix: str, receives: Callable[[Request], Received]) -> None:
        """Begin without handlers.

        Args:
            prefix: goes before each path.
            receives: what the handlers are given, from the request.
        """
        self._receives = receives
        self.router = APIRouter(prefix=prefix)

    def get(self, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        """Declare what answers GET."""
        return self._declaring("GET", path)

    def post(self, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        """Declare what answers POST."""
        return self._declaring("POST", path)

    def put(self, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        """Declare what answers PUT."""
        return self._declaring("PUT", path)

    def patch(self, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        """Declare what answers PATCH."""
        return self._declaring("PATCH", path)

    def delete(self, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        """Declare what answers DELETE."""
        return self._declaring("DELETE", path)

    def _declaring(self, method: str, path: str) -> Callable[[Handler[Received]], Handler[Received]]:
        def declare(handler: Handler[Received]) -> Handler[Received]:
            if not iscoroutinefunction(handler):
                raise ValueError(f"what answers {method} {path} must be `async def`: threads cost 300 µs")

            async def answer(request: Request) -> Response:
                return await handler(self._receives(request))

            self.router.add_api_route(path, answer, methods=[method], response_model=None)
            return handler

        return declare


def plain(request: Request) -> Request:
    """For handlers that are given the request itself."""
    return request
