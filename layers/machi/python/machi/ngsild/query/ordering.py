"""In which order are entities returned? (`orderBy` and its companions, clauses 4.23 and 5.2.43)"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeVar

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.collation import LENGTH, Collation
from machi.ngsild.query.comparison import untyped
from machi.ngsild.query.expression import Kind, Path
from machi.ngsild.query.geo import GeoQuery, Relation
from machi.ngsild.query.geometry import parse_geometry
from machi.ngsild.query.moments import moment
from machi.ngsild.query.parser import parse_path
from machi.ngsild.query.targets import Expand, Locate, locator, objects_of

MAX_TERMS = 16
"""Attributes to order by."""
MAX_LENGTH = 4_096

_ITEMS, _ITEM_LENGTH = 16, 32
"""Items of an array that decide its place, and characters of each."""

_MEMBERS = frozenset({"id", "type"})  # besides those that an attribute path may begin with

SortKey = tuple[object, ...]
Thing = TypeVar("Thing")


class Direction(StrEnum):
    """What may follow the `;` of a term."""

    ASCENDING = "asc"
    DESCENDING = "desc"
    NEAREST = "dist-asc"
    FARTHEST = "dist-desc"


class Rank(IntEnum):
    """The order of data types among each other (4.23.2)."""

    NUMBER = 0
    STRING = 1
    OBJECT = 2
    ARRAY = 3
    BOOLEAN = 4
    TIME = 5
    DATE = 6
    DATE_TIME = 7
    NULL = 8
    ABSENT = 9


_MOMENTS = {Kind.TIME: Rank.TIME, Kind.DATE: Rank.DATE, Kind.DATE_TIME: Rank.DATE_TIME}
_DISTANCES = {Direction.NEAREST, Direction.FARTHEST}
_REVERSED = {Direction.DESCENDING, Direction.FARTHEST}


@dataclass(frozen=True, slots=True)
class Term:
    """One attribute path and its direction."""

    path: Path
    direction: Direction = Direction.ASCENDING


@dataclass(frozen=True)
class Ordering:
    """The order asked for; built once per request."""

    terms: tuple[Term, ...]
    expand: Expand
    collation: Collation
    origin: GeoQuery | None = None
    """The geometry from which distances are measured."""

    @classmethod
    def parse(
        cls,
        order_by: str | Sequence[str],
        expand: Expand,
        *,
        order_from: object = None,
        order_geometry: str | None = None,
        collation: str | None = None,
    ) -> "Ordering":
        """Read the parameters; `order_from` is JSON text (GET) or an array (POST).

        Raises:
            BadRequestData: a parameter does not follow clause 4.23, or a distance has no origin.
        """
        text = order_by if isinstance(order_by, str) else ",".join(order_by)
        if len(text) > MAX_LENGTH:
            raise BadRequestData(f"orderBy may have at most {MAX_LENGTH} characters")
        terms = tuple(map(_term, text.split(",")))
        if len(terms) > MAX_TERMS:
            raise BadRequestData(f"orderBy may name at most {MAX_TERMS} attributes")
        origin = None
        if order_from is not None:
            origin = GeoQuery(Relation.NEAR, parse_geometry(order_geometry or "Point", order_from))
        elif any(term.direction in _DISTANCES for term in terms):
            raise BadRequestData("ordering by distance needs orderFrom")
        return cls(terms, expand, Collation.parse(collation), origin)

    def sort(self, entities: Iterable[Entity]) -> list[Entity]:
        """The entities in order; equal ones stay as they came.

        What has no value, or null, stands last in either direction.
        """
        return self.arrange((entity, entity) for entity in entities)

    def arrange(self, pairs: Iterable[tuple[Entity, Thing]]) -> list[Thing]:
        """The things in the order of the entities they came with, of which nothing but small keys is kept."""
        keys_of = [self._key_of(term) for term in self.terms]
        ordered = [(tuple(key(entity) for key in keys_of), thing) for entity, thing in pairs]
        for number, term in reversed(list(enumerate(self.terms))):
            valued = [pair for pair in ordered if pair[0][number][0] not in {Rank.NULL, Rank.ABSENT}]
            empty = [pair for pair in ordered if pair[0][number][0] in {Rank.NULL, Rank.ABSENT}]
            valued.sort(key=lambda pair, at=number: pair[0][at], reverse=term.direction in _REVERSED)  # type: ignore[misc]
            empty.sort(key=lambda pair, at=number: pair[0][at])  # type: ignore[misc]
            ordered = valued + empty
        return [thing for _, thing in ordered]

    def _key_of(self, term: Term) -> Callable[[Entity], SortKey]:
        name = term.path.names[0]
        if name in _MEMBERS:
            return lambda entity: self._value_key(entity.get(name))
        locate = locator(term.path, self.expand)
        if self.origin is None or term.direction not in _DISTANCES:
            return lambda entity: self._instance_key(_chosen(locate, entity))
        return self._distance_key(locate, self.origin, term.direction)

    def _distance_key(
        self, locate: Locate, origin: GeoQuery, direction: Direction
    ) -> Callable[[Entity], SortKey]:
        """GeoProperties by distance, before anything else by value, in either direction."""
        geo, other = (1, 0) if direction in _REVERSED else (0, 1)

        def key(entity: Entity) -> SortKey:
            instance = _chosen(locate, entity)
            value = instance.get("value") if instance and instance["type"] == "GeoProperty" else None
            if isinstance(value, dict):
                return (Rank.NUMBER, geo, (origin.distance(value),))
            by_value = self._instance_key(instance)
            return by_value if by_value[0] in {Rank.NULL, Rank.ABSENT} else (Rank.NUMBER, other, by_value)

        return key

    def _instance_key(self, instance: Instance | None) -> SortKey:
        return (Rank.ABSENT,) if instance is None else self._value_key(_value_of(instance))

    def _value_key(self, value: object) -> SortKey:
        match untyped(value):
            case None:
                return (Rank.NULL,)
            case bool(truth):
                return (Rank.BOOLEAN, truth)
            case int(number) | float(number):
                return (Rank.NUMBER, number)
            case str(text):
                return self._text_key(text)
            case [*items]:
                return (Rank.ARRAY, tuple(map(self._item_key, items[:_ITEMS])))
            case other:
                return (Rank.OBJECT, _as_text(other, LENGTH))

    def _item_key(self, item: object) -> SortKey:
        match item:
            case str(text):
                return self._text_key(text, _ITEM_LENGTH)
            case list(items):
                return (Rank.ARRAY, _as_text(items, _ITEM_LENGTH))
            case dict(members):
                return (Rank.OBJECT, _as_text(members, _ITEM_LENGTH))
            case other:
                return self._value_key(other)

    def _text_key(self, text: str, length: int = LENGTH) -> SortKey:
        when = moment(text) if len(text) <= LENGTH else None
        if when is None:
            return (Rank.STRING, self.collation.key(text, length))
        return (_MOMENTS[when[0]], when[1])


def _as_text(value: object, length: int) -> str:
    return json.dumps(value, sort_keys=True, default=str)[:length]


def _term(text: str) -> Term:
    path, mark, direction = text.strip().partition(";")
    if mark and direction not in set(Direction):
        raise BadRequestData("the direction of orderBy is asc, desc, dist-asc or dist-desc")
    parsed = parse_path(path)
    if parsed.link is not None:
        raise BadRequestData("orderBy does not follow Relationships")
    return Term(parsed, Direction(direction) if mark else Direction.ASCENDING)


def _chosen(locate: Locate, entity: Entity) -> Instance | None:
    """The default instance of several, else the first."""
    found = list(locate(entity, _nobody))
    return next((instance for instance in found if "datasetId" not in instance), found[0] if found else None)


def _value_of(instance: Instance) -> object:
    match instance["type"]:
        case "Relationship" | "ListRelationship":
            objects = objects_of(instance)
            return objects[0] if len(objects) == 1 and instance["type"] == "Relationship" else objects
        case "LanguageProperty":
            languages = instance.get("languageMap") or {}
            return next(iter(languages.values())) if len(languages) == 1 else languages
        case "VocabProperty":
            return instance.get("vocab")
        case "JsonProperty":
            return instance.get("json")
        case "ListProperty":
            return instance.get("valueList")
        case _:
            return instance.get("value")


def _nobody(_: EntityId) -> Entity | None:
    return None
