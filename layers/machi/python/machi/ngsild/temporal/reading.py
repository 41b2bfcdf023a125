"""How does a JSON document become points of an evolution? (clauses 4.5.6 to 4.5.9, 5.2.20 and 5.5.4)

Attributes come as arrays of instances, or in the simplified form of pairs of value and time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from machi.core.ids import EntityId
from machi.ngsild.context import Context
from machi.ngsild.entity import CORE, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import NULL, Nulls, check_date_time, is_deletion, read_fragment
from machi.ngsild.reading.attributes import Attributes
from machi.ngsild.reading.place import Place
from machi.ngsild.reading.scalars import is_scope
from machi.ngsild.temporal.changes import new_instance_id, tombstone, with_id
from machi.ngsild.temporal.evolution import SCOPE, Head, Point

_HEAD = ("id", "@id", "type", "@type", "expiresAt")
_NO_ATTRIBUTES = frozenset({*_HEAD, "scope", "@context", "createdAt", "modifiedAt", "deletedAt"})
_SERIES = {
    "values": "value",
    "objects": "object",
    "languageMaps": "languageMap",
    "vocabs": "vocab",
    "jsons": "json",
    "valueLists": "valueList",
    "objectLists": "objectList",
}
"""Members of the simplified form → the member of each value (4.5.9)."""
_WRAPPED = frozenset({"languageMap", "vocab", "json"})
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Evolution:
    """What a document says of an evolution: its head, as far as it goes, and points with new ids."""

    id: EntityId | None
    types: tuple[str, ...]
    points: tuple[Point, ...]

    def head(self, entity: EntityId, now: str) -> Head:
        """The head that these points belong to."""
        return Head(entity, self.types, frozenset(point.attribute for point in self.points), now)


def read_evolution(document: object, context: Context, now: str) -> Evolution:
    """An EntityTemporal or a fragment of one; every point is stamped with `now`.

    Raises:
        BadRequestData: it is not one; the reason tells the place.
    """
    if not isinstance(document, dict):
        raise BadRequestData("an evolution must be a JSON object")
    head = read_fragment(
        {name: document[name] for name in _HEAD if name in document}, context, now, Nulls.FORBIDDEN
    )
    reader = Attributes(context, now, Nulls.EVOLUTION, Place())
    attrs = reader.read_series(
        (name, _expanded(value))
        for name, value in document.items()
        if name not in _NO_ATTRIBUTES and value != []  # no instances, as an answer shows what was cut off
    )
    points = [_point(iri, instance, now) for iri, instances in attrs.items() for instance in instances]
    if "scope" in document:
        points += [_point(SCOPE, scope, now) for scope in _scopes(document["scope"], now)]
    identifier = head.get("id")
    return Evolution(
        id=None if identifier is None else EntityId(identifier),
        types=tuple(head.get("type", ())),
        points=tuple(points),
    )


def read_instance(document: object, context: Context, now: str, attribute: str) -> Instance:
    """The one instance of the attribute that a fragment brings (5.6.14).

    Raises:
        BadRequestData: it brings another attribute, or not exactly one instance.
    """
    points = read_evolution(document, context, now).points
    if len(points) != 1 or points[0].attribute != attribute:
        raise BadRequestData("the body must hold exactly one instance of the attribute addressed")
    return points[0].instance


def _point(attribute: str, instance: Instance, now: str) -> Point:
    if is_deletion(instance):
        gone = {**tombstone(instance, now), **_observed(instance)}
        instance = cast("Instance", gone)
    return Point(attribute, with_id(instance, new_instance_id()))


def _observed(instance: Instance) -> dict[str, str]:
    return {"observedAt": instance["observedAt"]} if "observedAt" in instance else {}


def _expanded(value: object) -> object:
    """An attribute in simplified form as an array of instances; any other as it is."""
    parts = value if isinstance(value, list) else [value]
    series = [part for part in parts if isinstance(part, dict) and not part.keys().isdisjoint(_SERIES)]
    if not series or len(series) != len(parts) or "value" in series[0]:
        return value
    return [instance for part in series for instance in _pairs(part)]


def _pairs(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    name = next(name for name in _SERIES if name in part)
    member, rest = _SERIES[name], {key: value for key, value in part.items() if key != name}
    listed = part[name]
    if not isinstance(listed, list):
        raise BadRequestData(f'"{name}" must be an array of pairs of value and time')
    for pair in listed:
        if not isinstance(pair, list) or len(pair) != _PAIR:
            raise BadRequestData(f'"{name}" must be an array of pairs of value and time')
        value, time = pair
        if member in _WRAPPED and isinstance(value, dict) and value.keys() == {member}:
            value = value[member]
        yield {**rest, member: value, "observedAt": time}


def _scopes(value: object, now: str) -> Iterator[Instance]:
    """Points of the scope: plainly given, it is observed now; else as instances of a Property."""
    parts = value if isinstance(value, list) else [value]
    instances = [part for part in parts if isinstance(part, dict)]
    if instances and len(instances) == len(parts):
        for instance in instances:
            yield _scope(instance, now)
        return
    yield _scope({"value": value, "observedAt": now}, now)


def _scope(part: Mapping[str, Any], now: str) -> Instance:
    if part.get("type", "Property") not in ("Property", CORE + "Property") or "value" not in part:
        raise BadRequestData('"scope": each instance must be a Property with a value')
    value = part["value"]
    scopes = value if isinstance(value, list) else [value]
    if value != NULL and (not scopes or not all(map(is_scope, scopes))):
        raise BadRequestData('"scope" must be a Scope such as /Madrid/Gardens, or an array of Scopes')
    kept = {
        "type": "Property",
        "value": value if value == NULL else list(dict.fromkeys(scopes)),
        "createdAt": now,
        "modifiedAt": now,
    }
    if "observedAt" in part:
        kept["observedAt"] = check_date_time(part["observedAt"], '"observedAt" of the scope')
    return cast("Instance", kept)
