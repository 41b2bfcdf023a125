"""What does a Query document (5.2.23) say, in the words of the URL's parameters?"""

from collections.abc import Mapping
from typing import Any

from machi.ngsild.errors import BadRequestData

MAX_SELECTORS = 1_000
MAX_PATTERNS = 64
"""Of a query's selectors, those with an `idPattern`: each is tried on each candidate."""

_SAME = (
    "q", "scopeQ", "csf", "attrs", "pick", "omit", "lang", "containedBy", "datasetId", "entityMap",
    "entityMapLifetime", "expandValues", "jsonKeys", "join", "joinLevel", "geometryProperty", "splitEntities",
)  # fmt: skip
_TEXTS = frozenset(
    {
        "q",
        "scopeQ",
        "csf",
        "lang",
        "entityMapLifetime",
        "expandValues",
        "jsonKeys",
        "join",
        "geometryProperty",
    }
)
_ARRAYS = frozenset({"attrs", "pick", "omit", "containedBy", "datasetId"})
_GEO = {
    "georel": "georel",
    "geometry": "geometry",
    "coordinates": "coordinates",
    "geoproperty": "geoproperty",
}
_ORDERING = {
    "orderBy": "orderBy",
    "coordinates": "orderFrom",
    "geometry": "orderGeometry",
    "collation": "collation",
}
_AGGREGATING = {name: name for name in ("aggrMethods", "aggrPeriodDuration")}
_TEMPORAL = _AGGREGATING | {
    name: name for name in ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN")
}
_LINKING = frozenset({"join", "joinLevel", "containedBy"})


def query_parameters(document: object) -> dict[str, Any]:
    """The members of a Query, each under the name of its parameter; unknown members say nothing.

    Raises:
        BadRequestData: not a Query, or a member of a wrong type.
    """
    query = _query(document)
    if "temporalQ" in query or "aggrParams" in query:
        raise BadRequestData("temporalQ and aggrParams belong to temporal queries")
    return _parameters(query)


def temporal_query_parameters(document: object) -> dict[str, Any]:
    """The members of a Query for evolutions, in the same way (5.2.21 and 5.2.44).

    Raises:
        BadRequestData: not a Query, a member of a wrong type, or one that follows Relationships.
    """
    query = _query(document)
    if not _LINKING.isdisjoint(query):
        raise BadRequestData("a temporal query does not follow Relationships")
    parameters = _parameters(query) | _renamed(query, "temporalQ", _TEMPORAL)
    parameters |= _renamed(query, "aggrParams", _AGGREGATING)
    if isinstance(parameters.get("lastN"), str):
        raise BadRequestData("lastN must be a number")
    return parameters


def _query(document: object) -> dict[str, Any]:
    if not isinstance(document, dict) or document.get("type", document.get("@type")) != "Query":
        raise BadRequestData("the body must be an object of type Query")
    return document


def _parameters(document: dict[str, Any]) -> dict[str, Any]:
    parameters = {name: document[name] for name in _SAME if document.get(name) is not None}
    _check_types(parameters)
    if "entities" in document:
        parameters["entities"] = _selectors(document["entities"])
    parameters |= _renamed(document, "geoQ", _GEO)
    return parameters | _renamed(document, "ordering", _ORDERING)


def _check_types(parameters: Mapping[str, Any]) -> None:
    for name, value in parameters.items():
        if name in _TEXTS and not isinstance(value, str):
            raise BadRequestData(f"{name} must be text")
        if name in _ARRAYS and not isinstance(value, list):
            raise BadRequestData(f"{name} must be an array")
        if name in {"joinLevel", "entityMap", "splitEntities"} and isinstance(value, str):
            raise BadRequestData(f"{name} must not be text")


def _selectors(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise BadRequestData("entities must be an array with at least one selector")
    if len(value) > MAX_SELECTORS:
        raise BadRequestData(f"entities must not have more than {MAX_SELECTORS} selectors")
    for selector in value:
        if not isinstance(selector, dict) or not isinstance(selector.get("type"), str):
            raise BadRequestData("an entity selector must be an object with a type")
        identifier = selector.get("id")
        if identifier is not None and not isinstance(identifier, str | list):
            raise BadRequestData("the id of an entity selector must be a URI or an array of URIs")
    if sum("idPattern" in selector for selector in value) > MAX_PATTERNS:
        raise BadRequestData(f"not more than {MAX_PATTERNS} selectors may have an idPattern")
    return [
        {
            name: [found] if name == "id" and isinstance(found, str) else found
            for name, found in selector.items()
        }
        for selector in value
    ]


def _renamed(document: Mapping[str, Any], name: str, names: Mapping[str, str]) -> dict[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequestData(f"{name} must be an object")
    return {names[member]: found for member, found in value.items() if member in names}
