"""How entities get into a store, such that loading the same again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from machi.core.errors import MachiError
from machi.datasets.entities import OWNED_ATTRIBUTES, Entity


class StoreUnavailable(MachiError):
    """The store could not be reached or gave up half-way; load again. The message is in Japanese."""


class Action(StrEnum):
    """What became of one entity."""

    CREATED = "created"
    REPLACED = "replaced"
    """Its attributes of the import were brought to the new state; attributes of others stayed."""
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    """The store did not take it; the outcome says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entity, and why if it was refused."""

    entity_id: str
    action: Action
    reason: str = ""
    """In Japanese, empty unless refused."""


class EntityStore(Protocol):
    """Where entities go: the broker's storage, or any NGSI-LD API."""

    def load(self, entities: Sequence[Entity], /) -> Sequence[Outcome]:
        """Bring each entity to the given state; one outcome each, in the same order.

        Attributes outside `OWNED_ATTRIBUTES` are left as they are.

        Raises:
            StoreUnavailable: some may have been loaded, the others not; load all again.
        """


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done to one entity."""

    outcome: Outcome
    """What will have become of it, if the store takes it."""
    write: Entity | None = None
    """Id, type and the attributes that differ; the whole entity if it is new; None if nothing differs."""
    remove: tuple[str, ...] = ()
    """Attributes that an earlier import wrote and this one no longer has."""


def plan(entity: Entity, stored: Mapping[str, Any] | None) -> Plan:
    """Compare an entity with its stored state in normalized form with core terms, None if there is none.

    Events arrive late and twice: an older state of a data set never goes over a newer one.
    """
    entity_id = entity["id"]
    if stored is None:
        return Plan(Outcome(entity_id, Action.CREATED), write=entity)
    differing = {
        name: entity[name]
        for name in entity
        if name in OWNED_ATTRIBUTES and _canonical(entity[name]) != _canonical(_default(stored.get(name)))
    }
    remove = tuple(sorted((stored.keys() & OWNED_ATTRIBUTES) - entity.keys()))
    if not differing and not remove:
        return Plan(Outcome(entity_id, Action.UNCHANGED))
    if _day(stored) > _day(entity):
        return Plan(Outcome(entity_id, Action.REFUSED, "より新しい時点のデータが登録されています"))
    write = {"id": entity_id, "type": entity["type"], **differing} if differing else None
    return Plan(Outcome(entity_id, Action.REPLACED), write, remove)


def _default(attribute: object) -> object:
    """The instance that an import writes: the one without `datasetId`, where others added theirs."""
    if not isinstance(attribute, list):
        return attribute
    own = (one for one in attribute if isinstance(one, Mapping) and "datasetId" not in one)
    return next(own, None)


def _canonical(value: object) -> object:
    # JSON-LD compaction writes a list of one as the one; brokers add when an attribute was written.
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items() if key not in _WRITTEN_BY_BROKERS}
    if isinstance(value, list | tuple):
        return _canonical(value[0]) if len(value) == 1 else [_canonical(item) for item in value]
    return value


_WRITTEN_BY_BROKERS = frozenset(("createdAt", "modifiedAt"))


def _day(entity: Mapping[str, Any]) -> str:
    """The as-of day; files that state none count as older than those that do."""
    attribute = _default(entity.get("dateModified"))
    value = attribute.get("value") if isinstance(attribute, Mapping) else None
    return value if isinstance(value, str) else ""
