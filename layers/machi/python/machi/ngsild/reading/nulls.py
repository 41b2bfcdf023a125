"""How does a client say that something is to go? (clauses 4.5.0, 5.5.4, 5.5.8 and 5.5.12)"""

from collections.abc import Mapping
from enum import Enum

from machi.ngsild.entity import VALUE_MEMBER

NULL = "urn:ngsi-ld:null"
"""The NGSI-LD Null: what stands for the null that JSON-LD does not let through."""

_SPELLINGS = (NULL, [NULL], {"@none": NULL})
_VALUES = tuple(dict.fromkeys(VALUE_MEMBER.values()))


class Nulls(Enum):
    """Where a document may hold the NGSI-LD Null."""

    FORBIDDEN = "nowhere"
    """Create, append, replace."""
    UPDATE = "in place of a member or an attribute's value"
    """Partial update (5.5.8)."""
    EVOLUTION = "in place of an attribute's value only"
    """Temporal evolutions, where it stands for a deletion that happened (4.5.7)."""
    MERGE = "also inside values"
    """Merge (5.5.12)."""


def is_null(value: object) -> bool:
    """True for the NGSI-LD Null in any of its spellings: text, array of it, language map of it."""
    return value in _SPELLINGS


def is_deletion(instance: Mapping[str, object]) -> bool:
    """True if the value of an attribute instance is the NGSI-LD Null."""
    return any(member in instance and is_null(instance[member]) for member in _VALUES)
