"""Applications record what the citizen agreed to have recorded, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.personal.city import ADVISER, ALL, HANAKO, KENCOM, STEPS, TARO, WEIGHT, City, entity_id

PATH = f"/entities/{entity_id(HANAKO)}"


@pytest.fixture
def city() -> Iterator[City]:
    made = City()
    yield made
    made.close()


def test_with_consent_an_entity_is_kept_and_the_history_says_so(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    assert city.records(HANAKO).status == 201
    assert city.told(HANAKO) == [("kencom", "recorded", tuple(sorted(ALL)))]


def test_without_consent_or_citizen_the_answer_is_one_and_the_same(city: City) -> None:
    stranger: dict[str, Any] = {
        "refCitizen": {"type": "Relationship", "object": "urn:ngsi-ld:Citizen:nobody-at-all"}
    }
    answers = {
        city.records(HANAKO).text.replace(entity_id(HANAKO), ""),
        city.records(HANAKO, **stranger).text.replace(entity_id(HANAKO), ""),
    }
    assert len({answer.split('"instance"')[0] for answer in answers}) == 1
    assert city.records(HANAKO).status == 403
    assert city.entities.kept == {}


def test_another_sectors_name_for_the_citizen_means_nobody(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    foreign: dict[str, Any] = {
        "refCitizen": {"type": "Relationship", "object": city.name_of(HANAKO, ADVISER)}
    }
    assert city.records(HANAKO, **foreign).status == 403


def test_only_what_was_agreed_to_is_recorded(city: City) -> None:
    city.agrees(HANAKO, KENCOM, STEPS)
    assert city.records(HANAKO).status == 403
    assert city.entities.kept == {}


def test_who_may_only_read_records_nothing(city: City) -> None:
    city.agrees(HANAKO, ADVISER)
    document = {
        "id": "urn:ngsi-ld:HealthActivity:232033:adviser:1",
        "type": "HealthActivity",
        "refCitizen": {"type": "Relationship", "object": city.name_of(HANAKO, ADVISER)},
        "steps": {"type": "Property", "value": 1},
    }
    assert city.ask(ADVISER, "POST", "/entities", document=document).status == 403


def test_ids_of_another_application_are_refused(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    for name in ("urn:ngsi-ld:HealthActivity:232033:adviser:kencom:1", "urn:ngsi-ld:HealthActivity:kencom:1"):
        assert city.records(HANAKO, id=name).status == 400


def test_attributes_that_are_not_declared_are_refused(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    assert city.records(HANAKO, bloodType={"type": "Property", "value": "A"}).status == 400


def test_an_entity_stays_with_its_citizen(city: City) -> None:
    for citizen in (HANAKO, TARO):
        city.agrees(citizen, KENCOM)
    city.records(HANAKO)
    other = {"refCitizen": {"type": "Relationship", "object": city.name_of(TARO, KENCOM)}}
    assert city.ask(KENCOM, "PATCH", f"{PATH}/attrs", document=other).status == 400


def test_a_change_needs_consent_to_what_it_changes(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    city.records(HANAKO)
    city.withdraws(HANAKO, KENCOM)
    for method, path in (("PATCH", f"{PATH}/attrs"), ("PATCH", PATH), ("PUT", f"{PATH}/attrs/steps")):
        document: dict[str, object] = {"steps": {"value": 1}}
        sent = document["steps"] if method == "PUT" else document
        assert city.ask(KENCOM, method, path, document=sent).status == 404
    assert city.ask(KENCOM, "DELETE", PATH).status == 404


def test_what_a_writer_no_longer_sees_survives_its_changes(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    city.records(HANAKO, steps=1)
    city.withdraws(HANAKO, KENCOM)
    city.agrees(HANAKO, KENCOM, STEPS)
    assert city.ask(KENCOM, "PATCH", f"{PATH}/attrs", document={"steps": {"value": 2}}).status == 204
    city.agrees(HANAKO, ADVISER, STEPS, WEIGHT)
    seen = city.ask(ADVISER, "GET", PATH).json
    assert (seen["steps"]["value"], seen["weight"]["value"]) == (2, 51)


def test_what_a_writer_no_longer_sees_survives_its_deletion(city: City) -> None:
    city.agrees(HANAKO, KENCOM)
    city.records(HANAKO)
    city.withdraws(HANAKO, KENCOM)
    city.agrees(HANAKO, KENCOM, STEPS)
    assert city.ask(KENCOM, "DELETE", PATH).status == 204
    assert city.ask(KENCOM, "GET", PATH).status == 404
    city.agrees(HANAKO, ADVISER, STEPS, WEIGHT)
    assert city.ask(ADVISER, "GET", PATH).json.keys() - {"@context"} == {"id", "type", "refCitizen", "weight"}


def test_a_batch_reports_each_on_its_own(city: City) -> None:
    city.agrees(HANAKO, KENCOM)

    def document(citizen: str, name: str) -> dict[str, object]:
        return {
            "id": f"urn:ngsi-ld:HealthActivity:232033:kencom:{citizen}",
            "type": "HealthActivity",
            "refCitizen": {"type": "Relationship", "object": name},
            "steps": {"type": "Property", "value": 1},
        }

    sent = [
        document("a", city.name_of(HANAKO, KENCOM)),
        document("b", city.name_of(TARO, KENCOM)),
    ]
    answer = city.ask(KENCOM, "POST", "/entityOperations/upsert", document=sent)
    assert answer.status == 207
    assert len(answer.json["errors"]) == 1
    assert len(city.entities.kept) == 1
