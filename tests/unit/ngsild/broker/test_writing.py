"""Optimistic locking: nobody's change is lost, and nobody waits for ever."""

import threading
import time

import pytest

from machi.core.clock import to_iso, utc_now
from machi.core.errors import Conflict
from machi.core.ids import DEFAULT_TENANT, EntityId, Tenant
from machi.ngsild.broker.writing import Patience, Writer
from machi.ngsild.entity import Entity
from machi.ngsild.errors import AlreadyExists, ResourceNotFound
from machi.ngsild.provision import Outcome
from machi.ngsild.repositories import StoredEntity, Write
from tests.unit.ngsild.broker.world import CAR, World, body, car, expand, target
from tests.unit.ngsild.memory import MemoryEntities

SPEED = expand("speed")


def faster(entity: Entity, now: str) -> Outcome:
    speed = entity["attrs"][SPEED][0]
    return Outcome(
        {**entity, "modifiedAt": now, "attrs": {SPEED: [{**speed, "value": speed["value"] + 1}]}}, (SPEED,)
    )


class Slow(MemoryEntities):
    """Lets others run between reading and writing, so that writers really meet."""

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        time.sleep(0.0005)
        return super().write(tenant, change)


def test_fifty_writers_on_one_entity_all_get_through() -> None:
    world = World(Slow())
    world.has(car(speed=0))
    writer = Writer(world.entities, utc_now, Patience())
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(4):
                writer.change(target(), faster)
        except Conflict as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert world.values() == {"speed": 200}


class Contested(MemoryEntities):
    """Somebody else is always faster."""

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:  # noqa: ARG002
        raise Conflict("somebody else wrote first")


def test_a_writer_who_always_loses_gives_up_in_time() -> None:
    world = World()
    world.has(car(speed=0))
    seconds, pauses = [0.0], list[float]()

    def sleep(pause: float) -> None:
        pauses.append(pause)
        seconds[0] += pause

    contested = Contested()
    contested.__dict__.update(world.entities.__dict__)
    patience = Patience(sleep=sleep, seconds=lambda: seconds[0], chance=lambda: 0.5)

    with pytest.raises(Conflict):
        Writer(contested, utc_now, patience).change(target(), faster)

    assert pauses[0] < pauses[1] < pauses[2]
    assert 15 <= seconds[0] < 16


def test_times_of_an_entity_never_run_backwards() -> None:
    world = World()
    world.has(car(speed=0))
    world.later(seconds=-10)

    world.writer.change(target(), faster)

    assert world.entity()["modifiedAt"] == "2026-11-24T05:00:00.000Z"


def test_what_does_not_change_is_not_written() -> None:
    world = World()
    world.has(car(speed=0))
    before = world.entities.get(DEFAULT_TENANT, target().entity)

    world.writer.change(target(), lambda entity, _: Outcome(entity))

    assert world.entities.get(DEFAULT_TENANT, target().entity) == before


def test_an_entity_is_created_once() -> None:
    world = World()
    world.has(car(speed=0))

    with pytest.raises(AlreadyExists):
        world.provision.create(DEFAULT_TENANT, body(car(speed=1)))

    assert world.values() == {"speed": 0}


class Forgetful(MemoryEntities):
    """Forgets expired entities, as the storage does."""

    world: World

    def get(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        found = super().get(tenant, entity)
        if found is not None and found.entity.get("expiresAt", "9") <= to_iso(self.world.now()):
            del self.kept[tenant, entity]
            return None
        return found

    get_latest = get

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        if change.after is not None:
            self.get(tenant, EntityId(change.after["id"]))
        return super().write(tenant, change)


def test_an_expired_entity_is_not_there_and_can_be_created_again() -> None:
    entities = Forgetful()
    world = entities.world = World(entities)
    world.has(car(speed=0, expiresAt="2026-11-24T06:00:00Z"))
    world.later(hours=2)

    with pytest.raises(ResourceNotFound):
        world.writer.change(target(), faster)
    world.has(car(speed=9))

    assert world.values() == {"speed": 9}


def test_an_upsert_makes_what_is_not_there() -> None:
    world = World()
    made: Entity = {"id": CAR, "type": [expand("Car")], "createdAt": "", "modifiedAt": "", "attrs": {}}

    world.writer.upsert(target(), lambda _: made, faster)

    assert world.entity() == made


def test_an_upsert_that_loses_the_race_to_create_changes_what_is_there() -> None:
    class Late(MemoryEntities):
        def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
            if change.before is None and not self.raced:
                self.raced = True
                speed = {"type": "Property", "value": 1, "createdAt": "", "modifiedAt": ""}
                rival = {**change.after, "attrs": {SPEED: [speed]}}  # type: ignore[dict-item]
                super().write(tenant, Write(None, rival))  # type: ignore[arg-type]
            return super().write(tenant, change)

        raced = False

    world = World(Late())
    made: Entity = {"id": CAR, "type": [expand("Car")], "createdAt": "", "modifiedAt": "", "attrs": {}}

    world.writer.upsert(target(), lambda _: made, faster)

    assert world.values() == {"speed": 2}
