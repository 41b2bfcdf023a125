"""5.6.7 to 5.6.10 and 5.6.20: many entities, each for itself."""

from collections.abc import Sequence

import pytest

from machi.core.ids import DEFAULT_TENANT, Tenant
from machi.ngsild.broker.batch import MAX_ENTITIES, BatchResult, UpsertMode
from machi.ngsild.broker.payload import Items
from machi.ngsild.broker.writing import EntityNotFound
from machi.ngsild.errors import AlreadyExists, BadRequestData
from machi.ngsild.provision import Existing
from machi.ngsild.reading import NULL
from machi.ngsild.repositories import Write
from tests.unit.ngsild.broker.world import CORE, World, car, items

ONE, TWO, THREE = (f"urn:ngsi-ld:Car:{number}" for number in (1, 2, 3))


def errors_of(result: BatchResult) -> list[tuple[str, type[Exception]]]:
    return [(failed.entity, type(failed.error)) for failed in result.errors]


def test_creating_reports_who_was_there_before() -> None:
    world = World()
    world.has(car(2))

    result = world.batch.create(DEFAULT_TENANT, items(car(1), car(2), car(3)))

    assert result.success == result.created == [ONE, THREE]
    assert errors_of(result) == [(TWO, AlreadyExists)]


def test_the_first_of_two_with_one_id_is_created() -> None:
    world = World()

    result = world.batch.create(DEFAULT_TENANT, items(car(1, speed=1), car(1, speed=2)))

    assert result.success == [ONE]
    assert errors_of(result) == [(ONE, AlreadyExists)]
    assert world.values(ONE) == {"speed": 1}


def test_a_wrong_entity_does_not_stop_the_others() -> None:
    world = World()

    result = world.batch.create(
        DEFAULT_TENANT, items(car(1), {"id": TWO}, {"type": "Car"}, {"id": "no uri", "type": "Car"}, car(3))
    )

    assert result.success == [ONE, THREE]
    assert errors_of(result) == [("", BadRequestData), ("no uri", BadRequestData), (TWO, BadRequestData)]


@pytest.mark.parametrize("documents", [(), (car(1), None), (car(1), 5), (car(1),) * (MAX_ENTITIES + 1)])
def test_a_batch_that_is_none_is_refused_whole(documents: tuple[object, ...]) -> None:
    world = World()

    with pytest.raises(BadRequestData):
        world.batch.create(DEFAULT_TENANT, items(*documents))

    assert world.finds(type="Car") == []


def test_an_entity_whose_context_fails_fails_alone() -> None:
    def context_of(document: object) -> object:
        if isinstance(document, dict) and document["id"] == TWO:
            raise BadRequestData("no context")
        return CORE

    result = World().batch.create(DEFAULT_TENANT, Items([car(1), car(2)], context_of))  # type: ignore[arg-type]

    assert result.success == [ONE]
    assert errors_of(result) == [(TWO, BadRequestData)]


def test_an_upsert_replaces_what_is_there() -> None:
    world = World()
    world.has(car(1, speed=1, colour="red"))

    result = world.batch.upsert(DEFAULT_TENANT, items(car(1, speed=2), car(2)), UpsertMode.REPLACE)

    assert result.success == [ONE, TWO]
    assert result.created == [TWO]
    assert world.values(ONE) == {"speed": 2}


def test_an_upsert_may_update_instead() -> None:
    world = World()
    world.has(car(1, speed=1, colour="red", old=True))

    world.batch.upsert(DEFAULT_TENANT, items(car(1, speed=2, old=NULL)), UpsertMode.UPDATE)

    assert world.values(ONE) == {"speed": 2, "colour": "red"}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(UpsertMode.REPLACE, {"b": 2}), (UpsertMode.UPDATE, {"a": 1, "b": 2})],
)
def test_an_entity_upserted_twice_goes_through_both_states(
    mode: UpsertMode, expected: dict[str, int]
) -> None:
    world = World()

    result = world.batch.upsert(DEFAULT_TENANT, items(car(1, a=1), car(1, b=2)), mode)

    assert result.success == result.created == [ONE]
    assert world.values(ONE) == expected


def test_an_update_appends_to_what_is_there_and_only_to_that() -> None:
    world = World()
    world.has(car(1, speed=1))

    result = world.batch.update(
        DEFAULT_TENANT, items(car(1, speed=2, colour="red"), car(2)), Existing.REPLACED
    )

    assert result.success == [ONE]
    assert errors_of(result) == [(TWO, EntityNotFound)]
    assert world.values(ONE) == {"speed": 2, "colour": "red"}


def test_an_update_without_overwriting_reports_what_it_left() -> None:
    world = World()
    world.has(car(1, speed=1), car(2))

    result = world.batch.update(
        DEFAULT_TENANT, items(car(1, speed=2, colour="red"), car(2, speed=3)), Existing.LEFT
    )

    assert result.success == [TWO]
    assert errors_of(result) == [(ONE, AlreadyExists)]
    assert world.values(ONE) == {"speed": 1, "colour": "red"}


def test_a_merge_goes_into_values() -> None:
    world = World()
    world.has(car(1, address={"value": {"city": "Ichinomiya", "street": "Honmachi"}}))

    result = world.batch.merge(
        DEFAULT_TENANT, items(car(1, address={"value": {"street": NULL, "no": 5}}), car(2, speed=1))
    )

    assert result.success == [ONE]
    assert errors_of(result) == [(TWO, EntityNotFound)]
    assert world.values(ONE) == {"address": {"city": "Ichinomiya", "no": 5}}


def test_what_is_deleted_twice_is_not_there_the_second_time() -> None:
    world = World()
    world.has(car(1))

    result = world.batch.delete(DEFAULT_TENANT, [ONE, ONE, TWO, "no uri"])

    assert result.success == [ONE]
    assert sorted(errors_of(result), key=str) == sorted(
        [(ONE, EntityNotFound), (TWO, EntityNotFound), ("no uri", BadRequestData)], key=str
    )


@pytest.mark.parametrize("ids", [[], [None], [ONE, 5]])
def test_a_list_that_is_no_list_of_ids_is_refused_whole(ids: list[object]) -> None:
    world = World()
    world.has(car(1))

    with pytest.raises(BadRequestData):
        world.batch.delete(DEFAULT_TENANT, ids)

    assert world.finds(type="Car") == ["Car:1"]


def test_a_thousand_entities_are_one_batch() -> None:
    world = World()

    result = world.batch.upsert(
        DEFAULT_TENANT, items(*(car(number, speed=number) for number in range(1000))), UpsertMode.REPLACE
    )

    assert len(result.created) == 1000
    assert not result.errors


def test_creating_makes_the_tenant_exist() -> None:
    world = World()

    world.batch.create(Tenant("city"), items(car(1)))

    assert world.entities.get(Tenant("city"), ONE) is not None  # type: ignore[arg-type]


def test_large_entities_are_written_some_at_a_time() -> None:
    world = World()
    world.has(*(car(number, text="x" * 1_500_000) for number in range(1, 10)))
    written = list[int]()
    write_many = world.entities.write_many

    def counting(tenant: Tenant, changes: Sequence[Write]) -> Sequence[object]:
        written.append(len(changes))
        return write_many(tenant, changes)

    world.entities.write_many = counting  # type: ignore[method-assign,assignment]
    updated = world.batch.update(
        DEFAULT_TENANT, items(*(car(n, speed=1) for n in range(1, 10))), Existing.REPLACED
    )
    deleted = world.batch.delete(DEFAULT_TENANT, [f"urn:ngsi-ld:Car:{n}" for n in range(1, 10)])

    assert (len(updated.success), len(deleted.success), updated.errors, deleted.errors) == (9, 9, [], [])
    assert written == [3, 3, 3, 3, 3, 3]
