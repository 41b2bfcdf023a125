"""How does a JSON document become an entity, a part of one, or an attribute? (clauses 4.5.1, 5.4)"""

from collections.abc import Mapping
from typing import Any, TypedDict, cast

from machi.ngsild.context import Context
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading.attributes import Attributes
from machi.ngsild.reading.nulls import NULL, Nulls
from machi.ngsild.reading.place import Place
from machi.ngsild.reading.scalars import date_time, is_date_time, is_name, is_scope, is_uri

MAX_ID = 900
"""Bytes of an entity's id, as UTF-8; a table key must hold it."""
MAX_TYPES = 60
MAX_SCOPES = 100

_OWN = frozenset({"id", "@id", "type", "@type", "scope", "@context", "expiresAt"})
_SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt"})
"""What the broker sets; ignored when clients send it."""


class Fragment(TypedDict, total=False):
    """A part of an entity; `attrs` is always there. `scope` and `expiresAt` may be the NGSI-LD Null."""

    id: str
    type: list[str]
    scope: list[str] | str
    expiresAt: str
    attrs: dict[str, list[Instance]]


def read_entity(document: object, context: Context, now: str) -> Entity:
    """A whole entity, for create, upsert and replace; every instance is stamped with `now`.

    Raises:
        BadRequestData: it is not one; the reason tells the place.
    """
    place = Place()
    members = _object(document)
    head = _Head(context, Nulls.FORBIDDEN, place).read(members)
    if "id" not in head:
        place.fail("an entity needs an id")
    if "type" not in head:
        place.fail("an entity needs a type")
    attrs = _attributes(members, Attributes(context, now, Nulls.FORBIDDEN, place))
    return cast("Entity", {**head, "createdAt": now, "modifiedAt": now, "attrs": attrs})


def read_fragment(document: object, context: Context, now: str, nulls: Nulls) -> Fragment:
    """A part of an entity, for append, update and merge.

    With Nulls.MERGE an instance may lack its type and its value.

    Raises:
        BadRequestData: it is not one; the reason tells the place.
    """
    place = Place()
    members = _object(document)
    head = _Head(context, nulls, place).read(members)
    head["attrs"] = _attributes(members, Attributes(context, now, nulls, place))
    return cast("Fragment", head)


def read_attribute(
    document: object, context: Context, now: str, nulls: Nulls, name_iri: str
) -> list[Instance]:
    """One attribute, for partial update (Nulls.UPDATE: may lack type and value), replace and merge.

    Raises:
        BadRequestData: it is not one.
    """
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name != "@context"}
    elif not isinstance(document, list) or nulls is not Nulls.FORBIDDEN:
        raise BadRequestData("the body must be a JSON object that stands for an attribute")
    reader = Attributes(context, now, nulls, Place())
    return reader.read_one(name_iri, document, partial=nulls is not Nulls.FORBIDDEN)


class _Head:
    """Reads what an entity has besides attributes."""

    def __init__(self, context: Context, nulls: Nulls, place: Place) -> None:
        self._context = context
        self._nulls = nulls
        self._place = place

    def read(self, members: Mapping[str, Any]) -> dict[str, Any]:
        head: dict[str, Any] = {}
        for plain, keyword in (("id", "@id"), ("type", "@type")):
            if plain in members and keyword in members:
                self._place.fail(f'"{plain}" and "{keyword}" are the same member')
        identifier = members.get("id", members.get("@id"))
        if identifier is not None:
            head["id"] = self._id(identifier)
        types = members.get("type", members.get("@type"))
        if types is not None:
            head["type"] = self._types(types)
        if "scope" in members:
            head["scope"] = self._scopes(members["scope"])
        if "expiresAt" in members:
            head["expiresAt"] = self._expiry(members["expiresAt"])
        return head

    def _id(self, value: object) -> str:
        if value == NULL or not isinstance(value, str) or not is_uri(value) or len(value.encode()) > MAX_ID:
            self._place.fail(f'"id" must be a URI of at most {MAX_ID} bytes')
        return value

    def _types(self, value: object) -> list[str]:
        names = value if isinstance(value, list) else [value]
        if not 0 < len(names) <= MAX_TYPES or not all(isinstance(name, str) for name in names):
            self._place.fail(f'"type" must be a name, or an array of 1 to {MAX_TYPES} names')
        return list(dict.fromkeys(map(self._type, names)))

    def _type(self, name: str) -> str:
        if name == NULL or (":" not in name and not is_name(name)):
            self._place.fail('"type": a name begins with a letter and goes on with letters, numbers and _')
        try:
            iri = self._context.expand_term(name)
        except BadRequestData as error:
            self._place.fail(f'"type": {error}')
        if not is_uri(iri):
            self._place.fail('"type" must stand for a URI')
        return iri

    def _scopes(self, value: object) -> list[str] | str:
        if value == NULL and self._nulls is not Nulls.FORBIDDEN:
            return NULL
        scopes = value if isinstance(value, list) else [value]
        if not 0 < len(scopes) <= MAX_SCOPES or not all(map(is_scope, scopes)):
            self._place.fail('"scope" must be a Scope such as /Madrid/Gardens, or an array of Scopes')
        return list(dict.fromkeys(scopes))

    def _expiry(self, value: object) -> str:
        if value == NULL and self._nulls is not Nulls.FORBIDDEN:
            return NULL
        if not is_date_time(value):
            self._place.fail('"expiresAt" must be a DateTime such as 2026-11-24T05:00:00Z')
        return date_time(str(value))


def _object(document: object) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise BadRequestData("an entity must be a JSON object")
    return document


def _attributes(members: Mapping[str, Any], reader: Attributes) -> dict[str, list[Instance]]:
    return reader.read(
        (name, value) for name, value in members.items() if name not in _OWN and name not in _SYSTEM
    )
