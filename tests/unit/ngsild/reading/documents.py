"""How the tests of reading say what is read, and under which @context."""

from typing import Any

from machi.ngsild.context.context import Context
from machi.ngsild.context.processing import process
from machi.ngsild.entity import Instance
from machi.ngsild.reading import Nulls, read_entity, read_fragment

EXAMPLE = "https://example.org/ns/"
NOW = "2026-11-24T05:00:00.000Z"
ID = "urn:ngsi-ld:Vehicle:1"


def _no_document(url: str) -> object:
    raise AssertionError(url)


CONTEXT: Context = process(
    {
        name: EXAMPLE + name
        for name in ("Vehicle", "Car", "speed", "brand", "owner", "accuracy", "area", "Red")
    },
    _no_document,
)


def document(**attributes: object) -> dict[str, Any]:
    """An entity as a client sends it."""
    return {"id": ID, "type": "Vehicle", **attributes}


def attribute(value: object, name: str = "speed") -> Instance:
    """What one attribute of a whole entity is read as."""
    (instance,) = instances(value, name)
    return instance


def instances(value: object, name: str = "speed") -> list[Instance]:
    """What an attribute of a whole entity is read as."""
    return read_entity(document(**{name: value}), CONTEXT, NOW)["attrs"][CONTEXT.expand_term(name)]


def patch(value: object, nulls: Nulls = Nulls.UPDATE, name: str = "speed") -> list[Instance]:
    """What an attribute of a fragment is read as."""
    return read_fragment({name: value}, CONTEXT, NOW, nulls)["attrs"][CONTEXT.expand_term(name)]


def stamped(**members: object) -> dict[str, object]:
    """An instance as it is after reading."""
    return {**members, "createdAt": NOW, "modifiedAt": NOW}
