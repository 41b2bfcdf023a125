"""What is the temporal evolution of an entity made of? (clauses 4.5.6 to 4.5.8 and 5.2.20)

A Point is one attribute instance at one time, with an `instanceId` of its own. The scope evolves like an
attribute, under the IRI SCOPE and with a list as its value. A deletion is a point whose value is the
NGSI-LD Null and which has a `deletedAt`.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

from machi.core.ids import EntityId
from machi.ngsild.entity import CORE, Instance

SCOPE = CORE + "scope"
"""Under which the scope's points are kept."""

_SECONDS = len("2026-11-24T05:00:00")
_DIGITS = 6


class TimeProperty(StrEnum):
    """The temporal properties that a temporal query can ask by (4.8, 4.11)."""

    OBSERVED_AT = "observedAt"
    CREATED_AT = "createdAt"
    MODIFIED_AT = "modifiedAt"
    DELETED_AT = "deletedAt"


@dataclass(frozen=True, slots=True)
class Point:
    """One attribute instance of an evolution."""

    attribute: str
    """IRI of the attribute, or SCOPE."""
    instance: Instance

    @property
    def id(self) -> str:
        """The `instanceId`, a URI, unique within the entity."""
        return str(cast("dict[str, Any]", self.instance)["instanceId"])

    @property
    def dataset(self) -> str | None:
        """The dataset; None for the default instance."""
        return self.instance.get("datasetId")

    def time(self, by: TimeProperty) -> str | None:
        """When it was, in the form of `sortable`; None if it has no such time."""
        text = cast("dict[str, str]", self.instance).get(by.value)
        return None if text is None else sortable(text)


@dataclass(frozen=True, slots=True)
class Head:
    """What an evolution says of its entity as a whole."""

    id: EntityId
    types: tuple[str, ...]
    """IRIs of all types it ever had."""
    attributes: frozenset[str] = field(default_factory=frozenset)
    """IRIs of all attributes it has points of, SCOPE included."""
    created_at: str = ""
    deleted_at: str | None = None
    """When the entity was deleted, unless it was created anew since."""

    def joined(self, other: "Head") -> "Head":
        """This head with what a later one adds; of the deletion the later one knows better."""
        return replace(
            self,
            types=tuple(dict.fromkeys((*self.types, *other.types))),
            attributes=self.attributes | other.attributes,
            deleted_at=other.deleted_at,
        )


def sortable(moment: str) -> str:
    """A DateTime of clause 4.6.3 as text that orders by time: always six decimals, no `Z`."""
    whole, fraction = moment[:_SECONDS], moment[_SECONDS + 1 : -1]
    return f"{whole}.{fraction:0<{_DIGITS}}"
