"""Entities and fragments for tests of changes. Stored things are of BEFORE, sent ones of NOW."""

from typing import Any, cast

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.reading import NULL, Fragment
from tests.unit.ngsild.query.builders import expand

BEFORE = "2026-11-24T05:00:00.000Z"
NOW = "2026-11-25T06:00:00.000Z"
THING = "urn:ngsi-ld:Thing:1"


def one(kind: str, member: str, value: object, at: str, **more: object) -> Instance:
    """An instance; sub-attributes are given as lists of instances."""
    subs = {expand(name): found for name, found in more.items() if isinstance(found, list)}
    plain = {name: found for name, found in more.items() if not isinstance(found, list)}
    made: dict[str, Any] = {"type": kind, member: value, "createdAt": at, "modifiedAt": at, **plain}
    return cast("Instance", {**made, "attrs": subs} if subs else made)


def had(value: object, **more: object) -> Instance:
    """A stored Property."""
    return one("Property", "value", value, BEFORE, **more)


def sent(value: object, **more: object) -> Instance:
    """A Property in a fragment."""
    return one("Property", "value", value, NOW, **more)


def gone(**more: object) -> Instance:
    """A Property that a fragment asks to delete."""
    return sent(NULL, **more)


def part(**members: object) -> Instance:
    """An instance in a fragment with no more than is said."""
    return cast("Instance", {"createdAt": NOW, "modifiedAt": NOW, **members})


def stored(_types: tuple[str, ...] = ("Thing",), /, **attrs: list[Instance]) -> Entity:
    """An entity as stored."""
    return {
        "id": THING,
        "type": list(map(expand, _types)),
        "createdAt": BEFORE,
        "modifiedAt": BEFORE,
        "attrs": {expand(name): found for name, found in attrs.items()},
    }


def fragment(**attrs: list[Instance]) -> Fragment:
    """A fragment of attributes."""
    return {"attrs": {expand(name): found for name, found in attrs.items()}}


def value_of(entity: Entity, name: str, dataset: str | None = None) -> object:
    """The value of one instance of an attribute."""
    return instance_of(entity, name, dataset)["value"]


def instance_of(entity: Entity, name: str, dataset: str | None = None) -> Instance:
    """One instance of an attribute."""
    found = [item for item in entity["attrs"][expand(name)] if item.get("datasetId") == dataset]
    assert len(found) == 1
    return found[0]
