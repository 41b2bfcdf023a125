"""Where ids come from, and the types that keep one kind from passing for another."""

import re
import secrets
from datetime import datetime
from typing import NewType

Tenant = NewType("Tenant", str)
"""A broker tenant; `DEFAULT_TENANT` where the client names none."""

EntityId = NewType("EntityId", str)
"""A URI naming an NGSI-LD entity."""

ApplicationId = NewType("ApplicationId", str)
"""Slug of a registered application, for example `kencom`."""

CitizenId = NewType("CitizenId", str)
"""The `sub` of the citizens' user pool."""

ConsentId = NewType("ConsentId", str)
"""One consent record, `con_…`; a renewed consent is a new record."""

DataItem = NewType("DataItem", str)
"""One kind of personal data of the data catalogue, for example `name` or `HealthActivity.steps`."""

DEFAULT_TENANT = Tenant("default")

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_CITY_LOCAL = re.compile(r"[^\s<>\"{}|\\^`#?]+")


def new_id(prefix: str, at: datetime) -> str:
    """A sortable, unguessable id: prefix, 48 bits of milliseconds, 80 random bits (ULID layout)."""
    number = (int(at.timestamp() * 1000) << 80) | secrets.randbits(80)
    digits = "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))
    return f"{prefix}_{digits}"


def city_entity_id(entity_type: str, city_code: str, local: str) -> EntityId:
    """The id of an entity this city owns: `urn:ngsi-ld:{Type}:{city code}:{local}` (design rule 9).

    Raises:
        ValueError: the local part cannot stand in a URN.
    """
    if not _CITY_LOCAL.fullmatch(local):
        raise ValueError("the local part of an entity id must be free of spaces and reserved characters")
    return EntityId(f"urn:ngsi-ld:{entity_type}:{city_code}:{local}")
