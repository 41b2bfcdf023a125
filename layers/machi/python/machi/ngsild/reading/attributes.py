"""How do the members of an entity become attribute instances? (clauses 4.5.2 to 4.5.24)

Normalized and concise forms are read alike: the type is what `type` says, or what the member that holds
the value tells, or a Property for a bare value.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from machi.ngsild.context import Context
from machi.ngsild.context.processing import core_context
from machi.ngsild.entity import CORE, VALUE_MEMBER, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading.nulls import NULL, Nulls
from machi.ngsild.reading.place import Place
from machi.ngsild.reading.scalars import date_time, is_date_time, is_name, is_uri
from machi.ngsild.reading.values import Values, is_geometry

MAX_INSTANCES = 2_000
"""Attribute and sub-attribute instances of one document."""
MAX_DEPTH = 16
"""Nesting of sub-attributes."""
MAX_UNIT = 128
"""Characters of a unitCode."""

_WITHIN = {Nulls.UPDATE, Nulls.MERGE}
"""Where single members of an attribute can be taken away."""
_VALUE_MEMBERS = tuple(dict.fromkeys(VALUE_MEMBER.values()))
_TYPE_OF_MEMBER = {
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
}
_TYPES = {name: name for name in VALUE_MEMBER} | {CORE + name: name for name in VALUE_MEMBER}
_DETAILS = frozenset({"observedAt", "unitCode", "datasetId", "objectType", "valueType", "expiresAt"})
_SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId"})
"""What the broker sets; ignored when clients send it."""
_OUTPUT_ONLY = frozenset(
    {
        "entity", "entityList", "lang", "previousValue", "previousObject", "previousLanguageMap",
        "previousVocab", "previousJson", "previousValueList", "previousObjectList",
    }
)  # fmt: skip
_SEALED = frozenset({"entityIdSealed", "entityTypeSealed"})
_PROOF = CORE + "ngsildproof"
_NO_UNIT = frozenset(VALUE_MEMBER) - {"Property", "GeoProperty", "ListProperty"}
_RELATIONSHIPS = frozenset({"Relationship", "ListRelationship"})
_GEO_PROPERTIES = frozenset({CORE + "location", CORE + "observationSpace", CORE + "operationSpace"})
_RESERVED = frozenset(
    CORE + name
    for name in (
        "hasValue", "hasObject", "hasLanguageMap", "hasVocab", "hasJSON", "hasValueList", "hasObjectList",
        "hasObjectType", "hasValueType", "observedAt", "unitCode", "datasetId", "instanceId", "createdAt",
        "modifiedAt", "deletedAt", "expiresAt", "lang", "scope", "entity", "entityList",
        "entityIdSealed", "entityTypeSealed", "hasPreviousValue", "hasPreviousObject",
        "hasPreviousLanguageMap", "hasPreviousVocab", "hasPreviousJson", "hasPreviousValueList",
        "hasPreviousObjectList",
    )
)  # fmt: skip


class Attributes:
    """Reads the attributes of one document."""

    def __init__(self, context: Context, now: str, nulls: Nulls, place: Place) -> None:
        self._context = context
        self._now = now
        self._nulls = nulls
        self._place = place
        self._values = Values(context, nulls, place)
        self._left = MAX_INSTANCES

    def read(self, members: Iterable[tuple[str, object]]) -> dict[str, list[Instance]]:
        """All attributes of an entity."""
        return self._read(members, 0, "attribute")

    def read_series(self, members: Iterable[tuple[str, object]]) -> dict[str, list[Instance]]:
        """All attributes of a temporal evolution, where instances of one dataset follow one another."""
        return self._read(members, 0, "attribute", is_series=True)

    def read_one(self, iri: str, value: object, *, partial: bool = False) -> list[Instance]:
        """One attribute; a partial one may lack its type and its value."""
        if partial and isinstance(value, dict):
            return [self._instance(iri, value, 0, partial=True)]
        return self._instances(iri, value, 0)

    def iri(self, name: str) -> str:
        """The IRI of an attribute's name; ends the reading if there is none."""
        if ":" not in name and not is_name(name):
            self._place.fail("a name begins with a letter and goes on with letters, numbers and _")
        iri = self._values.name(name)
        if iri in _RESERVED or not is_uri(iri):
            self._place.fail("a name must stand for a URI, and not for one of the core's own members")
        return iri

    def _read(
        self, members: Iterable[tuple[str, object]], depth: int, what: str, *, is_series: bool = False
    ) -> dict[str, list[Instance]]:
        if depth > MAX_DEPTH:
            self._place.fail(f"sub-attributes may be nested at most {MAX_DEPTH} deep")
        attrs: dict[str, list[Instance]] = {}
        for position, (name, value) in enumerate(members, 1):
            self._place.enter(what, position)
            iri = self.iri(name)
            if iri in attrs:
                self._place.fail("two names stand for the same attribute")
            attrs[iri] = self._instances(iri, value, depth, is_series=is_series)
            self._place.leave()
        return attrs

    def _instances(self, iri: str, value: object, depth: int, *, is_series: bool = False) -> list[Instance]:
        if not _are_instances(value):
            return [self._any(iri, value, depth)]
        found: list[Instance] = []
        for position, item in enumerate(cast("list[object]", value), 1):
            self._place.enter("instance", position)
            found.append(self._any(iri, item, depth))
            self._place.leave()
        if not is_series and len({instance.get("datasetId") for instance in found}) != len(found):
            self._place.fail("the instances of an attribute must have different datasetIds, one at most none")
        return found

    def _any(self, iri: str, value: object, depth: int) -> Instance:
        """An instance in normalized or concise form, or a bare value."""
        if isinstance(value, dict):
            kind = value.get("type", value.get("@type"))
            if _is_instance(value) or (self._nulls is Nulls.MERGE and _is_part(value)):
                return self._instance(iri, value, depth, partial=self._nulls is Nulls.MERGE)
            if is_geometry(value):
                return self._bare(iri, "GeoProperty", value)
            if "type" in value:
                self._place.fail(f"the type of an attribute must be one of {', '.join(VALUE_MEMBER)}")
            if kind is None and not value.keys().isdisjoint(_DETAILS):
                self._place.fail(f"an attribute needs one of {', '.join(_VALUE_MEMBERS)}")
        return self._bare(iri, "Property", value)

    def _bare(self, iri: str, kind: str, value: object) -> Instance:
        self._spend()
        if value == NULL and self._nulls not in _WITHIN:  # in an evolution it stands in a value only (5.5.4)
            self._place.fail("the NGSI-LD Null is allowed in updates and merges only")
        if kind == "Property" and iri in _GEO_PROPERTIES and value != NULL:
            self._place.fail("this attribute is a GeoProperty and needs a GeoJSON geometry")
        read = self._values.read(kind, value)
        made = {"type": kind, "value": read, "createdAt": self._now, "modifiedAt": self._now}
        return cast("Instance", made)

    def _instance(self, iri: str, value: dict[str, Any], depth: int, *, partial: bool = False) -> Instance:
        self._spend()
        kind = self._kind(value, partial=partial)
        result: dict[str, Any] = {} if kind is None else {"type": kind}
        subs: list[tuple[str, object]] = []
        for name, item in value.items():
            if name in VALUE_MEMBER_NAMES:
                result[name] = self._values.read(kind or _TYPE_OF_MEMBER.get(name, "Property"), item)
            elif name in _DETAILS:
                self._detail(result, kind, name, item)
            elif name in _SEALED:
                self._sealed(result, iri, kind, name, item)
            elif name in _OUTPUT_ONLY:
                self._place.fail("an attribute has a member that only answers may have")
            elif name not in _SYSTEM and name not in {"type", "@type"}:
                subs.append((name, item))
        self._check(iri, kind, result, partial=partial)
        result["createdAt"] = result["modifiedAt"] = self._now
        if subs:
            result["attrs"] = self._read(subs, depth + 1, "sub-attribute")
        return cast("Instance", result)

    def _kind(self, value: Mapping[str, Any], *, partial: bool) -> str | None:
        """The type of an instance; None if a partial one leaves it open."""
        said = value.get("type", value.get("@type"))
        if said is not None:
            kind = _TYPES.get(said) if isinstance(said, str) else None
            if kind is None:
                self._place.fail(f"the type of an attribute must be one of {', '.join(VALUE_MEMBER)}")
            return kind
        held = [member for member in _VALUE_MEMBERS if member in value]
        if not held:
            return None
        if held == ["value"]:
            return None if partial else "GeoProperty" if is_geometry(value["value"]) else "Property"
        return _TYPE_OF_MEMBER.get(held[0], _TYPE_OF_MEMBER.get(held[-1]))

    def _check(self, iri: str, kind: str | None, result: Mapping[str, Any], *, partial: bool) -> None:
        """The members fit the type (the prohibited and mandatory members of each clause)."""
        held = [member for member in _VALUE_MEMBERS if member in result]
        if kind is None:
            if len(held) > 1:
                self._place.fail("an attribute has one value only")
            return
        member = VALUE_MEMBER[kind]
        if held != [member] and (held or not partial):
            self._place.fail(f'a {kind} must have "{member}" and no other value')
        if kind == "Property" and iri in _GEO_PROPERTIES and result.get("value") != NULL:
            self._place.fail("this attribute is a GeoProperty and needs that type")

    def _detail(self, result: dict[str, Any], kind: str | None, name: str, item: object) -> None:
        if item == NULL:
            if name == "datasetId" or self._nulls not in _WITHIN:
                self._place.fail(f'"{name}" cannot be taken away here')
            result[name] = NULL
        elif name in {"observedAt", "expiresAt"}:
            if not is_date_time(item):
                self._place.fail(f'"{name}" must be a DateTime such as 2026-11-24T05:00:00Z')
            result[name] = date_time(str(item))
        elif name == "datasetId":
            if item != "@none" and not is_uri(item):
                self._place.fail('"datasetId" must be a URI or @none')
            if item != "@none":
                result[name] = item
        elif name == "unitCode":
            if kind in _NO_UNIT or not isinstance(item, str) or not 0 < len(item) <= MAX_UNIT:
                self._place.fail('"unitCode" must be a text, and a Property, GeoProperty or ListProperty')
            result[name] = item
        else:
            result[name] = self._type_name(kind, name, item)

    def _type_name(self, kind: str | None, name: str, item: object) -> str | list[str]:
        """`valueType` of Properties and `objectType` of Relationships, as IRIs."""
        if kind is not None and (kind in _RELATIONSHIPS) != (name == "objectType"):
            self._place.fail(f'a {kind} must not have "{name}"')
        names = item if isinstance(item, list) and name == "objectType" else [item]
        if not names or not all(isinstance(one, str) and one for one in names):
            self._place.fail(f'"{name}" must be the name of a type')
        iris = [self._values.name(str(one)) for one in names]
        return iris if isinstance(item, list) else iris[0]

    def _sealed(self, result: dict[str, Any], iri: str, kind: str | None, name: str, item: object) -> None:
        if iri != _PROOF or kind != "Property" or not isinstance(item, str):
            self._place.fail(f'only an ngsildproof may have "{name}", as text')
        result[name] = self._values.name(item) if name == "entityTypeSealed" else item

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            self._place.fail(f"a document may have at most {MAX_INSTANCES} attribute instances")


VALUE_MEMBER_NAMES = frozenset(_VALUE_MEMBERS)
"""The members that can hold the value of an attribute."""


def checked_instance(instance: Instance) -> Instance:
    """The instance with a value that its type admits; for what a client sent without a type.

    Raises:
        BadRequestData: it does not admit the value, or there is none.
    """
    kind = instance["type"]
    member = VALUE_MEMBER[kind]
    if member not in instance:
        raise BadRequestData(f'a {kind} must have "{member}"')
    value = cast("dict[str, object]", instance)[member]
    read = Values(core_context(), Nulls.FORBIDDEN, Place()).read(kind, value)
    return cast("Instance", {**instance, member: read})


def is_bare(value: object) -> bool:
    """True for what stands for the value of an attribute only, in a fragment to be merged (4.5.2.3)."""
    if isinstance(value, dict):
        is_typed = "type" in value and not is_geometry(value)
        return not is_typed and not _is_instance(value) and not _is_part(value)
    return not _are_instances(value)


def _is_part(value: Mapping[str, object]) -> bool:
    """True for an object that can only be a part of an attribute: its details or typed sub-attributes."""
    return not _DETAILS.isdisjoint(value) or any(
        isinstance(item, dict) and item.get("type") in tuple(VALUE_MEMBER) for item in value.values()
    )


def _is_instance(value: Mapping[str, object]) -> bool:
    """True for an object that stands for an attribute, not for a bare value."""
    said = value.get("type", value.get("@type"))
    if isinstance(said, str) and said in _TYPES:
        return True
    return "type" not in value and not value.keys().isdisjoint(VALUE_MEMBER_NAMES)


def _are_instances(value: object) -> bool:
    """True for an array of several instances, not for an array as a bare value (4.5.5)."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and _is_instance(item) for item in value)
    )
