"""How are entities and other documents written down as answers? (clauses 6.3.6, 6.3.10 and 6.3.13)"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from starlette.responses import Response

from functions.broker.call import Call
from functions.broker.media_types import MediaType
from functions.broker.presentation import Look
from functions.broker.temporal_look import TemporalLook
from machi.core.ids import Tenant
from machi.http.responses import json_response
from machi.ngsild.broker.asking import JoinKind
from machi.ngsild.broker.consumption import Answer
from machi.ngsild.broker.paging import DEFAULT_LIMIT
from machi.ngsild.broker.paging import Links as PageLinks
from machi.ngsild.broker.versions import Version, preferred_version
from machi.ngsild.context import Context
from machi.ngsild.rendering import Links, Renderer, TemporalRenderer, with_context
from machi.ngsild.temporal import TemporalAnswer

_LEFT_AS_THEY_ARE = "~:/?,;=@!$'()*"
_PLAIN = "body=json"
_ALTERED = 203
_PARTIAL = 206
_PAGE_PARAMETERS = frozenset({"offset", "cursor"})


class Answering:
    """Writes answers to one call, in its @context."""

    def __init__(self, call: Call, tenant: Tenant, context: Context) -> None:
        self._call, self._tenant, self._context = call, tenant, context
        self._preferences = call.request.headers.get("prefer", "")

    def document(self, value: object, media: MediaType, status: int = 200) -> Response:
        """An object or an array of objects, with the @context in it or in the Link header."""
        return self._written(value, media, status, {}, [])

    def entity(self, answer: Answer, look: Look, headers: Mapping[str, str]) -> Response:
        """One entity; with those linked from it as an array if the join is flat."""
        version = preferred_version(self._preferences)
        answer, status, applied = _in_version(answer, version, 200)
        shown = self._shown(answer, look)
        if answer.join is None or answer.join.kind is not JoinKind.FLAT:
            return self._written(shown[0], look.media, status, {**headers, **applied}, [])
        return self._written(_together(shown, look), look.media, status, {**headers, **applied}, [])

    def entities(
        self,
        answer: Answer,
        look: Look,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        """A page of entities with links to the pages beside it."""
        version = preferred_version(self._preferences)
        answer, status, applied = _in_version(answer, version, status)
        extra = {**headers, **applied}
        if answer.count is not None:
            extra["NGSILD-Results-Count"] = str(answer.count)
        links = page_links(self._call.request.url.path, parameters, answer.links, look.media)
        return self._written(_together(self._shown(answer, look), look), look.media, status, extra, links)

    def evolution(self, answer: TemporalAnswer, look: TemporalLook, headers: Mapping[str, str]) -> Response:
        """One evolution, or the part of it that fits in an answer (6.3.10)."""
        (shown,) = self._evolutions(answer, look)
        status, extra = _in_parts(answer, 200, headers)
        return self._written(shown, look.media, status, extra, [])

    def evolutions(
        self,
        answer: TemporalAnswer,
        look: TemporalLook,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        """A page of evolutions with links to the pages beside it."""
        status, extra = _in_parts(answer, status, headers)
        if answer.count is not None:
            extra["NGSILD-Results-Count"] = str(answer.count)
        links = page_links(self._call.request.url.path, parameters, answer.links, look.media)
        return self._written(self._evolutions(answer, look), look.media, status, extra, links)

    def _evolutions(self, answer: TemporalAnswer, look: TemporalLook) -> list[dict[str, object]]:
        renderer = TemporalRenderer(self._context, look.view)
        return [renderer.evolution(each) for each in answer.slices]

    def _shown(self, answer: Answer, look: Look) -> list[dict[str, object]]:
        renderer, links = Renderer(self._context, look.view), None
        parts = [(answer.projection, entity) for entity in answer.entities]
        if answer.join is not None and answer.join.kind is JoinKind.FLAT:
            parts += [(linked.projection, linked.entity) for linked in answer.graph.flat]
        elif answer.join is not None:
            links = Links(
                resolve=answer.graph.resolve,
                depth=answer.join.level,
                projection=answer.projection,
                contained_by=answer.join.contained_by,
            )
        if look.media is not MediaType.GEO_JSON:
            return [renderer.entity(projection.apply(entity), links) for projection, entity in parts]
        return [
            renderer.feature(projection.apply(entity), look.geometry_property, links, whole=entity)
            for projection, entity in parts
        ]

    def _written(
        self, value: object, media: MediaType, status: int, headers: Mapping[str, str], links: Sequence[str]
    ) -> Response:
        is_plain = media is MediaType.JSON or (
            media is MediaType.GEO_JSON and _PLAIN in self._preferences.replace(" ", "").split(",")
        )
        all_links = list(links)
        if is_plain:
            all_links.insert(0, self._call.services.contexts.link_header(self._tenant, self._context))
        else:
            value = _each_with_context(value, self._context)
        extra = {**headers, "Link": ", ".join(all_links)} if all_links else headers
        return json_response(value, status=status, headers=extra, media_type=media.value)


def _in_parts(answer: TemporalAnswer, status: int, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Status and headers; 206 says which stretch of time the answer holds, if not all."""
    if answer.content_range is None:
        return status, {**headers}
    return _PARTIAL, {**headers, "Content-Range": str(answer.content_range)}


def _in_version(answer: Answer, version: Version | None, status: int) -> tuple[Answer, int, dict[str, str]]:
    """The answer as the preferred version knows it; status 203 if that changed it (6.4.3.2)."""
    if version is None:
        return answer, status, {}
    written = answer.in_version(version)
    applied = {"Preference-Applied": f"ngsi-ld={version[0]}.{version[1]}"}
    return written, status if written is answer else _ALTERED, applied


def page_links(path: str, parameters: Mapping[str, str], pages: PageLinks, media: MediaType) -> list[str]:
    """Link values for the next and the previous page; all other parameters are carried over."""
    kept = {name: value for name, value in parameters.items() if name not in _PAGE_PARAMETERS}
    kept.setdefault("limit", str(DEFAULT_LIMIT))
    found = [("prev", pages.prev), ("next", pages.next)]
    return [
        f'<{path}?{_query({**kept, **place})}>; rel="{relation}"; type="{media.value}"'
        for relation, place in found
        if place is not None
    ]


def _query(parameters: Mapping[str, str]) -> str:
    return urlencode(sorted(parameters.items()), safe=_LEFT_AS_THEY_ARE, quote_via=quote)


def _together(shown: list[dict[str, object]], look: Look) -> object:
    if look.media is MediaType.GEO_JSON:
        return {"type": "FeatureCollection", "features": shown}
    return shown


def _each_with_context(value: object, context: Context) -> object:
    if isinstance(value, list):
        return [_each_with_context(item, context) for item in value]
    return with_context(value, context) if isinstance(value, dict) else value
