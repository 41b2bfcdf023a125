"""Which function answers which method and path? What a module of handlers declares."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

Received = TypeVar("Received")
Handler = Callable[[Received], Awaitable[Response]]
"""What a request becomes goes in, the answer comes out."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One handler with the method and path it answers."""

    method: str
    path: str
    """The whole path, its variables in braces."""
    handler: Handler[Any]
    receives: Callable[[Request], Any]

    async def answer(self, request: Request) -> Response:
        """Run the handler."""
        return await self.handler(self.receives(request))


class Handlers(Generic[Received]):
    """Handlers below one prefix; iterating gives them in the order of declaration."""

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
            self._declared.append(Declared(method, self._prefix + path, handler, self._receives))
            return handler

        return declare


def plain(request: Request) -> Request:
    """For handlers that are given the request itself."""
    return request
