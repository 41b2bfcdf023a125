"""Clauses 4.5.6 to 4.5.8: what a change of an entity adds to its evolution, exactly once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.reading import NULL, is_deletion, read_entity
from machi.ngsild.temporal import SCOPE, Changes, changes
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID, document
from tests.unit.ngsild.temporal.memory import MemoryHistory

SPEED, BRAND = f"{EXAMPLE}speed", f"{EXAMPLE}brand"
T1, T2, T3 = "2026-11-24T05:00:00.000Z", "2026-11-24T06:00:00.000Z", "2026-11-24T07:00:00.000Z"


def entity(at: str = T1, **attributes: object) -> Entity:
    return read_entity(document(**attributes), CONTEXT, at)


def between(before: Entity | None, after: Entity | None, version: int = 2, at: str = T3) -> Changes:
    return changes(before, after, version=version, at=at)


def test_a_creation_records_every_attribute_and_the_scope() -> None:
    found = between(
        None, entity(speed=5, brand=[{"value": 1}, {"value": 2, "datasetId": "urn:d:1"}], scope="/A"), 1
    )

    assert [(point.attribute, point.dataset) for point in found.points] == [
        (SPEED, None), (BRAND, None), (BRAND, "urn:d:1"), (SCOPE, None),
    ]  # fmt: skip
    assert found.head.id == ID
    assert found.head.types == (f"{EXAMPLE}Vehicle",)
    assert found.head.attributes == {SPEED, BRAND, SCOPE}
    assert (found.head.created_at, found.head.deleted_at) == (T1, None)


def test_a_point_is_the_instance_with_an_id() -> None:
    (point,) = between(None, entity(speed={"value": 5, "observedAt": T1, "accuracy": 1})).points

    sent = entity(speed={"value": 5, "observedAt": T1, "accuracy": 1})["attrs"][SPEED][0]
    assert point.instance == {**sent, "instanceId": point.id}
    assert point.id.startswith("urn:ngsi-ld:Instance:")


def test_only_what_changed_is_recorded() -> None:
    before = entity(speed=5, brand="x")
    after: Entity = {**before, "modifiedAt": T2, "attrs": {**before["attrs"], **entity(T2, speed=6)["attrs"]}}

    (point,) = between(before, after).points

    assert (point.attribute, point.instance["value"]) == (SPEED, 6)


def test_writing_the_same_value_again_is_an_update() -> None:
    assert len(between(entity(T1, speed=5), entity(T2, speed=5)).points) == 1


def test_nothing_changed_records_nothing() -> None:
    assert between(entity(speed=5, scope="/A"), entity(speed=5, scope="/A")).points == ()


@pytest.mark.parametrize(
    ("value", "member", "null"),
    [
        (5, "value", NULL),
        ({"type": "Point", "coordinates": [1, 2]}, "value", NULL),
        ({"object": "urn:x:1"}, "object", NULL),
        ({"languageMap": {"en": "x"}}, "languageMap", {"@none": NULL}),
        ({"vocab": "Red"}, "vocab", NULL),
        ({"json": {"a": 1}}, "json", NULL),
        ({"valueList": [1]}, "valueList", [NULL]),
        ({"objectList": ["urn:x:1"]}, "objectList", [NULL]),
    ],
)
def test_a_deleted_attribute_leaves_a_null_and_the_time(value: object, member: str, null: object) -> None:
    before = entity(T1, speed=value)
    (point,) = between(before, {**entity(T2), "createdAt": T1}).points

    instance: dict[str, Any] = {**point.instance}
    assert instance[member] == null
    assert is_deletion(instance)
    assert (instance["deletedAt"], instance["createdAt"]) == (T2, T1)
    assert instance["type"] == before["attrs"][SPEED][0]["type"]
    assert "observedAt" not in instance


def test_a_deleted_dataset_is_named() -> None:
    before = entity(speed=[{"value": 1}, {"value": 2, "datasetId": "urn:d:1"}])
    after = entity(speed=1)

    (point,) = between(before, after).points

    assert (point.dataset, point.instance["value"]) == ("urn:d:1", NULL)


def test_a_deleted_entity_leaves_a_null_for_every_attribute() -> None:
    found = between(entity(speed=5, scope="/A"), None, at=T3)

    assert {point.instance["value"] for point in found.points} == {NULL}
    assert {point.instance["deletedAt"] for point in found.points} == {T3}
    assert found.head.deleted_at == T3


def test_a_scope_is_observed_when_it_is_set() -> None:
    (point,) = between(entity(T1, scope="/A"), entity(T2, scope=["/A", "/B"])).points

    assert point.instance == {
        "type": "Property", "value": ["/A", "/B"], "createdAt": T2, "modifiedAt": T2, "observedAt": T2,
        "instanceId": point.id,
    }  # fmt: skip


def test_a_scope_taken_away_is_a_deletion() -> None:
    (point,) = between(entity(T1, scope="/A"), entity(T2)).points

    assert (point.attribute, point.instance["value"], point.instance["deletedAt"]) == (SCOPE, NULL, T2)


def test_the_same_change_told_twice_has_the_same_points() -> None:
    before, after = entity(T1, speed=5), entity(T2, speed=6, brand="x")

    assert between(before, after, 7) == between(before, after, 7)


def test_different_versions_have_different_points() -> None:
    before, after = entity(T1, speed=5), entity(T2, speed=6)

    ids = {between(before, after, version).points[0].id for version in (2, 3)}
    ids |= {between(before, None, 2).points[0].id}
    assert len(ids) == 3


def test_there_is_no_change_of_nothing() -> None:
    with pytest.raises(ValueError, match="entity"):
        between(None, None)


_values = st.sampled_from([1, 2, "x", {"object": "urn:x:1"}, {"languageMap": {"en": "x"}}])
_attributes = st.dictionaries(
    st.sampled_from(["speed", "brand"]),
    st.lists(_values, min_size=1, max_size=2).map(
        lambda found: [
            {
                **(value if isinstance(value, dict) else {"value": value}),
                **({"datasetId": "urn:d:1"} if i else {}),
            }
            for i, value in enumerate(found)
        ]
    ),
)
_states = st.lists(
    st.none() | st.tuples(_attributes, st.none() | st.sampled_from(["/A", "/B"])), min_size=1, max_size=6
)


@given(_states, st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_the_last_point_of_each_instance_is_the_state_however_often_changes_are_told(
    states: list[Any], times: int
) -> None:
    history, before = MemoryHistory(), None
    last: dict[tuple[str, str | None], object] = {}
    for version, state in enumerate(states, 1):
        at = f"2026-11-24T05:{version:02d}:00.000Z"
        after = None
        if state is not None:
            attributes, scope = state
            after = entity(at, **attributes, **({} if scope is None else {"scope": scope}))
        if before is None and after is None:
            continue
        found = between(before, after, version, at)
        for _ in range(times):
            history.record(DEFAULT_TENANT, found.head, found.points)
        last |= {(point.attribute, point.dataset): point.instance for point in found.points}
        before = after
    alive = {place for place, instance in last.items() if not is_deletion(instance)}  # type: ignore[arg-type]
    expected: set[tuple[str, str | None]] = set()
    if before is not None:
        expected = {(iri, one.get("datasetId")) for iri, found in before["attrs"].items() for one in found}
        expected |= {(SCOPE, None)} if "scope" in before else set()
    assert alive == expected
    ids = [point.id for point in history.kept.get((DEFAULT_TENANT, EntityId(ID)), {}).values()]
    assert len(ids) == len(set(ids))
    assert history.written == times * len(ids)
