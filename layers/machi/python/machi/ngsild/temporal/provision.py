"""What can a client do with an evolution? (clauses 5.6.11 to 5.6.16)"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from machi.core.clock import Clock, to_iso
from machi.core.ids import EntityId, Tenant
from machi.ngsild.context import Context
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.temporal.changes import new_instance_id, tombstone, with_id
from machi.ngsild.temporal.evolution import Head, Point, TimeProperty
from machi.ngsild.temporal.reading import read_evolution, read_instance
from machi.ngsild.temporal.repository import HistoryRepository, Window

ALL_DATASETS = "*"
"""In place of a dataset: every instance (`deleteAll`)."""

_AT_ONCE = 500
"""Points deleted in one go."""
_ALWAYS = Window()
_AFTER_ALL_DECIMALS = "9"
"""Behind the time of a point, this makes an end that still holds it."""


@dataclass(frozen=True, slots=True)
class InstancePlace:
    """Which instance a request addresses."""

    entity: EntityId
    attribute: str
    """IRI, or SCOPE."""
    instance_id: str


class TemporalProvision:
    """Changes evolutions on behalf of clients."""

    def __init__(self, history: HistoryRepository, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    def upsert(self, tenant: Tenant, document: object, context: Context) -> tuple[EntityId, bool]:
        """5.6.11 Create or Update Temporal Evolution of an Entity; the id, and whether it was created.

        An instance with the dataset and `observedAt` of one that is there takes its place (4.5.5).

        Raises:
            BadRequestData: the document is no evolution.
        """
        now = to_iso(self._clock())
        evolution = read_evolution(document, context, now)
        if evolution.id is None or not evolution.types:
            raise BadRequestData("an evolution needs an id and a type")
        there = self._history.head(tenant, evolution.id)
        points = evolution.points
        if there is not None:
            points = tuple(self._in_place(tenant, evolution.id, points))
        head = evolution.head(evolution.id, now)
        self._history.record(tenant, head if there is None else _extended(there, head), points)
        return evolution.id, there is None

    def append(self, tenant: Tenant, entity: EntityId, document: object, context: Context) -> None:
        """5.6.12 Add Attributes to Temporal Evolution of an Entity.

        Raises:
            ResourceNotFound: there is no such evolution.
            BadRequestData: the document is no fragment of it.
        """
        there = self._known(tenant, entity)
        now = to_iso(self._clock())
        evolution = read_evolution(document, context, now)
        if evolution.id not in (None, entity):
            raise BadRequestData("the id in the body must be the id of the entity addressed")
        self._history.record(tenant, _extended(there, evolution.head(entity, now)), evolution.points)

    def delete_attribute(
        self, tenant: Tenant, entity: EntityId, attribute: str, dataset: str | None = None
    ) -> None:
        """5.6.13 Delete Attribute from Temporal Evolution: of one dataset, the default one, or ALL_DATASETS.

        Raises:
            ResourceNotFound: there is no such evolution, attribute or dataset.
        """
        self._with_attribute(tenant, entity, attribute)
        chosen = (
            point
            for point in self._every(tenant, entity, attribute)
            if dataset in (ALL_DATASETS, point.dataset)
        )
        found = False
        while batch := list(islice(chosen, _AT_ONCE)):
            found = True
            self._history.delete_points(tenant, entity, batch)
        if not found:
            raise ResourceNotFound("the evolution has no such attribute instances")

    def replace_instance(
        self, tenant: Tenant, place: InstancePlace, document: object, context: Context
    ) -> None:
        """5.6.14 Modify Attribute instance: the new one keeps `instanceId` and `createdAt`.

        Raises:
            ResourceNotFound: there is no such evolution, attribute or instance.
            BadRequestData: the document does not hold one instance of the attribute.
        """
        old = self._point(tenant, place)
        instance = read_instance(document, context, to_iso(self._clock()), place.attribute)
        new = _succeeding(old, Point(place.attribute, instance))
        self._history.replace(tenant, place.entity, old, new)

    def delete_instance(self, tenant: Tenant, place: InstancePlace) -> None:
        """5.6.15 Delete Attribute instance.

        Raises:
            ResourceNotFound: there is no such evolution, attribute or instance.
        """
        self._history.delete_points(tenant, place.entity, [self._point(tenant, place)])

    def delete(self, tenant: Tenant, entity: EntityId) -> None:
        """5.6.16 Delete Temporal Evolution of an Entity.

        Raises:
            ResourceNotFound: there is none.
        """
        if not self._history.delete(tenant, entity):
            raise ResourceNotFound("there is no such evolution")

    def bury(self, tenant: Tenant, entity: EntityId, attribute: str, dataset: str | None = None) -> bool:
        """Record that an attribute was deleted (4.5.7), for an entity that exists in its evolution only.

        False if the evolution has no such attribute alive. `attribute` may be SCOPE, `dataset` ALL_DATASETS.
        """
        head = self._history.head(tenant, entity)
        if head is None or attribute not in head.attributes:
            return False
        now = to_iso(self._clock())
        alive = {
            name: point
            for name, point in self._newest(tenant, entity, attribute).items()
            if "deletedAt" not in point.instance and dataset in (ALL_DATASETS, name)
        }
        points = [
            Point(attribute, with_id(tombstone(point.instance, now), new_instance_id()))
            for point in alive.values()
        ]
        if points:
            self._history.record(tenant, head, points)
        return bool(points)

    def _newest(self, tenant: Tenant, entity: EntityId, attribute: str) -> dict[str | None, Point]:
        """The point that was written last, of each dataset."""
        newest: dict[str | None, Point] = {}
        for point in self._every(tenant, entity, attribute):
            best = newest.get(point.dataset)
            if best is None or best.instance["modifiedAt"] <= point.instance["modifiedAt"]:
                newest[point.dataset] = point
        return newest

    def _in_place(self, tenant: Tenant, entity: EntityId, points: Sequence[Point]) -> Iterator[Point]:
        """The points that are new; those that succeed others are put in their places."""
        by_attribute: dict[str, list[Point]] = defaultdict(list)
        for point in points:
            by_attribute[point.attribute].append(point)
        for attribute, sent in by_attribute.items():
            there = self._at_times_of(tenant, entity, attribute, sent)
            for point in sent:
                old = there.get((point.dataset, point.time(TimeProperty.OBSERVED_AT)))
                if old is None:
                    yield point
                else:
                    self._history.replace(tenant, entity, old, _succeeding(old, point))

    def _at_times_of(
        self, tenant: Tenant, entity: EntityId, attribute: str, sent: Sequence[Point]
    ) -> dict[tuple[str | None, str | None], Point]:
        """Points that are there between the first and the last time sent, by dataset and time."""
        times = [time for point in sent if (time := point.time(TimeProperty.OBSERVED_AT)) is not None]
        if not times:
            return {}
        window = Window(TimeProperty.OBSERVED_AT, min(times), max(times) + _AFTER_ALL_DECIMALS)
        found = self._history.points(tenant, entity, attribute, window, newest_first=False)
        return {(point.dataset, point.time(TimeProperty.OBSERVED_AT)): point for point in found}

    def _every(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        observed = self._history.points(tenant, entity, attribute, _ALWAYS, newest_first=False)
        return chain(observed, self._history.unobserved(tenant, entity, attribute))

    def _known(self, tenant: Tenant, entity: EntityId) -> Head:
        head = self._history.head(tenant, entity)
        if head is None:
            raise ResourceNotFound("there is no such evolution")
        return head

    def _with_attribute(self, tenant: Tenant, entity: EntityId, attribute: str) -> None:
        if attribute not in self._known(tenant, entity).attributes:
            raise ResourceNotFound("the evolution has no such attribute")

    def _point(self, tenant: Tenant, place: InstancePlace) -> Point:
        self._with_attribute(tenant, place.entity, place.attribute)
        found = self._history.point(tenant, place.entity, place.attribute, place.instance_id)
        if found is None:
            raise ResourceNotFound("the attribute has no such instance")
        return found


def _extended(there: Head, more: Head) -> Head:
    """The head with types and attributes added; whether the entity lives is not for clients to say."""
    return replace(there.joined(more), deleted_at=there.deleted_at)


def _succeeding(old: Point, new: Point) -> Point:
    """The new point with what the old one is known by."""
    instance = with_id(new.instance, old.id)
    return Point(new.attribute, {**instance, "createdAt": old.instance["createdAt"]})
