"""What the temporal operations need of the storage; `machi.storage` implements it, tests use memory.

Times are compared in the form of `evolution.sortable`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from machi.core.ids import EntityId, Tenant
from machi.ngsild.repositories import Cursor
from machi.ngsild.temporal.evolution import Head, Point, TimeProperty


@dataclass(frozen=True, slots=True)
class Window:
    """Times to read: from `start` (inclusive) until `end` (exclusive), either of them open if None."""

    by: TimeProperty = TimeProperty.OBSERVED_AT
    start: str | None = None
    end: str | None = None

    def holds(self, point: Point) -> bool:
        """True if the point has the time property, and its time lies in the window."""
        time = point.time(self.by)
        return (
            time is not None
            and (self.start is None or self.start <= time)
            and (self.end is None or time < self.end)
        )


@dataclass(frozen=True, slots=True)
class FoundHead:
    """One evolution of a search and the place behind it."""

    head: Head
    cursor: Cursor


class HistoryRepository(Protocol):
    """Temporal evolutions of entities."""

    def head(self, tenant: Tenant, entity: EntityId) -> Head | None:
        """Read the head of one evolution: one item. None if there is no evolution."""

    def record(self, tenant: Tenant, head: Head, points: Sequence[Point]) -> None:
        """Add points, and join the head to the stored one (`Head.joined`; the first `created_at` stays).

        Written twice with the same `instanceId`, attribute and times, a point is there once. The head is
        written only where it says something new, so that an ordinary change costs its points alone.
        """

    def points(
        self,
        tenant: Tenant,
        entity: EntityId,
        attribute: str,
        window: Window,
        *,
        newest_first: bool,
        expected: int | None = None,
    ) -> Iterator[Point]:
        """The points of one attribute within a window, in the order of its time property, read lazily.

        By `observedAt`, and by it alone, only what lies in the window is read. Points of equal time come
        in the order of their ids, reversed if newest first. `expected` tells about how many will be taken,
        so that no more is read than that.
        """

    def unobserved(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        """The points of one attribute that have no `observedAt`, in the order of their `modifiedAt`."""

    def every_point(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        """All points of one attribute, also those without `observedAt`, in any order."""

    def point(self, tenant: Tenant, entity: EntityId, attribute: str, instance_id: str) -> Point | None:
        """Find one point by its `instanceId`; may read all points of the attribute."""

    def replace(self, tenant: Tenant, entity: EntityId, old: Point, new: Point) -> None:
        """Put a point with the same id and attribute in the place of another, whatever its time."""

    def delete_points(self, tenant: Tenant, entity: EntityId, points: Sequence[Point]) -> None:
        """Remove points; an attribute without points leaves the head, too."""

    def delete(self, tenant: Tenant, entity: EntityId) -> bool:
        """Remove an evolution whole; False if there was none."""

    def search(
        self,
        tenant: Tenant,
        *,
        types: tuple[str, ...] | None = None,
        ids: tuple[EntityId, ...] | None = None,
        after: Cursor | None = None,
    ) -> Iterator[FoundHead]:
        """Heads that have at least one of the types, or are among the ids, in a fixed order, read lazily.

        Raises:
            BadRequestData: `after` is no cursor of this search.
        """
