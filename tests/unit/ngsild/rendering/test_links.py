"""Clause 4.5.23.2: linked entities inside the Relationships that link them."""

from typing import Any

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.query.projection import Projection
from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Links, Renderer, View
from tests.unit.ngsild.reading.documents import CONTEXT, ID, NOW

HANAKO, TARO, ELSEWHERE = "urn:x:Hanako", "urn:x:Taro", "urn:x:Elsewhere"


def person(identifier: str, **attributes: object) -> Entity:
    return read_entity({"id": identifier, "type": "Person", **attributes}, CONTEXT, NOW)


PEOPLE = {
    HANAKO: person(HANAKO, brand="花子", owner={"object": TARO}),
    TARO: person(TARO, brand="太郎", owner={"object": HANAKO}),
}


def resolve(identifier: EntityId) -> Entity | None:
    return PEOPLE.get(identifier)


def shown(value: object, depth: int = 1, view: View | None = None, **links: Any) -> Any:  # noqa: ANN401  # any JSON
    vehicle = read_entity({"id": ID, "type": "Vehicle", "owner": value}, CONTEXT, NOW)
    answer: dict[str, Any] = Renderer(CONTEXT, view or View()).entity(vehicle, Links(resolve, depth, **links))
    return answer["owner"]


SIMPLE = View(Format.SIMPLIFIED)


def test_the_linked_entity_stands_beside_its_uri() -> None:
    assert shown({"object": HANAKO}) == {
        "type": "Relationship",
        "object": HANAKO,
        "entity": {
            "id": HANAKO,
            "type": "Person",
            "brand": {"type": "Property", "value": "花子"},
            "owner": {"type": "Relationship", "object": TARO},
        },
    }


def test_in_simplified_form_it_stands_in_its_place() -> None:
    assert shown({"object": HANAKO}, view=SIMPLE) == {
        "id": HANAKO,
        "type": "Person",
        "brand": "花子",
        "owner": TARO,
    }


def test_an_array_of_objects_gives_an_array_of_entities() -> None:
    both = shown({"object": [HANAKO, ELSEWHERE, TARO]})

    assert [entity["id"] for entity in both["entity"]] == [HANAKO, TARO]
    simple = shown({"object": [HANAKO, ELSEWHERE]}, view=SIMPLE)
    assert (simple[0]["id"], simple[1]) == (HANAKO, ELSEWHERE)


def test_a_list_relationship_has_an_entity_list() -> None:
    listed = shown({"objectList": [TARO]})

    assert [entity["id"] for entity in listed["entityList"]] == [TARO]
    assert "entity" not in listed


def test_what_is_not_here_stays_a_uri() -> None:
    assert shown({"object": ELSEWHERE}) == {"type": "Relationship", "object": ELSEWHERE}
    assert shown({"object": ELSEWHERE}, view=SIMPLE) == ELSEWHERE


def test_the_depth_bounds_how_far_links_are_followed() -> None:
    assert shown({"object": HANAKO}, depth=0) == {"type": "Relationship", "object": HANAKO}
    second = shown({"object": HANAKO}, depth=2)["entity"]["owner"]["entity"]
    assert second["id"] == TARO
    assert "entity" not in second["owner"]


def test_a_circle_is_not_followed_round() -> None:
    round_and_round = shown({"object": HANAKO}, depth=10, view=SIMPLE)

    assert round_and_round["owner"]["owner"] == HANAKO


def test_entities_met_before_are_not_shown_again() -> None:
    met = frozenset({EntityId(HANAKO)})

    assert shown({"object": HANAKO}, contained_by=met) == {"type": "Relationship", "object": HANAKO}


def test_a_projection_reaches_beyond_the_link() -> None:
    projection = Projection.parse(CONTEXT.expand_term, pick="owner{brand}")

    assert shown({"object": HANAKO}, view=SIMPLE, projection=projection) == {"brand": "花子"}
