"""Applications see what was agreed to, and the citizen's history says what they saw."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from machi.core.principal import Principal, PrincipalKind, Scope
from tests.unit.personal.city import ADVISER, HANAKO, KENCOM, PLACE, STEPS, TARO, WEIGHT, City, entity_id


@pytest.fixture
def city() -> Iterator[City]:
    made = City()
    made.agrees(HANAKO, KENCOM)
    made.agrees(TARO, KENCOM)
    assert made.records(HANAKO, steps=9000).status == 201
    assert made.records(TARO, steps=3000).status == 201
    yield made
    made.close()


def test_the_consented_attributes_and_no_others(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS)
    seen = city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}").json
    assert seen.keys() - {"@context"} == {"id", "type", "refCitizen", "steps"}
    assert seen["steps"]["value"] == 9000


def test_the_citizen_is_named_as_the_reader_knows_her(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS)
    seen = city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}").json
    assert seen["refCitizen"]["object"] == city.name_of(HANAKO, ADVISER) != city.name_of(HANAKO, KENCOM)


def test_the_history_names_reader_and_items(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS, WEIGHT)
    city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}")
    assert city.told(HANAKO)[-1] == ("adviser", "broker", (STEPS, WEIGHT))


def test_what_is_not_picked_is_not_in_the_history(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS, WEIGHT)
    city.ask(ADVISER, "GET", "/entities", type="HealthActivity", pick="id,steps")
    assert city.told(HANAKO)[-1] == ("adviser", "broker", (STEPS,))


def test_what_a_filter_looks_at_is_in_the_history_even_of_those_that_do_not_match(city: City) -> None:
    for citizen in (HANAKO, TARO):
        city.agrees(citizen, ADVISER)
    found = city.ask(ADVISER, "GET", "/entities", type="HealthActivity", q="steps>5000", pick="id,weight")
    assert [entity["id"] for entity in found.json] == [entity_id(HANAKO)]
    assert city.told(HANAKO)[-1] == ("adviser", "broker", (STEPS, WEIGHT))
    assert city.told(TARO)[-1] == ("adviser", "broker", (STEPS,))


def test_counting_with_a_filter_is_in_the_history(city: City) -> None:
    city.agrees(HANAKO, ADVISER)
    counted = city.ask(
        ADVISER, "GET", "/entities", type="HealthActivity", q="steps>5000", limit="0", count="true"
    )
    assert counted.headers["ngsild-results-count"] == "1"
    assert city.told(HANAKO)[-1] == ("adviser", "broker", (STEPS,))


def test_looking_nearby_is_in_the_history(city: City) -> None:
    city.agrees(HANAKO, ADVISER)
    near = {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": "[0,0]"}
    assert city.ask(ADVISER, "GET", "/entities", type="HealthActivity", **near).json == []
    assert city.told(HANAKO)[-1] == ("adviser", "broker", (PLACE,))


def test_ordering_is_in_the_history(city: City) -> None:
    for citizen in (HANAKO, TARO):
        city.agrees(citizen, ADVISER)
    ordered = city.ask(ADVISER, "GET", "/entities", type="HealthActivity", orderBy="steps", pick="id")
    assert [entity["id"] for entity in ordered.json] == [entity_id(TARO), entity_id(HANAKO)]
    assert city.told(TARO)[-1][2] == tuple(sorted((STEPS, WEIGHT, PLACE)))


def test_a_filter_on_something_withheld_finds_nothing(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS)
    for q in ("weight", "weight>0", "!nothing;weight==51"):
        assert city.ask(ADVISER, "GET", "/entities", type="HealthActivity", q=q).json == []
    assert len(city.ask(ADVISER, "GET", "/entities", type="HealthActivity", q="!weight").json) == 1


def test_times_tell_nothing_of_a_change_of_something_withheld(city: City) -> None:
    city.agrees(HANAKO, ADVISER, STEPS)
    before = city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}", options="sysAttrs").json
    city.clock.passes(timedelta(hours=1))
    changed = city.ask(
        KENCOM, "PATCH", f"/entities/{entity_id(HANAKO)}/attrs", document={"weight": {"value": 70}}
    )
    assert changed.status == 204
    assert city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}", options="sysAttrs").json == before


def test_after_withdrawal_the_next_read_finds_nothing(city: City) -> None:
    city.agrees(HANAKO, ADVISER)
    assert city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}").status == 200
    city.withdraws(HANAKO, ADVISER)
    assert city.ask(ADVISER, "GET", f"/entities/{entity_id(HANAKO)}").status == 404
    assert city.ask(ADVISER, "GET", "/entities", type="HealthActivity").json == []


def test_without_a_record_nothing_leaves(city: City) -> None:
    city.agrees(HANAKO, ADVISER)
    city.disclosures.is_down = True
    for path in (f"/entities/{entity_id(HANAKO)}", "/entities?type=HealthActivity"):
        answer = city.ask(ADVISER, "GET", path)
        assert answer.status == 409
        assert "9000" not in answer.text


def test_pages_go_on_where_they_ended_and_each_is_recorded(city: City) -> None:
    for citizen in (HANAKO, TARO):
        city.agrees(citizen, ADVISER)
    for number in range(2, 6):
        city.records(HANAKO, number)
    seen: list[str] = []
    path = "/entities?type=HealthActivity&limit=2"
    while path:
        page = city.ask(ADVISER, "GET", path)
        seen += [entity["id"] for entity in page.json]
        path = page.link.get("next", "")
    assert sorted(seen) == sorted([entity_id(TARO), *(entity_id(HANAKO, number) for number in range(1, 6))])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/types"),
        ("GET", "/attributes"),
        ("GET", "/temporal/entities?type=HealthActivity&timerel=before&timeAt=2027-01-01T00:00:00Z"),
        ("DELETE", "/entities?type=HealthActivity"),
        ("GET", "/entityMaps/urn:ngsi-ld:EntityMap:1"),
    ],
)
def test_whatever_could_tell_without_a_record_is_not_offered(city: City, method: str, path: str) -> None:
    city.agrees(HANAKO, ADVISER)
    answer = city.ask(ADVISER, method, path)
    assert (answer.status, answer.error) == (422, "OperationNotSupported")


def test_to_an_application_without_the_right_there_is_no_such_tenant(city: City) -> None:
    scopes = frozenset({Scope.ENTITIES_READ, Scope.ENTITIES_WRITE})
    city.api.caller = Principal(PrincipalKind.APPLICATION, ADVISER, scopes=scopes)
    answer = city.api.get("/entities?type=HealthActivity", headers={"NGSILD-Tenant": "personal"})
    assert (answer.status, answer.error) == (404, "NonexistentTenant")
