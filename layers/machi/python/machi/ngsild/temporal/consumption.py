"""Which evolutions answer a request, and which of their points? (clauses 5.7.3 and 5.7.4)"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.paging import Links, Paging, Place
from machi.ngsild.broker.selection import Selection
from machi.ngsild.entity import Entity
from machi.ngsild.errors import (
    BadRequestData,
    InvalidRequest,
    ResourceNotFound,
    TooComplexQuery,
    TooManyResults,
)
from machi.ngsild.query.projection import Projection
from machi.ngsild.temporal.aggregation import Aggregation
from machi.ngsild.temporal.evolution import SCOPE, Head, Point
from machi.ngsild.temporal.partial import ContentRange, Slice, Summary, cut, size_of, take, time_of
from machi.ngsild.temporal.query import IdOrder, TemporalQuery
from machi.ngsild.temporal.repository import FoundHead, HistoryRepository, Window
from machi.ngsild.temporal.scopes import stays

MOST_POINTS = 100_000
"""Points of one attribute that one request may aggregate or filter by."""
MOST_EXAMINED = 10_000
"""Evolutions that one request may look into."""
PAGE_BYTES = 4_000_000
"""JSON of an answer, about: a function's holds 6 MB. A page of evolutions ends there, one is refused."""
MOST_BYTES = 20_000_000
"""JSON of the points of one attribute that one request may aggregate or filter by, about."""

_ALWAYS = Window()

Keep = Callable[[Point], bool]


@dataclass(frozen=True)
class Wish:
    """What a request wants of each evolution."""

    query: TemporalQuery
    projection: Projection = field(default_factory=Projection)
    datasets: frozenset[str] | None = None
    """`@none` stands for default instances; None for all."""
    aggregation: Aggregation | None = None

    def shows(self, attribute: str) -> bool:
        """Whether an attribute, or SCOPE, is part of the answer."""
        if attribute == SCOPE:
            return self.projection.shows("scope")
        return self.projection.shows_attribute(attribute)

    def keeps(self, point: Point) -> bool:
        """Whether a point is of a dataset asked for."""
        return self.datasets is None or (point.dataset or "@none") in self.datasets


@dataclass(frozen=True, slots=True)
class TemporalAnswer:
    """Evolutions that answer a request."""

    slices: list[Slice]
    content_range: ContentRange | None = None
    """Given if there is more than the answer holds: it is a 206 then."""
    links: Links = field(default_factory=Links)
    count: int | None = None


class TemporalConsumption:
    """Reads evolutions for clients."""

    def __init__(self, history: HistoryRepository, *, instances: int) -> None:
        """`instances` is how many of one attribute an answer holds."""
        self._history = history
        self._most = instances

    def retrieve(self, tenant: Tenant, entity: EntityId, wish: Wish) -> TemporalAnswer:
        """5.7.3 Retrieve Temporal Evolution of an Entity.

        Raises:
            ResourceNotFound: there is no such evolution.
            BadRequestData: the projection follows Relationships.
            InvalidRequest: no aggregation method fits an attribute that was asked for.
        """
        _check_unlinked(wish.projection.link_depth)
        head = self._history.head(tenant, entity)
        if head is None:
            raise ResourceNotFound("there is no such evolution")
        return self._answer([self._slice(tenant, head, wish)], wish)

    def query(
        self,
        tenant: Tenant,
        selection: Selection,
        wish: Wish,
        paging: Paging,
        order: IdOrder | None = None,
    ) -> TemporalAnswer:
        """5.7.4 Query Temporal Evolution of Entities, in the order of the storage unless one is asked for.

        Raises:
            BadRequestData: the query follows Relationships.
            TooComplexQuery: too many evolutions would have to be looked into.
            InvalidRequest: no aggregation method fits an attribute that was asked for.
        """
        _check_unlinked(selection.link_depth)
        wish = replace(wish, projection=selection.projection)
        matches = self._matches(tenant, selection, wish, paging, order)
        shown, more = _page(islice(matches, paging.offset or 0, None), paging.limit)
        count = None
        if paging.wants_count:
            count = sum(1 for _ in self._matches(tenant, selection, wish, Paging(), order))
        links = _links(paging, shown, more=more, is_ordered=order is not None)
        answer = self._answer([match.slice for match in shown], wish)
        return replace(answer, links=links, count=count)

    def _matches(
        self, tenant: Tenant, selection: Selection, wish: Wish, paging: Paging, order: IdOrder | None
    ) -> Iterator["_Match"]:
        for number, found in enumerate(self._heads(tenant, selection, paging, order)):
            if number >= MOST_EXAMINED:
                raise TooComplexQuery("too many evolutions to look into; ask for types or ids")
            slice_ = self._match(tenant, found.head, selection, wish)
            if slice_ is not None:
                yield _Match(slice_, found.cursor)

    def _heads(
        self, tenant: Tenant, selection: Selection, paging: Paging, order: IdOrder | None
    ) -> Iterator[FoundHead]:
        search = selection.search()
        after = None if order is not None else paging.place.cursor
        found = self._history.search(tenant, types=search.types, ids=search.ids, after=after)
        if order is None:
            return found
        some = list(islice(found, MOST_EXAMINED + 1))
        return iter(sorted(some, key=lambda each: each.head.id, reverse=order is IdOrder.DESCENDING))

    def _match(self, tenant: Tenant, head: Head, selection: Selection, wish: Wish) -> Slice | None:
        """What the answer shows of an evolution; None if it does not answer the query."""
        whole = _entity(head, {})
        if not any(selector.matches(whole) for selector in selection.selectors):
            return None
        keep: Keep = wish.keeps
        if selection.scopes is not None:
            found = stays(self._all(tenant, head, SCOPE), selection.scopes)
            keep = _within(keep, lambda time: any(stay.holds(time) for stay in found), wish)
            if not found:
                return None
        if not self._meets(tenant, head, selection, wish):
            return None
        slice_ = self._slice(tenant, head, wish, keep)
        shown = slice_.points.keys() | slice_.aggregated.keys()
        return slice_ if shown - {SCOPE} else None

    def _meets(self, tenant: Tenant, head: Head, selection: Selection, wish: Wish) -> bool:
        """Whether instances within the window satisfy q and the geo-query."""
        if selection.q is None and selection.geo is None:
            return True
        named = frozenset() if selection.q is None else selection.q.attributes
        if selection.geo is not None:
            named |= {selection.geo.geoproperty}
        points = {
            attribute: self._bounded(self._windowed(tenant, head, attribute, wish.query))
            for attribute in named & head.attributes
        }
        entity = _entity(head, {name: [point.instance for point in found] for name, found in points.items()})
        conditions = replace(selection, scopes=None, projection=Projection())
        return conditions.matches(entity, lambda _: None)

    def _slice(self, tenant: Tenant, head: Head, wish: Wish, keep: Keep | None = None) -> Slice:
        slice_, left = Slice(head), PAGE_BYTES
        most = self._most if wish.aggregation is None else None
        for attribute in sorted(filter(wish.shows, head.attributes)):
            windowed = self._windowed(tenant, head, attribute, wish.query, most)
            found = islice(filter(keep or wish.keeps, windowed), wish.query.last_n)
            if wish.aggregation is not None:
                if attribute != SCOPE and (summaries := _summaries(self._bounded(found), wish)):
                    slice_.aggregated[attribute] = summaries
                continue
            points = list[Point]()
            for point in take(found, self._most, wish.query.by):
                points.append(point)
                left -= size_of(point)
                if left < 0:
                    raise TooManyResults("the evolution is too large for an answer; ask for fewer attributes")
            if attribute == SCOPE:
                points = self._with_scope_at_start(tenant, head, points, wish.query)
            if points:
                slice_.points[attribute] = points
        if wish.aggregation is not None:
            _check_fitting(slice_, wish)
        return slice_

    def _windowed(
        self, tenant: Tenant, head: Head, attribute: str, query: TemporalQuery, most: int | None = None
    ) -> Iterator[Point]:
        """The points of an attribute that the temporal query asks for, in its order."""
        expected = None if most is None else most + 1
        if query.wants_everything:
            return self._all(tenant, head, attribute, expected)
        return self._history.points(
            tenant,
            head.id,
            attribute,
            query.window,
            newest_first=query.is_backwards,
            expected=expected,
        )

    def _all(
        self, tenant: Tenant, head: Head, attribute: str, expected: int | None = None
    ) -> Iterator[Point]:
        observed = self._history.points(
            tenant, head.id, attribute, _ALWAYS, newest_first=False, expected=expected
        )
        return chain(observed, self._history.unobserved(tenant, head.id, attribute))

    def _with_scope_at_start(
        self, tenant: Tenant, head: Head, points: list[Point], query: TemporalQuery
    ) -> list[Point]:
        """The points of the scope with the one that was in force when the window began (4.18)."""
        start = query.window.start
        if start is None:
            return points
        before = Window(query.by, None, start)
        last = next(self._history.points(tenant, head.id, SCOPE, before, newest_first=True, expected=1), None)
        if last is None or "deletedAt" in last.instance:
            return points
        return [*points, last] if query.is_backwards else [last, *points]

    def _bounded(self, points: Iterator[Point]) -> list[Point]:
        found, left = list[Point](), MOST_BYTES
        for point in points:
            left -= size_of(point)
            if len(found) == MOST_POINTS or left < 0:
                raise TooManyResults("too many or too large instances of an attribute; ask for less time")
            found.append(point)
        return found

    def _answer(self, slices: list[Slice], wish: Wish) -> TemporalAnswer:
        if wish.aggregation is not None:
            return TemporalAnswer(slices)
        return TemporalAnswer(slices, cut(slices, self._most, wish.query))


@dataclass(frozen=True, slots=True)
class _Match:
    slice: Slice
    cursor: str


def _page(matches: Iterator[_Match], limit: int) -> tuple[list[_Match], bool]:
    """So many of the matches as were asked for, or as fit into an answer; and whether there are more."""
    shown, left = list[_Match](), PAGE_BYTES
    for match in matches:
        left -= _size(match.slice)
        if len(shown) == limit or (shown and left < 0):
            return shown, True
        shown.append(match)
    return shown, False


def _size(slice_: Slice) -> int:
    points = sum(size_of(point) for found in slice_.points.values() for point in found)
    return points + sum(len(repr(found)) for found in slice_.aggregated.values())


def _entity(head: Head, attrs: dict[str, list[object]]) -> Entity:
    """The evolution in the form that queries are asked of, with all instances of a window at once."""
    entity = {"id": head.id, "type": list(head.types), "createdAt": head.created_at, "attrs": attrs}
    return {**entity, "modifiedAt": head.created_at}  # type: ignore[typeddict-item]  # a stand-in


def _within(keep: Keep, is_inside: Callable[[str], bool], wish: Wish) -> Keep:
    return lambda point: keep(point) and is_inside(time_of(point, wish.query.by))


def _check_unlinked(depth: int) -> None:
    if depth:
        raise BadRequestData("a temporal request does not follow Relationships")


def _summaries(points: Sequence[Point], wish: Wish) -> list[Summary]:
    """Aggregated values of each dataset."""
    if wish.aggregation is None:
        return []
    alive = [point for point in points if "deletedAt" not in point.instance]
    datasets: dict[str | None, list[Point]] = {}
    for point in alive:
        datasets.setdefault(point.dataset, []).append(point)
    window = wish.query.window
    return [
        Summary(
            found[-1].instance["type"],
            dataset,
            wish.aggregation.of(found, window.by, window.start, window.end),
        )
        for dataset, found in datasets.items()
    ]


def _check_fitting(slice_: Slice, wish: Wish) -> None:
    """No attribute that was named may be one that none of the methods fits (5.7.4.4)."""
    is_named = wish.projection.attributes is not None or wish.projection.picked is not None
    for attribute, summaries in list(slice_.aggregated.items()):
        fitting = [summary for summary in summaries if summary.values]
        if is_named and not fitting:
            raise InvalidRequest("none of the aggregation methods fits an attribute that was asked for")
        if fitting:
            slice_.aggregated[attribute] = fitting
        else:
            del slice_.aggregated[attribute]


def _links(paging: Paging, shown: Sequence[_Match], *, more: bool, is_ordered: bool) -> Links:
    """The pages beside this one."""
    if paging.limit == 0:
        return Links()
    if paging.offset is not None or is_ordered:
        offset = paging.offset or 0
        return Links(
            next={"offset": str(offset + len(shown))} if more else None,
            prev={"offset": str(max(0, offset - paging.limit))} if offset else None,
        )
    place: Place = paging.place
    following = place.following(shown[-1].cursor, len(shown)).parameters() if more else None
    return Links(following, place.preceding(paging.limit))
