"""Evolutions and requests for the tests, written briefly."""

from typing import Any

from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.temporal import Point, TemporalProvision, TimeProperty
from tests.unit.ngsild.context.doubles import Watch
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID
from tests.unit.ngsild.temporal.memory import MemoryHistory

VEHICLE = EntityId(ID)
SPEED, BRAND = f"{EXAMPLE}speed", f"{EXAMPLE}brand"


def at(minute: int) -> str:
    """A moment."""
    return f"2026-11-24T{5 + minute // 60:02d}:{minute % 60:02d}:00Z"


def values(*minutes: int, dataset: str | None = None) -> list[dict[str, Any]]:
    """Instances of a Property whose values are the minutes at which they were observed."""
    more = {} if dataset is None else {"datasetId": dataset}
    return [{"type": "Property", "value": minute, "observedAt": at(minute), **more} for minute in minutes]


def evolution(identifier: str = ID, **attributes: object) -> dict[str, Any]:
    """An EntityTemporal as a client sends it."""
    return {"id": identifier, "type": "Vehicle", **attributes}


class City:
    """A history and what changes it."""

    def __init__(self) -> None:
        self.history = MemoryHistory()
        self.watch = Watch()
        self.provision = TemporalProvision(self.history, self.watch)

    def upsert(self, document: object) -> bool:
        """Whether the evolution was created."""
        return self.provision.upsert(DEFAULT_TENANT, document, CONTEXT)[1]

    def points(self, attribute: str = SPEED, entity: EntityId = VEHICLE) -> list[Point]:
        """All points of an attribute, by time."""
        found = self.history.every_point(DEFAULT_TENANT, entity, attribute)
        return sorted(found, key=lambda point: (point.time(TimeProperty.OBSERVED_AT) or "", point.id))

    def values(self, attribute: str = SPEED) -> list[object]:
        """The values of an attribute, by time."""
        return [point.instance.get("value") for point in self.points(attribute)]
