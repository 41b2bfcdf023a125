"""How an entity stands in memory and, as JSON, in storage: expanded names, one shape, no variants.

Names of types and attributes are IRIs, so no @context is needed to work with an entity. Every
attribute is a list of instances, told apart by `datasetId` (clause 4.5.5); the default instance has
none. Times are ISO 8601 in UTC with `Z` as text, which keeps the form equal to its JSON.
"""

from typing import Any, NotRequired, TypedDict


class Instance(TypedDict):
    """One attribute instance: its `type`, the one member that holds its value, metadata, sub-attributes.

    `vocab` and `objectType` hold IRIs, `objectList` plain URIs. `attrs` maps IRIs to sub-attributes.
    """

    type: str
    createdAt: str
    modifiedAt: str
    value: NotRequired[Any]
    object: NotRequired[str | list[str]]
    languageMap: NotRequired[dict[str, Any]]
    vocab: NotRequired[str | list[str]]
    json: NotRequired[Any]
    valueList: NotRequired[list[Any]]
    objectList: NotRequired[list[str]]
    objectType: NotRequired[str | list[str]]
    valueType: NotRequired[str]
    datasetId: NotRequired[str]
    unitCode: NotRequired[str]
    observedAt: NotRequired[str]
    deletedAt: NotRequired[str]
    expiresAt: NotRequired[str]
    attrs: NotRequired[dict[str, list["Instance"]]]


class Entity(TypedDict):
    """One entity. `type` holds IRIs; `scope` is always a list; `attrs` maps IRIs to instances."""

    id: str
    type: list[str]
    createdAt: str
    modifiedAt: str
    attrs: dict[str, list[Instance]]
    scope: NotRequired[list[str]]
    deletedAt: NotRequired[str]
    expiresAt: NotRequired[str]


VALUE_MEMBER = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""Attribute type → the member of an instance that holds its value (clause 4.5)."""

CORE = "https://uri.etsi.org/ngsi-ld/"
"""Namespace of the core terms."""

DEFAULT_VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
"""Where terms go that no @context defines (clause 4.4)."""
