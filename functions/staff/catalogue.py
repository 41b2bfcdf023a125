"""`/staff/v1/personal-types`: which types of entities are personal, and what each attribute is."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from machi.core.ids import ApplicationId, DataItem
from machi.http.forms import submitted_object
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response
from machi.identity.faults import fault
from machi.personal.catalogue import PersonalType
from machi.staff.catalogue import CatalogueDesk

_ITEM = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_UNSAFE = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f\x7f]")
_MOST_IRI, _MOST_ATTRIBUTES, _MOST_WRITERS = 300, 50, 20


def catalogue_routes(desk: CatalogueDesk) -> Handlers[Request]:
    """The routes."""
    routes = Handlers("/staff/v1", plain)

    @routes.get("/personal-types")
    async def every(_request: Request) -> Response:
        """All that are declared; entities of any other type are public."""
        types = desk.types()
        return json_response({"types": [_shown(types[name]) for name in sorted(types)]})

    @routes.get("/personal-types/{type}")
    async def one(request: Request) -> Response:
        """One type, by its IRI."""
        return json_response(_shown(desk.find(request.path_params["type"])))

    @routes.put("/personal-types/{type}")
    async def declare(request: Request) -> Response:
        """Declare it, or add attributes and writers; what is declared stays."""
        wanted = _read(request.path_params["type"], await submitted_object(request))
        return json_response(_shown(desk.declare(wanted)))

    return routes


def _read(entity_type: str, body: Mapping[str, Any]) -> PersonalType:
    if not _is_iri(entity_type):
        raise fault("type", "not-an-iri")
    subject, items, writers = body.get("subject"), body.get("items"), body.get("writers")
    if not _is_iri(subject):
        raise fault("subject", "not-an-iri")
    if not isinstance(items, Mapping) or not 1 <= len(items) <= _MOST_ATTRIBUTES:
        raise fault("items", "not-an-object")
    if not all(_is_iri(name) for name in items) or subject in items:
        raise fault("items", "not-an-iri")
    if not all(isinstance(item, str) and _ITEM.fullmatch(item) for item in items.values()):
        raise fault("items", "not-offered")
    if not isinstance(writers, list) or len(writers) > _MOST_WRITERS:
        raise fault("writers", "not-a-list")
    if not all(isinstance(writer, str) for writer in writers):
        raise fault("writers", "not-text")
    return PersonalType(
        type=entity_type,
        subject=str(subject),
        items={name: DataItem(item) for name, item in items.items()},
        writers=frozenset(map(ApplicationId, writers)),
    )


def _is_iri(value: object) -> bool:
    if not isinstance(value, str) or len(value) > _MOST_IRI or _UNSAFE.search(value):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https", "urn"} and bool(parts.netloc or parts.path)


def _shown(declared: PersonalType) -> dict[str, object]:
    return {
        "type": declared.type,
        "subject": declared.subject,
        "items": dict(sorted(declared.items.items())),
        "writers": sorted(declared.writers),
    }
