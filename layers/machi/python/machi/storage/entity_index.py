"""Which index entries does an entity have, and which of them does a search read?

An entry is a small item that leads to the entity. All of an entity's entries follow from the entity
alone, so a change knows which to put and which to delete without reading them. See docs/data-model.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from machi.core.ids import Tenant
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.geo import Bounds
from machi.storage.cells import ALPHABET, COARSEST, FINEST, box_of, cell_of, columns_and_rows, cover, name_of
from machi.storage.key_range import LAST, KeyRange, Place
from machi.storage.limits import MAX_ATTRIBUTES, MAX_ENTRIES, MAX_ID_BYTES, MAX_TYPE_BYTES
from machi.storage.spans import Span, spans_over
from machi.storage.type_facts import TypeFacts, holds

_SHAPE_CELLS = 9
"""Cells that one shape is entered under; a larger shape is entered as `wide`."""
_PARTITIONS = 12
"""Coarsest cells that a search by area looks in; a larger box, some 100 km wide, is searched by type."""
_SPANS = 8
"""Stretches of cells that a search by area reads: each costs a query, and saves reading what lies around."""
_TOKEN = 8  # hexadecimal digits: two attributes of one type collide once in billions, and cost a read then
_END = "#"
_WIDE = "wide"
_ENTITY = "entity"
_LAST_DIGITS = ALPHABET[-1] * (FINEST - COARSEST)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that leads to one entity."""

    places: frozenset[Place]
    """Keys of its entries."""
    attributes: str
    """Tokens of its attributes, sorted, for filters decided on the entry."""
    scopes: tuple[str, ...]
    expires: int | None
    """Epoch seconds; entries go with the entity."""
    facts: TypeFacts = field(default_factory=TypeFacts)


NO_INDEX = Index(frozenset(), "", (), None)


def index_of(tenant: Tenant, entity: Entity, expires: int | None) -> Index:
    """The entries of an entity.

    Raises:
        BadRequestData: id, types, places or scopes are more than an entity may have.
    """
    _check_names(entity)
    geometries = {iri: cells for iri, instances in entity["attrs"].items() if (cells := _cells(instances))}
    places = {*_type_places(tenant, entity), *_scope_places(tenant, entity)}
    for geoproperty, cells in geometries.items():
        places.update(_geo_places(tenant, entity, geoproperty, cells))
    if len(places) > MAX_ENTRIES:
        raise BadRequestData(f"types, places and scopes together may make at most {MAX_ENTRIES} entries")
    facts = TypeFacts(
        frozenset(entity["attrs"]),
        frozenset(geometries),
        frozenset(name for name, cells in geometries.items() if not _is_points(cells)),
        frozenset(name for name, cells in geometries.items() if _WIDE in cells),
        frozenset() if expires is None else frozenset([_ENTITY]),
    )
    scopes = tuple(sorted(entity.get("scope", ())))
    return Index(frozenset(places), tokens_of(entity["attrs"]), scopes, expires, facts)


def places_like(place: Place, tenant: Tenant, entity: Entity, geoproperty: str) -> list[Place]:
    """The entries an entity has of the same kind as one that led to it; by place, those of a GeoProperty."""
    match _kind(place):
        case "T":
            return list(_type_places(tenant, entity))
        case "S":
            return list(_scope_places(tenant, entity))
        case _:
            cells = _cells(entity["attrs"].get(geoproperty, ()))
            return list(_geo_places(tenant, entity, geoproperty, cells))


def type_range(tenant: Tenant, iri: str) -> KeyRange:
    """All entities of a type, by id."""
    return KeyRange(_type_pk(tenant, iri))


def scope_ranges(tenant: Tenant, iri: str, scopes: tuple[str, ...]) -> list[KeyRange]:
    """Entities of a type in any of the scopes (`/A/B` exactly, `/A/#` with all below)."""
    ranges: list[KeyRange] = []
    for scope in scopes:
        root = scope.removesuffix("/#")
        ranges.append(KeyRange(_scope_pk(tenant, iri), root + _END, root + _END + LAST))
        if root != scope:
            ranges.append(KeyRange(_scope_pk(tenant, iri), root + "/", root + "/" + LAST))
    return ranges


def area_spans(area: Bounds) -> list[Span] | None:
    """The cells to look in for an area, none of them in two partitions; None if there would be too many."""
    columns, rows = columns_and_rows(area, COARSEST)
    if len(columns) * len(rows) > _PARTITIONS:
        return None
    spans = spans_over(area, _SPANS)
    found = []
    for cell in sorted(name_of(column, row, COARSEST) for column in columns for row in rows):
        end = cell + _LAST_DIGITS
        found += [
            Span(max(first, cell), min(last, end)) for first, last in spans if first <= end and cell <= last
        ]
    return found


def area_ranges(
    tenant: Tenant, iri: str, geoproperty: str, spans: list[Span], facts: TypeFacts
) -> list[KeyRange]:
    """Entities of a type with a geometry that may lie in the cells.

    A shape may stand under a coarser cell: those inside a span come with it, those around its beginning
    are looked up each, if the type ever had a shape.
    """
    ranges = []
    for first, last in spans:
        pk, low = _geo_pk(tenant, iri, geoproperty, first), _shortest(first)
        ranges.append(KeyRange(pk, low, last + LAST))
        if holds(facts.shapes, geoproperty):
            around = (low[:length] + _END for length in range(COARSEST, len(low)))
            ranges += [KeyRange(pk, cell, cell + LAST) for cell in around]
    if holds(facts.wide, geoproperty):
        ranges.append(KeyRange(_geo_pk(tenant, iri, geoproperty, _WIDE)))
    return ranges


def entity_of(place: Place) -> str:
    """The id of the entity that an entry leads to."""
    return place.sk if _kind(place) == "T" else place.sk.split(_END, 1)[1]


def cell_in(place: Place) -> str | None:
    """The cell that an entry by place stands for; None for one without."""
    if _kind(place) != "G":
        return None
    cell = place.sk.split(_END, 1)[0]
    return None if cell == _WIDE else cell


def token_of(iri: str) -> str:
    """A short name for an attribute."""
    return sha256(iri.encode("utf-8", "surrogatepass")).hexdigest()[:_TOKEN]


def tokens_of(attributes: Mapping[str, object]) -> str:
    """Short names of attributes, as an entry holds them."""
    return " ".join(sorted(map(token_of, attributes)))


def _check_names(entity: Entity) -> None:
    if len(entity["id"].encode("utf-8", "surrogatepass")) > MAX_ID_BYTES:
        raise BadRequestData(f"the id of an entity may have at most {MAX_ID_BYTES} bytes")
    if any(len(iri.encode("utf-8", "surrogatepass")) > MAX_TYPE_BYTES for iri in entity["type"]):
        raise BadRequestData(f"a type may have at most {MAX_TYPE_BYTES} bytes")
    if len(entity["attrs"]) > MAX_ATTRIBUTES:
        raise BadRequestData(f"an entity may have at most {MAX_ATTRIBUTES} attributes")
    if any(len(scope.encode()) > MAX_ID_BYTES // 2 for scope in entity.get("scope", ())):
        raise BadRequestData(f"a scope may have at most {MAX_ID_BYTES // 2} bytes")


def _kind(place: Place) -> str:
    """`T`, `S` or `G`; names of tenants have no `#`."""
    return place.pk.split("#", 2)[1]


def _cells(instances: Iterable[Instance]) -> set[str]:
    return {
        cell
        for instance in instances
        if instance["type"] == "GeoProperty" and isinstance(instance.get("value"), dict)
        for cell in _cells_of(instance["value"])
    }


def _cells_of(geometry: Mapping[str, object]) -> list[str]:
    box = box_of(geometry)
    if box is None:
        return []
    if geometry.get("type") == "Point":
        return [cell_of(box[0], box[1])]
    return cover(box, _SHAPE_CELLS) or [_WIDE]


def _is_points(cells: set[str]) -> bool:
    return all(len(cell) == FINEST and cell != _WIDE for cell in cells)


def _shortest(cell: str) -> str:
    """The coarsest cell that begins where this one does: it sorts before it, and nothing between them."""
    return cell[:COARSEST] + cell[COARSEST:].rstrip(ALPHABET[0])


def _type_places(tenant: Tenant, entity: Entity) -> Iterator[Place]:
    for iri in entity["type"]:
        yield Place(_type_pk(tenant, iri), entity["id"])


def _scope_places(tenant: Tenant, entity: Entity) -> Iterator[Place]:
    for iri in entity["type"]:
        for scope in entity.get("scope", ()):
            yield Place(_scope_pk(tenant, iri), scope + _END + entity["id"])


def _geo_places(tenant: Tenant, entity: Entity, geoproperty: str, cells: Iterable[str]) -> Iterator[Place]:
    for iri in entity["type"]:
        for cell in cells:
            yield Place(_geo_pk(tenant, iri, geoproperty, cell), cell + _END + entity["id"])


def _type_pk(tenant: Tenant, iri: str) -> str:
    return f"{tenant}#T#{iri}"


def _scope_pk(tenant: Tenant, iri: str) -> str:
    return f"{tenant}#S#{iri}"


def _geo_pk(tenant: Tenant, iri: str, geoproperty: str, cell: str) -> str:
    return f"{tenant}#G#{token_of(geoproperty)}#{cell[:COARSEST]}#{iri}"
