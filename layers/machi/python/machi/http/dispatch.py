"""How a request that the gate let in reaches its handler.

FastAPI tries one route after the other, which costs 2 µs for each of the broker's sixty. The
gate knows the route already, so one entry in the router's list looks the handler up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from machi.http.gate import match_of
from machi.http.handlers import Declared, Handlers
from machi.http.routes import ROUTES, Route


@dataclass(frozen=True, slots=True)
class _Handler:
    declared: Declared
    parameters: tuple[str, ...]


class Dispatch(BaseRoute):
    """Every route of an application, by its row in `machi.http.routes`."""

    def __init__(self, groups: Iterable[Handlers[Any]]) -> None:
        """Collect the handlers.

        Raises:
            ValueError: a route is not listed, or is there twice.
        """
        listed = {(row.method, _shape(row.template)): row for row in ROUTES}
        self._handlers: dict[Route, _Handler] = {}
        for declared in (each for group in groups for each in group):
            row = listed.get((declared.method, _shape(declared.path)))
            if row is None:
                raise ValueError(f"{declared.method} {declared.path} is not listed in machi.http.routes")
            if row in self._handlers:
                raise ValueError(f"{declared.method} {declared.path} has two handlers")
            self._handlers[row] = _Handler(declared, _names(declared.path))

    @property
    def served(self) -> frozenset[Route]:
        """The rows of the table that have a handler here."""
        return frozenset(self._handlers)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full match for what the gate let in, and nothing without the gate."""
        found = match_of(scope) if scope["type"] == "http" else None
        handler = self._handlers.get(found.route) if found else None
        if found is None or handler is None:
            return Match.NONE, {}
        route = handler.declared.route
        return Match.FULL, {
            "endpoint": route.endpoint,
            "path_params": dict(zip(handler.parameters, found.values, strict=True)),
            "route": route,
        }

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the handler."""
        await scope["route"].handle(scope, receive, send)


def _shape(template: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in template.split("/"))


def _names(template: str) -> tuple[str, ...]:
    return tuple(part[1:-1] for part in template.split("/") if part.startswith("{"))
