"""5.7.2 Query Entities: conditions, pages, order, links between entities."""

from collections.abc import Iterator

import pytest

from machi.core.ids import DEFAULT_TENANT
from machi.ngsild.broker.asking import read_query
from machi.ngsild.broker.paging import Place
from machi.ngsild.broker.querying import Budget
from machi.ngsild.context.processing import core_context
from machi.ngsild.errors import BadRequestData, ResourceNotFound, TooComplexQuery, TooManyResults
from machi.ngsild.query.projection import Projection
from machi.ngsild.rendering import Renderer
from machi.ngsild.rendering.view import Links
from tests.unit.ngsild.broker.world import CAR, World, car, expand, target


def point(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [longitude, latitude]}}


def cars(count: int) -> World:
    world = World()
    world.has(*(car(number, speed=number % 3) for number in range(100, 100 + count)))
    return world


def pages(world: World, **parameters: object) -> Iterator[list[str]]:
    """Follow the links to the next page until there is none."""
    more: dict[str, str] | None = {}
    while more is not None:
        answer = world.query(**{**parameters, **more})
        yield [entity["id"] for entity in answer.entities]
        more = answer.links.next
        parameters.pop("offset", None)


def test_pages_show_every_match_once_and_end() -> None:
    world = cars(10)

    found = list(pages(world, type="Car", limit=4))

    assert [len(page) for page in found] == [4, 4, 2]
    assert [one for page in found for one in page] == [
        f"urn:ngsi-ld:Car:{number}" for number in range(100, 110)
    ]


def test_a_full_last_page_has_no_next_one() -> None:
    assert [len(page) for page in pages(cars(8), type="Car", limit=4)] == [4, 4]


def test_pages_of_a_filtered_query_are_full() -> None:
    assert [len(page) for page in pages(cars(10), type="Car", q="speed==1", limit=3)] == [3, 1]


def test_one_can_go_back_page_by_page() -> None:
    world = cars(10)
    answer, seen = world.query(type="Car", limit=3), []
    while answer.links.next is not None:
        answer = world.query(type="Car", limit=3, **answer.links.next)
        seen.append([entity["id"] for entity in answer.entities])
    back = answer.links.prev
    for expected in reversed(seen[:-1]):
        assert back is not None
        answer = world.query(type="Car", limit=3, **back)
        assert [entity["id"] for entity in answer.entities] == expected
        back = answer.links.prev

    assert back == {"offset": "0"}
    assert world.query(type="Car", limit=3).links.prev is None


def test_going_back_further_than_is_remembered_counts_instead() -> None:
    assert Place(60, ("x",)).preceding(3) == {"offset": "57"}


def test_a_client_may_count_itself() -> None:
    world = cars(10)

    answer = world.query(type="Car", limit=4, offset=4)

    assert [entity["id"][-3:] for entity in answer.entities] == ["104", "105", "106", "107"]
    assert answer.links.next == {"offset": "8"}
    assert answer.links.prev == {"offset": "0"}
    assert world.query(type="Car", limit=4, offset=8).links.next is None
    assert world.finds(type="Car", offset=50) == []


def test_all_matches_are_counted_whatever_the_page() -> None:
    world = cars(10)

    assert world.query(type="Car", limit=2, count="true").count == 10
    assert world.query(type="Car", limit=2, count="true", q="speed==1").count == 4
    only = world.query(type="Car", limit=0, count="true")
    assert (only.count, only.entities, only.links.next) == (10, [], None)


def test_a_wish_for_more_than_a_page_may_hold_gets_pages() -> None:
    assert read_query({"type": "Car", "limit": "100000"}, expand).paging.limit == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "x"},
        {"offset": "-1"},
        {"count": "yes"},
        {"cursor": "x"},
        {"cursor": "W10"},
        {"cursor": "WzEsWzFdXQ"},
        {"cursor": "WzEsWyJ4Il1d", "offset": "1"},
        {"join": "sideways"},
        {"join": "inline", "joinLevel": "0"},
        {"containedBy": "no uri"},
        {"id": "no uri"},
        {"idPattern": "("},
        {"q": "speed=="},
        {"scopeQ": "/a//b"},
        {"georel": "near"},
        {"georel": "within", "geometry": "Point"},
        {"coordinates": "[1,2]"},
        {"attrs": "id"},
        {"pick": ","},
        {"csf": "))bad(("},
        {"collation": "!"},
        {"orderBy": "speed;up"},
        {"orderBy": "location;dist-asc"},
        {"orderBy": "speed", "local": "false"},
        {"type": "*", "local": "false"},
        {"local": "maybe"},
        {"q": 'owner{name}=="x"'},
        {"q": 'a{b{c}}=="x"', "join": "inline", "joinLevel": "1"},
        {"pick": "owner{name}"},
        {"omit": "a{b{c}}", "join": "flat", "joinLevel": "1"},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadRequestData):
        World().query(**{"type": "Car", **wrong})


@pytest.mark.parametrize(
    "wide",
    [
        {},
        {"id": CAR},
        {"idPattern": ".*"},
        {"attrs": "createdAt"},
        {"q": 'modifiedAt>"2020-01-01T00:00:00Z"'},
        {"scopeQ": "/a"},
        {"pick": "speed"},
        {"local": "false"},
    ],
)
def test_a_query_that_is_too_wide_is_refused(wide: dict[str, str]) -> None:
    with pytest.raises(BadRequestData):
        World().query(**wide)


@pytest.mark.parametrize(
    "narrow",
    [
        {"type": "Car"},
        {"type": "*"},
        {"attrs": "speed"},
        {"q": "speed"},
        {"local": "true"},
        {"georel": "near;maxDistance==1", "geometry": "Point", "coordinates": "[1,2]"},
    ],
)
def test_any_of_five_conditions_is_narrow_enough(narrow: dict[str, str]) -> None:
    assert World().finds(**narrow) == []


def test_every_condition_has_to_hold() -> None:
    world = World()
    world.has(
        car(1, speed=5, scope="/a/b", location=point(136.8, 35.3)),
        car(2, speed=5, location=point(136.8, 35.3)),
        car(3, speed=5, scope="/a/b", location=point(130.0, 30.0)),
        car(4, speed=9, scope="/a/b", location=point(136.8, 35.3)),
        {**car(5, speed=5, scope="/a/b", location=point(136.8, 35.3)), "type": ["Bus", "Vehicle"]},
    )
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": "[136.8,35.3]"}

    assert world.finds(type="Car", q="speed==5", scopeQ="/a/#", **near) == ["Car:1"]
    assert world.finds(type="(Bus;Vehicle),Car", q="speed==5", scopeQ="/a/+", **near) == ["Car:1", "Car:5"]
    assert world.finds(type="Car", idPattern="[23]$") == ["Car:2", "Car:3"]
    assert world.finds(type="Car", id="urn:ngsi-ld:Car:4,urn:ngsi-ld:Car:5") == ["Car:4"]


def test_ids_go_before_the_pattern_and_selectors_are_alternatives() -> None:
    world = World()
    world.has(car(1), car(2), {"id": "urn:ngsi-ld:Bus:1", "type": "Bus"})

    found = world.finds(
        entities=[{"type": "Car", "id": ["urn:ngsi-ld:Car:2"], "idPattern": "1$"}, {"type": "Bus"}]
    )

    assert sorted(found) == ["Bus:1", "Car:2"]


def test_attrs_selects_and_shows() -> None:
    world = World()
    world.has(car(1, speed=1), car(2, colour="red"))

    answer = world.query(attrs="speed")

    assert [entity["id"] for entity in answer.entities] == [CAR]


def test_expired_attributes_no_longer_answer() -> None:
    world = World()
    world.has(car(1, speed={"value": 5, "expiresAt": "2026-11-24T06:00:00Z"}))
    assert world.finds(q="speed==5") == ["Car:1"]

    world.later(hours=1)

    assert world.finds(q="speed==5") == []
    assert world.finds(type="Car") == ["Car:1"]


def test_entities_come_in_the_order_asked_for() -> None:
    world = World()
    world.has(car(1, speed=3), car(2, speed=1), car(3), car(4, speed=2))

    assert world.finds(type="Car", orderBy="speed") == ["Car:2", "Car:4", "Car:1", "Car:3"]
    second = world.query(type="Car", orderBy="speed;desc", limit=2, offset=2, count="true")
    assert [entity["id"][-1] for entity in second.entities] == ["2", "3"]
    assert (second.count, second.links.next, second.links.prev) == (4, None, {"offset": "0"})
    first = world.query(type="Car", orderBy="speed", limit=2)
    assert first.links.next == {"offset": "2"}


class TestBudget:
    def test_a_page_ends_when_it_is_spent_and_the_link_goes_on(self) -> None:
        world = World(budget=Budget(entities=4))
        world.has(*(car(number, speed=number % 5) for number in range(100, 112)))

        found = list(pages(world, type="Car", q="speed==4", limit=10))

        assert [page for page in found if page] == [["urn:ngsi-ld:Car:104"], ["urn:ngsi-ld:Car:109"]]
        assert len(found) > 2

    def test_also_for_clients_that_count_themselves(self) -> None:
        world = World(budget=Budget(entities=4))
        world.has(*(car(number) for number in range(100, 110)))

        found = list(pages(world, type="Car", limit=3, offset=1))

        assert [len(page) for page in found] == [3, 3, 3]

    def test_counting_and_ordering_need_all_matches(self) -> None:
        world = World(budget=Budget(entities=4))
        world.has(*(car(number, speed=1) for number in range(100, 110)))

        for wish in ({"count": "true"}, {"orderBy": "speed"}, {"offset": "8"}):
            with pytest.raises(TooComplexQuery):
                world.query(type="Car", q="speed==1", **wish)

    def test_time_is_part_of_it(self) -> None:
        world = World(budget=Budget(seconds=-1))
        world.has(car(1))

        answer = world.query(type="Car")

        assert answer.entities == []


class TestLinkedEntities:
    @pytest.fixture
    def world(self) -> World:
        world = World()

        def link(*targets: str) -> dict[str, object]:
            return {"type": "Relationship", "object": targets[0] if len(targets) == 1 else list(targets)}

        world.has(
            car(1, owner=link("urn:ngsi-ld:Person:1")),
            car(2, owner=link("urn:ngsi-ld:Person:2")),
            {
                "id": "urn:ngsi-ld:Person:1",
                "type": "Person",
                "name": "Hanako",
                "home": link("urn:ngsi-ld:Town:1"),
            },
            {
                "id": "urn:ngsi-ld:Person:2",
                "type": "Person",
                "name": "Taro",
                "car": link("urn:ngsi-ld:Car:2"),
            },
            {"id": "urn:ngsi-ld:Town:1", "type": "Town", "name": "Ichinomiya"},
        )
        return world

    def test_a_query_may_look_into_them(self, world: World) -> None:
        assert world.finds(type="Car", q='owner{name}=="Taro"', join="inline") == ["Car:2"]
        assert world.finds(type="Car", q='owner{home{name}}=="Ichinomiya"', join="inline", joinLevel=2) == [
            "Car:1"
        ]

    def test_flat_they_follow_once_each_nearest_first(self, world: World) -> None:
        answer = world.query(type="Car", join="flat", joinLevel=2)

        assert [linked.entity["id"][12:] for linked in answer.graph.flat] == [
            "Person:1",
            "Person:2",
            "Town:1",
        ]

    def test_no_further_than_asked(self, world: World) -> None:
        answer = world.query(type="Car", join="flat", joinLevel=1)

        assert [linked.entity["id"][12:] for linked in answer.graph.flat] == ["Person:1", "Person:2"]

    def test_what_contains_the_request_is_not_followed(self, world: World) -> None:
        answer = world.query(type="Car", join="flat", joinLevel=2, containedBy="urn:ngsi-ld:Person:1")

        assert [linked.entity["id"][12:] for linked in answer.graph.flat] == ["Person:2"]

    def test_links_that_are_not_shown_are_not_followed(self, world: World) -> None:
        assert world.query(type="Car", join="flat", pick="id,type").graph.flat == []

    def test_the_projection_goes_along(self, world: World) -> None:
        answer = world.query(type="Car", join="flat", pick="id,owner{name}")

        shown = [linked.projection.apply(linked.entity) for linked in answer.graph.flat]
        assert [list(entity["attrs"]) for entity in shown] == [[expand("name")]] * 2
        assert all("id" not in entity for entity in shown)


class TestRetrieve:
    def test_the_types_must_be_those_of_the_entity(self) -> None:
        world = World()
        world.has(car(1))

        with pytest.raises(ResourceNotFound):
            world.consumption.retrieve(
                DEFAULT_TENANT,
                target().entity,
                types=read_query({"type": "Bus"}, expand).selection.selectors[0].types,
                projection=Projection(),
            )

    def test_one_of_the_attributes_asked_for_must_be_there(self) -> None:
        world = World()
        world.has(car(1, speed={"value": 5, "datasetId": "urn:a:b"}))
        wanted = Projection.parse(expand, attrs="speed,colour")

        def retrieve(datasets: frozenset[str] | None) -> object:
            return world.consumption.retrieve(
                DEFAULT_TENANT, target().entity, projection=wanted, datasets=datasets
            )

        assert retrieve(None)
        assert retrieve(frozenset({"urn:a:b"}))
        with pytest.raises(ResourceNotFound):
            retrieve(frozenset({"@none"}))


class TestSizes:
    """An answer of a function holds 6 MB, and what is worked on has to fit into its memory."""

    @pytest.fixture
    def world(self) -> World:
        world = World(budget=Budget(page_bytes=5_000))
        world.has(*(car(number, text="x" * 1_000, order=-number) for number in range(1, 13)))
        return world

    @pytest.mark.parametrize("asked", [{}, {"offset": 0}, {"orderBy": "order", "local": "true"}])
    def test_a_page_ends_before_it_is_too_large_and_the_next_goes_on_there(
        self, world: World, asked: dict[str, object]
    ) -> None:
        pages, following = [], dict(asked)
        while True:
            page = world.query(type="Car", limit=10, **{**asked, **following})
            pages.append([int(entity["id"].rpartition(":")[2]) for entity in page.entities])
            if page.links.next is None:
                break
            following = dict(page.links.next)
            asked = {name: value for name, value in asked.items() if name != "offset"}

        assert max(map(len, pages)) < 5
        assert sorted(number for page in pages for number in page) == list(range(1, 13))

    def test_one_entity_that_is_larger_is_a_page(self, world: World) -> None:
        world.has(car(99, text="x" * 20_000))

        assert [len(world.query(type="Car", id="urn:ngsi-ld:Car:99", limit=10).entities)] == [1]

    def test_joined_entities_that_are_too_large_together_are_refused(self, world: World) -> None:
        for number in range(1, 10):
            world.has({"id": f"urn:ngsi-ld:Big:{number}", "type": "Big", "text": "x" * 1_000_000})
        targets = [f"urn:ngsi-ld:Big:{number}" for number in range(1, 10)]
        world.has(
            {"id": "urn:ngsi-ld:Hub:1", "type": "Hub", "to": {"type": "Relationship", "object": targets}}
        )

        with pytest.raises(TooManyResults):
            world.query(type="Hub", join="flat", joinLevel=1)

    def test_a_linked_entity_cannot_be_written_into_others_without_end(self, world: World) -> None:
        for level in range(1, 6):
            targets = [f"urn:ngsi-ld:Level:{level + 1}-{number}" for number in range(30)]
            links_on: dict[str, object] = {"to": {"type": "Relationship", "object": targets}}
            for number in range(30):
                name = f"urn:ngsi-ld:Level:{level}-{number}"
                world.has({"id": name, "type": f"Level{level}", **links_on})
        answer = world.query(type="Level1", join="inline", joinLevel=4)
        links = Links(answer.graph.resolve, 4, answer.projection, frozenset())

        with pytest.raises(TooManyResults):
            Renderer(core_context()).entity(answer.entities[0], links)
