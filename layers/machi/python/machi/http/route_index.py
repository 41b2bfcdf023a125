"""Which route a request is for, found in one walk along the segments of its path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from machi.http.errors import InvalidRequest, MethodNotAllowed, RouteNotFound
from machi.http.routes import Route


@dataclass(frozen=True, slots=True)
class Match:
    """A route and the values of its path parameters, in order."""

    route: Route
    values: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    methods: dict[str, Route] = field(default_factory=dict)


class RouteIndex:
    """The routes as a tree of segments; a literal segment goes before a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.template.split("/")[1:]:
                node = _child(node, segment)
            if route.method in node.methods:
                raise ValueError(f"{route.method} {route.template} is listed twice")
            node.methods[route.method] = route

    def find(self, method: str, raw_path: str) -> Match:
        """The route for a request.

        Args:
            method: HTTP method.
            raw_path: path as sent, percent-encoded: an encoded slash belongs to its segment. One slash at
                the end is ignored, because NGSI-LD writes its resources with and without it. An empty
                segment is an empty parameter, which the handler refuses in the words of its API.

        Raises:
            RouteNotFound: no route has this path.
            MethodNotAllowed: routes have this path, but not the method; names those there are.
            InvalidRequest: an escape in the path is not UTF-8.
        """
        node, values = self._walk(raw_path)
        route = node.methods.get(method)
        if route is None:
            allowed = ", ".join(sorted(node.methods))
            raise MethodNotAllowed(f"this resource has {allowed}", headers={"Allow": allowed})
        return Match(route, values)

    def _walk(self, raw_path: str) -> tuple[_Node, tuple[str, ...]]:
        segments = raw_path.split("/")[1:]
        if len(segments) > 1 and not segments[-1]:
            segments.pop()
        found = _descend(self._root, segments, 0)
        if found is None:
            raise RouteNotFound
        node, raw_values = found
        return node, tuple(_decode(value) for value in raw_values)


def _child(node: _Node, segment: str) -> _Node:
    if segment.startswith("{"):
        if node.parameter is None:
            node.parameter = _Node()
        return node.parameter
    return node.literal.setdefault(segment, _Node())


def _descend(node: _Node, segments: list[str], position: int) -> tuple[_Node, list[str]] | None:
    if position == len(segments):
        return (node, []) if node.methods else None
    segment = segments[position]
    if (literal := node.literal.get(segment)) is not None:
        found = _descend(literal, segments, position + 1)
        if found is not None:
            return found
    if node.parameter is None:
        return None
    found = _descend(node.parameter, segments, position + 1)
    if found is not None:
        found[1].insert(0, segment)
    return found


def _decode(segment: str) -> str:
    if "%" not in segment:
        return segment
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise InvalidRequest("an escape in the path is not UTF-8") from None
