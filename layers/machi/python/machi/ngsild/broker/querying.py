"""How is a query answered from storage, page by page? (clauses 5.7.2.4 and 5.5.9)

Without an order candidates are read from the index and filtered until the page is full; the page after
it goes on there. With `orderBy` all matches are needed before the first is known, so their number is
bounded. Every request has a budget of entities and time: when it is spent, the page ends early and the
link to the next one says where to go on.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from machi.core.clock import Clock, to_iso
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.linked import LinkedEntities, targets_of
from machi.ngsild.broker.paging import Links, Paging, Place
from machi.ngsild.broker.selection import Selection
from machi.ngsild.entity import Entity
from machi.ngsild.errors import TooComplexQuery, TooManyResults
from machi.ngsild.provision import unexpired
from machi.ngsild.query.ordering import Ordering
from machi.ngsild.repositories import Cursor, EntityRepository, Search

_LOOKS_AT_CLOCK = 64
"""Candidates between two looks at the clock."""
_SMALLEST_READ, _LARGEST_READ = 10, 200
"""Candidates asked of storage at a time."""

MAX_SORTED = 10_000
"""Matches that `orderBy` may have to put in order."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one request may spend."""

    entities: int = 20_000
    """Candidates examined."""
    seconds: float = 8.0
    """Time spent examining them; looked at now and then."""
    page_bytes: int = 4_000_000
    """JSON of the entities of a page, about: an answer of a function holds 6 MB."""


BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matches."""

    entities: list[Entity]
    links: Links = field(default_factory=Links)
    count: int | None = None
    """Number of all matches, if it was asked for."""


@dataclass(frozen=True, slots=True)
class _Found:
    entity: Entity
    cursor: Cursor
    size: int


class _Examined:
    """Candidates filtered, until the budget is spent."""

    def __init__(
        self,
        candidates: Iterator[_Found],
        matches: Callable[[Entity], bool],
        budget: Budget,
        seconds: Callable[[], float],
    ) -> None:
        self._candidates, self._matches, self._budget, self._seconds = candidates, matches, budget, seconds
        self.last: Cursor | None = None
        """The place behind the candidate examined last."""
        self.is_spent = False

    def __iter__(self) -> Iterator[_Found]:
        deadline = self._seconds() + self._budget.seconds
        for number, found in enumerate(self._candidates):
            is_late = number % _LOOKS_AT_CLOCK == 0 and self._seconds() > deadline
            if number >= self._budget.entities or is_late:
                self.is_spent = True
                return
            self.last = found.cursor
            if self._matches(found.entity):
                yield found


class Querying:
    """Answers queries over the entities of a tenant."""

    def __init__(
        self,
        entities: EntityRepository,
        clock: Clock,
        budget: Budget = BUDGET,  # frozen
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entities, self._clock, self._budget, self._seconds = entities, clock, budget, seconds

    def page(
        self,
        tenant: Tenant,
        selection: Selection,
        paging: Paging,
        ordering: Ordering | None = None,
    ) -> Page:
        """One page of the entities that match.

        Raises:
            TooManyResults: more matches than can be put in order.
            TooComplexQuery: counting or ordering would take longer than a request may.
            BadRequestData: the cursor is none of this query.
        """
        if ordering is not None:
            return self._ordered(tenant, selection, paging, ordering)
        count = self._count(tenant, selection) if paging.wants_count else None
        if paging.limit == 0:
            return Page([], count=count)
        return self._unordered(tenant, selection, paging, count)

    def ids(self, tenant: Tenant, selection: Selection, most: int) -> list[EntityId]:
        """The ids of all matches.

        Raises:
            TooManyResults: there are more than `most`.
            TooComplexQuery: finding them takes longer than a request may.
        """
        return [EntityId(entity["id"]) for entity in self._every(tenant, selection, most)]

    def _unordered(self, tenant: Tenant, selection: Selection, paging: Paging, count: int | None) -> Page:
        skipping = paging.offset or 0
        examined = self._examine(tenant, selection, paging.place.cursor, skipping + paging.limit + 1)
        found: list[_Found] = []
        left = self._budget.page_bytes
        for match in examined:
            if skipping:
                skipping -= 1
            elif len(found) == paging.limit:
                return Page(_entities(found), _links(paging, found), count)
            elif found and match.size > left:
                return Page(_entities(found), _early_links(paging, found, found[-1].cursor), count)
            else:
                found.append(match)
                left -= match.size
        if not examined.is_spent:
            return Page(_entities(found), _last_links(paging), count)
        if skipping:
            raise TooComplexQuery("so large an offset takes too long; follow the links of the pages instead")
        return Page(_entities(found), _early_links(paging, found, examined.last), count)

    def _ordered(self, tenant: Tenant, selection: Selection, paging: Paging, ordering: Ordering) -> Page:
        every = self._every(tenant, selection, MAX_SORTED)
        ordered = ordering.arrange((entity, EntityId(entity["id"])) for entity in every)
        offset = paging.offset or 0
        wanted = ordered[offset : offset + paging.limit]
        shown, taken = self._read(tenant, wanted)
        more = len(ordered) > offset + taken and paging.limit > 0
        links = _counted_links(Paging(paging.limit, offset), is_last=not more) if paging.limit else Links()
        if more and taken < len(wanted):
            links = Links({"offset": str(offset + taken)}, links.prev)
        return Page(shown, links, len(ordered) if paging.wants_count else None)

    def _read(self, tenant: Tenant, wanted: Sequence[EntityId]) -> tuple[list[Entity], int]:
        """Entities of a page, and for how many of those wanted they stand: there is a limit of bytes."""
        now, shown, left = to_iso(self._clock()), list[Entity](), self._budget.page_bytes
        found = self._entities.get_many(tenant, wanted) if wanted else {}
        for number, identifier in enumerate(wanted):
            stored = found.get(identifier)
            entity = None if stored is None else unexpired(stored.entity, now)
            if stored is None or entity is None:
                continue
            if shown and stored.size > left:
                return shown, number
            shown.append(entity)
            left -= stored.size
        return shown, len(wanted)

    def _count(self, tenant: Tenant, selection: Selection) -> int:
        if selection.is_exact:
            known = self._entities.count(tenant, selection.search())
            if known is not None:
                return known
        examined = self._examine(tenant, selection, None, self._budget.entities)
        number = sum(1 for _ in examined)
        if examined.is_spent:
            raise TooComplexQuery("counting the matches takes too long; narrow the query")
        return number

    def _every(self, tenant: Tenant, selection: Selection, most: int) -> Iterator[Entity]:
        """All matches, one after the other; none of them is kept here."""
        examined = self._examine(tenant, selection, None, most)
        for number, match in enumerate(examined):
            if number == most:
                raise TooManyResults(f"the query has more than {most} matches; narrow it")
            yield match.entity
        if examined.is_spent:
            raise TooComplexQuery("finding all matches takes too long; narrow the query")

    def _examine(
        self, tenant: Tenant, selection: Selection, after: Cursor | None, expected: int
    ) -> _Examined:
        linked = LinkedEntities(self._entities, tenant, to_iso(self._clock()))
        candidates = self._candidates(tenant, selection.search(), after, expected)
        if selection.q is not None and selection.q.link_depth:
            candidates = _with_links(candidates, selection.q.attributes, linked)
        return _Examined(
            candidates, lambda entity: selection.matches(entity, linked), self._budget, self._seconds
        )

    def _candidates(
        self, tenant: Tenant, search: Search, after: Cursor | None, expected: int
    ) -> Iterator[_Found]:
        now = to_iso(self._clock())
        page = min(max(expected, _SMALLEST_READ), _LARGEST_READ)
        for candidate in self._entities.search(tenant, search, after=after, page=page):
            entity = unexpired(candidate.stored.entity, now)
            if entity is not None:
                yield _Found(entity, candidate.cursor, candidate.stored.size)


def _with_links(
    candidates: Iterator[_Found], attributes: Collection[str], linked: LinkedEntities
) -> Iterator[_Found]:
    """The candidates, in bundles whose linked entities are read together."""
    while bundle := list(islice(candidates, _LARGEST_READ)):
        linked.forget_if_many()
        linked.read(target for found in bundle for target in targets_of(found.entity, attributes))
        yield from bundle


def _entities(found: list[_Found]) -> list[Entity]:
    return [match.entity for match in found]


def _links(paging: Paging, found: list[_Found]) -> Links:
    """Links of a full page with others behind it."""
    if paging.offset is not None:
        return _counted_links(paging, is_last=False)
    following = paging.place.following(found[-1].cursor, len(found))
    return Links(following.parameters(), paging.place.preceding(paging.limit))


def _last_links(paging: Paging) -> Links:
    if paging.offset is not None:
        return _counted_links(paging, is_last=True)
    return Links(None, paging.place.preceding(paging.limit))


def _early_links(paging: Paging, found: list[_Found], behind: Cursor | None) -> Links:
    """Links of a page that ended because the budget was spent; also who counts goes on by cursor."""
    place = paging.place if paging.offset is None else Place(paging.offset)
    before = _last_links(paging).prev
    return Links(None if behind is None else place.following(behind, len(found)).parameters(), before)


def _counted_links(paging: Paging, *, is_last: bool) -> Links:
    """Links for a client that counts itself."""
    offset = paging.offset or 0
    return Links(
        None if is_last else {"offset": str(offset + paging.limit)},
        {"offset": str(max(0, offset - paging.limit))} if offset else None,
    )
