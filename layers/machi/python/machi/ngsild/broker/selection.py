"""Which entities does a query want? (clause 5.7.2.4) And what of that can an index narrow?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import GeoQuery
from machi.ngsild.query.pattern import Matcher
from machi.ngsild.query.projection import Projection
from machi.ngsild.query.q import Query
from machi.ngsild.query.scope import ScopePattern, ScopeQuery
from machi.ngsild.query.targets import Resolve
from machi.ngsild.query.types import TypeSelection
from machi.ngsild.repositories import Search

T = TypeVar("T")

_ANY_TYPE = TypeSelection()
_ANY_LEVEL = "+"


@dataclass(frozen=True, slots=True)
class Selector:
    """One entity selector (5.2.33): a match has such a type, and one of the ids or else the pattern."""

    types: TypeSelection = _ANY_TYPE
    ids: tuple[EntityId, ...] | None = None
    id_pattern: Matcher | None = None

    def matches(self, entity: Entity) -> bool:
        """True if the entity is one of those selected."""
        if self.ids is not None:
            if entity["id"] not in self.ids:
                return False
        elif self.id_pattern is not None and not self.id_pattern(entity["id"]):
            return False
        return self.types.matches(entity["type"])


@dataclass(frozen=True)
class Selection:
    """All conditions of a query; a match meets every one, and at least one selector."""

    selectors: tuple[Selector, ...] = (Selector(),)
    q: Query | None = None
    geo: GeoQuery | None = None
    scopes: ScopeQuery | None = None
    projection: Projection = field(default_factory=Projection)
    """Only its `attrs` select; see there."""
    only: frozenset[EntityId] | None = None
    """If given, nothing but these, whatever the selectors say."""

    def matches(self, entity: Entity, resolve: Resolve) -> bool:
        """True if the entity answers the query; `resolve` finds linked entities."""
        return (
            (self.only is None or entity["id"] in self.only)
            and any(selector.matches(entity) for selector in self.selectors)
            and self.projection.selects(entity)
            and (self.scopes is None or self.scopes.matches(entity.get("scope")))
            and (self.geo is None or _is_near(self.geo, entity))
            and (self.q is None or self.q.matches(entity, resolve))
        )

    def search(self) -> Search:
        """What an index can do of it: no match is lost, what comes too much `matches` takes out."""
        attributes = frozenset() if self.q is None else self.q.required
        if self.geo is not None:
            attributes |= {self.geo.geoproperty}
        ids = _union(selector.ids for selector in self.selectors)
        if self.only is not None:
            ids = tuple(sorted(self.only if ids is None else self.only.intersection(ids)))
        search = Search(
            types=_union(selector.types.touched for selector in self.selectors),
            ids=ids,
            scopes=None if self.scopes is None else _scope_paths(self.scopes),
            attributes=attributes,
            any_attributes=self.projection.attributes or frozenset(),
        )
        if self.geo is None:
            return search
        return replace(search, area=self.geo.bounds(), geoproperty=self.geo.geoproperty)

    def among(self, entities: Sequence[EntityId]) -> "Selection":
        """The same conditions, on these entities only."""
        return replace(self, only=frozenset(entities))

    @property
    def is_exact(self) -> bool:
        """True if `search` says all there is to say, so an index may count the matches."""
        return (
            self.q is None
            and self.only is None
            and self.geo is None
            and self.scopes is None
            and len(self.selectors) == 1
            and self.selectors[0].id_pattern is None
            and (self.selectors[0].types.is_exact or not self.selectors[0].types.alternatives)
        )

    @property
    def link_depth(self) -> int:
        """How many Relationships the query and the projection follow."""
        return max(0 if self.q is None else self.q.link_depth, self.projection.link_depth)


def _is_near(geo: GeoQuery, entity: Entity) -> bool:
    """Any instance of the GeoProperty will do (5.7.2.4)."""
    return any(
        geo.matches(instance["value"])
        for instance in entity["attrs"].get(geo.geoproperty, ())
        if instance["type"] == "GeoProperty"
    )


def _union(parts: Iterable[tuple[T, ...] | None]) -> tuple[T, ...] | None:
    found: dict[T, None] = {}
    for part in parts:
        if part is None:
            return None
        found.update(dict.fromkeys(part))
    return tuple(found)


def _scope_paths(scopes: ScopeQuery) -> tuple[str, ...] | None:
    """For each alternative one scope that a match must have; None if an index cannot find one."""
    paths: dict[str, None] = {}
    for alternative in scopes.alternatives:
        path = max(map(_path, alternative), key=len)
        if not path:
            return None
        paths[path] = None
    return tuple(paths)


def _path(pattern: ScopePattern) -> str:
    """The scope up to its first wildcard, with `/#` behind it if there is one; empty for any scope."""
    levels = pattern.levels
    if _ANY_LEVEL in levels:
        fixed = levels[: levels.index(_ANY_LEVEL)]
        return "".join(f"/{level}" for level in fixed) + "/#" if fixed else ""
    return str(pattern) if levels else ""
