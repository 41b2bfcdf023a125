"""What does a query request ask for? (tables 6.4.3.2-1 and 5.2.23-1, clause 5.7.2.4)

The parameters of GET and the members of a Query document mean the same and are read by one code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from machi.core.ids import EntityId
from machi.ngsild.broker.ids import entity_id
from machi.ngsild.broker.paging import MAX_LIMIT, Paging, Place
from machi.ngsild.broker.parameters import Parameters, flag, projection_text, text, texts, whole_number
from machi.ngsild.broker.selection import Selection, Selector
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.collation import Collation
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.query.ordering import Ordering
from machi.ngsild.query.parser import parse_expression
from machi.ngsild.query.pattern import matcher
from machi.ngsild.query.projection import ENTITY_MEMBERS, Projection
from machi.ngsild.query.q import Query
from machi.ngsild.query.scope import ScopeQuery
from machi.ngsild.query.targets import Expand
from machi.ngsild.query.types import ANY_TYPE, TypeSelection

MAX_JOIN_LEVEL = 10
"""Relationships followed; a larger wish is served with this depth."""

_GEO = ("georel", "geometry", "coordinates")


class JoinKind(Enum):
    """How linked entities are returned (4.5.23)."""

    INLINE = "inline"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Join:
    """Linked Entity retrieval."""

    kind: JoinKind
    level: int = 1
    contained_by: frozenset[EntityId] = frozenset()
    """Entities met before, which are not followed again."""


@dataclass(frozen=True)
class Asked:
    """A query as asked, with names expanded."""

    selection: Selection
    paging: Paging = field(default_factory=Paging)
    ordering: Ordering | None = None
    join: Join | None = None


def read_query(parameters: Parameters, expand: Expand) -> Asked:
    """All that clause 5.7.2 knows, checked as 5.7.2.4 demands.

    Raises:
        BadRequestData: a parameter is wrong, parameters do not go together, or the query is too wide.
    """
    selection, join = read_selection(parameters, expand), read_join(parameters)
    check_not_too_wide(parameters, selection)
    check_depth(selection.link_depth, join)
    return Asked(selection, read_paging(parameters), _ordering(parameters, expand), join)


def read_selection(parameters: Parameters, expand: Expand) -> Selection:
    """The conditions.

    Raises:
        BadRequestData: one of them is wrong.
    """
    csf, scopes = text(parameters, "csf"), text(parameters, "scopeQ")
    if csf is not None:
        parse_expression(csf)  # there are no context sources to filter, but it must be right
    return Selection(
        selectors=_selectors(parameters, expand),
        q=_q(parameters, expand),
        geo=_geo(parameters, expand),
        scopes=None if scopes is None else ScopeQuery.parse(scopes),
        projection=read_projection(parameters, expand),
    )


def read_projection(parameters: Parameters, expand: Expand) -> Projection:
    """`pick`, `omit` and `attrs`.

    Raises:
        BadRequestData: one of them is wrong.
    """
    projection = Projection.parse(
        expand,
        pick=projection_text(parameters, "pick"),
        omit=projection_text(parameters, "omit"),
        attrs=projection_text(parameters, "attrs"),
    )
    if projection.attributes is not None and not {"id", "type", "scope"}.isdisjoint(projection.attributes):
        raise BadRequestData("attrs lists attributes; id, type and scope are none")
    return projection


def read_join(parameters: Parameters) -> Join | None:
    """`join`, `joinLevel` and `containedBy`; None where nothing is to be joined.

    Raises:
        BadRequestData: one of them is wrong.
    """
    kind = text(parameters, "join")
    level = whole_number(parameters, "joinLevel", 1)
    contained = texts(parameters, "containedBy")
    known = frozenset(map(entity_id, contained or ()))
    if kind in (None, "@none"):
        return None
    if kind not in {"inline", "flat"}:
        raise BadRequestData("join must be inline, flat or @none")
    return Join(JoinKind(kind), min(level or 1, MAX_JOIN_LEVEL), known)


def read_paging(parameters: Parameters) -> Paging:
    """`limit`, `offset`, `count`, and the cursor of a link, which counts as long as the offset is its own.

    Raises:
        BadRequestData: one of them is wrong, or no entities are asked for and no count either.
    """
    limit, offset = whole_number(parameters, "limit", 0), whole_number(parameters, "offset", 0)
    cursor, wants_count = text(parameters, "cursor"), flag(parameters, "count") or False
    if limit == 0 and not wants_count:
        raise BadRequestData("limit may be 0 only if the count is asked for")
    paging = Paging(wants_count=wants_count)
    size = paging.limit if limit is None else min(limit, MAX_LIMIT)
    place = Place() if cursor is None else Place.parse(cursor)
    if offset in (None, place.offset):
        return Paging(size, None, place, wants_count)
    return Paging(size, offset, Place(), wants_count)


def check_not_too_wide(parameters: Parameters, selection: Selection) -> None:
    """5.7.2.4 and 5.6.21.4: types, attributes, q, a geo-query or the local scope must be there.

    Raises:
        BadRequestData: none of them is, or `type=*` comes with `local=false`.
    """
    local = flag(parameters, "local")
    if _asks_any_type(parameters) and local is False:
        raise BadRequestData("all types can only be asked for locally; leave out local=false")
    named = {name for listing in ("drop", "keep") for name in texts(parameters, listing) or ()}
    attributes = (selection.projection.attributes or frozenset()) | named
    if not (
        "type" in parameters
        or "entities" in parameters
        or attributes - ENTITY_MEMBERS
        or (selection.q is not None and selection.q.attributes)
        or selection.geo is not None
        or local
    ):
        raise BadRequestData("too wide a query: give type, attrs, q, a geo-query or local=true")


def check_depth(depth: int, join: Join | None) -> None:
    """Nothing may follow more Relationships than are joined.

    Raises:
        BadRequestData: it does.
    """
    if depth > (0 if join is None else join.level):
        raise BadRequestData("the query follows more Relationships than join and joinLevel allow")


def _asks_any_type(parameters: Parameters) -> bool:
    selectors = parameters.get("entities") or ({"type": parameters.get("type")},)
    return any(selector["type"] == ANY_TYPE for selector in selectors)


def _selectors(parameters: Parameters, expand: Expand) -> tuple[Selector, ...]:
    listed: list[Mapping[str, Any]] = parameters.get("entities") or [
        {name: parameters[name] for name in ("type", "id", "idPattern") if name in parameters}
    ]
    return tuple(_selector(selector, expand) for selector in listed)


def _selector(selector: Mapping[str, Any], expand: Expand) -> Selector:
    types, ids, pattern = text(selector, "type"), texts(selector, "id"), text(selector, "idPattern")
    return Selector(
        types=TypeSelection() if types is None else TypeSelection.parse(types, expand),
        ids=None if ids is None else tuple(dict.fromkeys(map(entity_id, ids))),
        id_pattern=None if pattern is None else matcher(pattern),
    )


def _q(parameters: Parameters, expand: Expand) -> Query | None:
    q = text(parameters, "q")
    if q is None:
        return None
    return Query.parse(
        q, expand, texts(parameters, "expandValues") or (), texts(parameters, "jsonKeys") or ()
    )


def _geo(parameters: Parameters, expand: Expand) -> GeoQuery | None:
    if not any(name in parameters for name in _GEO):
        return None
    geoproperty = text(parameters, "geoproperty")
    return GeoQuery.parse(
        text(parameters, "georel"),
        text(parameters, "geometry"),
        parameters.get("coordinates"),
        LOCATION if geoproperty is None else expand(geoproperty),
    )


def _ordering(parameters: Parameters, expand: Expand) -> Ordering | None:
    order_by, collation = projection_text(parameters, "orderBy"), text(parameters, "collation")
    if order_by is None:
        Collation.parse(collation)
        return None
    if flag(parameters, "local") is False:
        raise BadRequestData("entities are put in order only locally; leave out local=false")
    return Ordering.parse(
        order_by,
        expand,
        order_from=parameters.get("orderFrom"),
        order_geometry=text(parameters, "orderGeometry"),
        collation=collation,
    )
