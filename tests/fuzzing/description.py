"""ETSI's OpenAPI description of NGSI-LD 1.8.1, made fit for generating requests.

The description is not kept here; its file is named on the command line. What is changed is changed in memory:
- parts that are left for later are left out,
- `ERRATA`: where the description contradicts the specification that it describes,
- bodies are written out without recursion, because generators never finish with the original's.
Answers, the part that is checked, stay as they are.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests.security.not_yet_built import NOT_YET_BUILT

Json = Any
"""A part of the description."""

ERRATA = {
    "application/json+ld": "application/ld+json",  # 6.3.4; the media type that exists
}
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_DEPTH = 2
"""How often a schema may refer to another one, seen from the body's own."""
_SAID_ABOUT = frozenset(
    {"description", "readOnly", "deprecated", "default", "example", "examples", "externalDocs"}
)
"""Members of a schema that say nothing about which documents are valid."""


def read_description(file: Path) -> dict[str, Json]:
    """The operations that are built, with bodies that can be generated.

    Raises:
        FileNotFoundError: there is no such file.
    """
    description: dict[str, Json] = _renamed(yaml.safe_load(file.read_text()))
    description["servers"] = [{"url": "/ngsi-ld/v1"}]
    description["paths"] = {
        path: item for path, item in description["paths"].items() if path.split("/")[1] not in NOT_YET_BUILT
    }
    components = description["components"]
    components["parameters"]["Query.entityMap"]["name"] = "entityMap"  # 6.4.3.2; "details" by mistake
    components["schemas"]["Path"] = {"type": "string", "minLength": 1}  # names and local ids are no URIs
    for item in description["paths"].values():
        for method in _METHODS & item.keys():
            if "requestBody" in item[method]:
                item[method]["requestBody"] = _body(item[method]["requestBody"], description)
    return description


def _renamed(part: Json) -> Json:
    if isinstance(part, dict):
        return {ERRATA.get(name, name): _renamed(value) for name, value in part.items()}
    return [_renamed(value) for value in part] if isinstance(part, list) else part


def _body(body: Json, description: dict[str, Json]) -> Json:
    if "$ref" in body:
        body = description["components"]["requestBodies"][body["$ref"].rpartition("/")[2]]
    schemas = description["components"]["schemas"]
    content = {
        media: {"schema": _written_out(part["schema"], schemas, _DEPTH)}
        for media, part in body["content"].items()
    }
    return {"required": True, "content": content}


def _written_out(schema: Json, schemas: dict[str, Json], depth: int) -> Json:
    """Without references; those that lie too deep become something small.

    Alternatives need not exclude each other any more: deciding that costs generators most of their time.
    """
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        if depth == 0:
            return {"type": ["string", "number", "boolean"]}
        return _written_out(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth - 1)
    made: dict[str, Json] = {}
    for name, value in schema.items():
        if name in _SAID_ABOUT:
            continue
        if name in {"oneOf", "anyOf"}:
            made["anyOf"] = [_written_out(choice, schemas, depth) for choice in value]
        elif name == "allOf":
            made["allOf"] = [_written_out(part, schemas, depth) for part in value]
        elif name == "properties":
            made[name] = {key: _written_out(part, schemas, depth) for key, part in value.items()}
        elif name in {"items", "additionalProperties", "not"}:
            made[name] = _written_out(value, schemas, depth)
        else:
            made[name] = deepcopy(value)
    return _merged(made)


def _merged(schema: dict[str, Json]) -> dict[str, Json]:
    """`allOf` of plain objects as one object."""
    parts = schema.get("allOf")
    if parts is None or any("anyOf" in part or "allOf" in part or "not" in part for part in parts):
        return schema
    made: dict[str, Json] = {name: value for name, value in schema.items() if name != "allOf"}
    for part in parts:
        for name, value in part.items():
            if name == "properties":
                made[name] = {**made.get(name, {}), **value}
            elif name == "required":
                made[name] = sorted({*made.get(name, []), *value})
            else:
                made.setdefault(name, value)
    return made
