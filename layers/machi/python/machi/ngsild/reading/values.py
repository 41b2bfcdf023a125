"""Is the value of an attribute one that its type admits? (clauses 4.5.2 to 4.5.24, 4.6.3, 4.6.5, 4.7)

Each function gives the value as it is stored. JSON nulls inside values vanish, as they do in JSON-LD
expansion; what is declared as raw JSON stays as it is.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from machi.ngsild.context import Context
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.geometry import parse_geometry
from machi.ngsild.reading.nulls import NULL, Nulls, is_null
from machi.ngsild.reading.place import Place
from machi.ngsild.reading.scalars import is_language, is_uri

MAX_DEPTH = 48
"""Nesting of one value."""
MAX_OBJECTS = 1_000
"""URIs in one Relationship or ListRelationship."""

_LARGEST = 2**64 - 1
_SMALLEST = -(2**63)
_GEOMETRIES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})

ReadValue = Callable[["Values", object], object]


class Values:
    """Reads values of one document."""

    __slots__ = ("_context", "_nulls", "_place")

    def __init__(self, context: Context, nulls: Nulls, place: Place) -> None:
        self._context = context
        self._nulls = nulls
        self._place = place

    def read(self, kind: str, value: object) -> object:
        """The value of an attribute of a type; ends the reading if the type does not admit it."""
        if is_null(value):
            if self._nulls is Nulls.FORBIDDEN:
                self._place.fail("the NGSI-LD Null is allowed in updates and merges only")
            return value
        return _READERS[kind](self, value)

    def property(self, value: object) -> object:
        """`value` of a Property: any JSON but null."""
        if value is None:
            self._place.fail("the value of a Property must not be null")
        return self._plain(value, MAX_DEPTH)

    def geometry(self, value: object) -> object:
        """`value` of a GeoProperty: a GeoJSON geometry, or the JSON text of one."""
        found = _loaded(value) if isinstance(value, str) else value
        if not isinstance(found, dict):
            self._place.fail("the value of a GeoProperty must be a GeoJSON geometry")
        try:
            parse_geometry(str(found.get("type")), found.get("coordinates"))
        except BadRequestData as error:
            self._place.fail(f"GeoProperty: {error}")
        return self._plain(found, MAX_DEPTH)

    def objects(self, value: object) -> object:
        """`object` of a Relationship."""
        if isinstance(value, list):
            return self._uris(value, "object")
        if not is_uri(value):
            self._place.fail("the object of a Relationship must be a URI or an array of URIs")
        return value

    def object_list(self, value: object) -> object:
        """`objectList` of a ListRelationship, as plain URIs."""
        if not isinstance(value, list):
            self._place.fail("the objectList of a ListRelationship must be an array")
        items = [item["object"] if _is_wrapped(item) else item for item in value]
        return self._uris(items, "objectList")

    def languages(self, value: object) -> object:
        """`languageMap` of a LanguageProperty."""
        if not isinstance(value, dict) or not value:
            self._place.fail(
                "the languageMap of a LanguageProperty must be an object of language tags and texts"
            )
        for tag, text in value.items():
            texts = text if isinstance(text, list) else [text]
            if not is_language(tag) or not texts or not all(isinstance(item, str) for item in texts):
                self._place.fail("a languageMap maps language tags, or @none, to a text or an array of texts")
            if NULL in texts and self._nulls is not Nulls.MERGE:
                self._place.fail("the NGSI-LD Null is allowed inside a languageMap in merges only")
        return value

    def vocabulary(self, value: object) -> object:
        """`vocab` of a VocabProperty, as IRIs."""
        if isinstance(value, str):
            return self.name(value)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            self._place.fail("the vocab of a VocabProperty must be a text or an array of texts")
        return [self.name(item) for item in value]

    def raw_json(self, value: object) -> object:
        """`json` of a JsonProperty, as it came."""
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in items):
            self._place.fail("the json of a JsonProperty must be an object or an array of objects")
        self._raw(value, MAX_DEPTH)
        return value

    def value_list(self, value: object) -> object:
        """`valueList` of a ListProperty."""
        if not isinstance(value, list):
            self._place.fail("the valueList of a ListProperty must be an array")
        return self._plain(value, MAX_DEPTH)

    def name(self, text: str) -> str:
        """The IRI of a vocabulary value or type name; ends the reading if it has none."""
        try:
            return self._context.expand_term(text)
        except BadRequestData as error:
            self._place.fail(str(error))

    def _uris(self, items: list[Any], member: str) -> list[str]:
        if not 0 < len(items) <= MAX_OBJECTS or not all(map(is_uri, items)) or NULL in items:
            self._place.fail(f"{member} must hold 1 to {MAX_OBJECTS} URIs")
        return items

    def _plain(self, value: object, left: int, *, is_item: bool = False) -> object:
        """A JSON-LD value without its nulls; merges replace arrays whole, so there is no null in items."""
        if isinstance(value, str):
            if value == NULL and (is_item or self._nulls is not Nulls.MERGE):
                self._place.fail("the NGSI-LD Null is allowed inside an object in merges only")
            return value
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            self._check_number(value)
            return value
        if left == 0:
            self._place.fail(f"a value may be nested at most {MAX_DEPTH} deep")
        if isinstance(value, list):
            return [self._plain(item, left - 1, is_item=True) for item in value if item is not None]
        if not isinstance(value, dict):
            self._place.fail("a value must be JSON")
        return self._object(value, left, is_item=is_item)

    def _object(self, value: dict[str, Any], left: int, *, is_item: bool) -> dict[str, Any]:
        if "@context" in value:
            self._place.fail("an @context may stand at the top of the document only")
        if value.get("@type") == "@json":
            self._raw(value, left)
            return value
        return {
            name: self._plain(item, left - 1, is_item=is_item)
            for name, item in value.items()
            if item is not None
        }

    def _raw(self, value: object, left: int) -> None:
        if left == 0:
            self._place.fail(f"a value may be nested at most {MAX_DEPTH} deep")
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                self._raw(item, left - 1)
        elif isinstance(value, int | float):
            self._check_number(value)

    def _check_number(self, value: float) -> None:
        if isinstance(value, int):
            if not _SMALLEST <= value <= _LARGEST:
                self._place.fail("a whole number must fit in 64 bits")
        elif not math.isfinite(value):
            self._place.fail("a number must be finite")


def is_geometry(value: object) -> bool:
    """True for an object that claims to be a GeoJSON geometry of a supported type (4.5.2.3)."""
    if not isinstance(value, Mapping) or "coordinates" not in value:
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in _GEOMETRIES


def _is_wrapped(item: object) -> bool:
    return isinstance(item, dict) and len(item) == 1 and "object" in item


def _loaded(text: str) -> object:
    """A geometry that was sent as JSON text (4.7.2)."""
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found


_READERS: dict[str, ReadValue] = {
    "Property": Values.property,
    "GeoProperty": Values.geometry,
    "Relationship": Values.objects,
    "ListRelationship": Values.object_list,
    "LanguageProperty": Values.languages,
    "VocabProperty": Values.vocabulary,
    "JsonProperty": Values.raw_json,
    "ListProperty": Values.value_list,
}
