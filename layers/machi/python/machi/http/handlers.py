"""Which function answers which method and path? What a module of handlers declares, as routes of FastAPI."""

from collections.abc import Awaitable, Callable, Iterator
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Generic, TypeVar

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

Received = TypeVar("Received")
Handler = Callable[[Received], Awaitable[Response]]
"""What a request becomes goes in, the answer comes out."""


class Declared:
    """One handler with the method and path it answers."""

    def __init__(self, method: str, path: str, answer: Handler[Request]) -> None:
        self.method, self.path, self._answer = method, path, answer

    @cached_property
    def route(self) -> APIRoute:
        """Made at the first request for it: a process serves few of the broker's sixty."""
        return APIRoute(self.path, self._answer, methods=[self.method], response_model=None)


class Handlers(Generic[Received]):
    """Handlers below one prefix; iterating gives them in the order of declaration.

    Each is given one thing made of the request, so FastAPI has one dependency to solve for any of them and
    its own validation, whose answers would repeat what was sent, has nothing to do.
    """

    def __init__(self, prefix: str, receives: Callable[[Request], Received]) -> None:
        """Begin without handlers.

        Args:
            prefix: goes before each path.
            receives: what the handlers are given, from the request.
        """
        self._prefix, self._receives = prefix, receives
        self._declared: list[Declared] = []

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared)

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

            self._declared.append(Declared(method, self._prefix + path, answer))
            return handler

        return declare


def plain(request: Request) -> Request:
    """For handlers that are given the request itself."""
    return request
