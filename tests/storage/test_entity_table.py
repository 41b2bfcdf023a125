"""Entities in DynamoDB: each promise of EntityRepository, checked on moto."""

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData, NgsiLdError
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.documents import MAX_DOCUMENT
from machi.storage.entity_table import EntityTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.ngsild.query.builders import entity, expand, instance, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

CITY, OTHER = Tenant("default"), Tenant("other")
INCOMPRESSIBLE = random.Random(1).randbytes(600_000).hex()  # noqa: S311  # noise, the same each time
START = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def table(client: "DynamoDBClient") -> EntityTable:
    return EntityTable(client, TABLE, pause=lambda _: None)


def site(number: int = 1, _type: str = "Site", /, **attrs: Instance) -> Entity:
    return entity(f"urn:ngsi-ld:Site:{number:04d}", _type, name=prop(f"地点 {number}"), **attrs)


def located(number: int, place: Instance) -> Entity:
    made = site(number)
    made["attrs"][LOCATION] = [place]
    return made


def at(longitude: float, latitude: float) -> Instance:
    return geo({"type": "Point", "coordinates": [longitude, latitude]})


def geo(geometry: dict[str, object]) -> Instance:
    return instance("GeoProperty", "value", geometry)


def create(table: EntityTable, made: Entity, tenant: Tenant = CITY) -> StoredEntity:
    stored = table.write(tenant, Write(None, made))
    assert stored is not None
    return stored


def ids(
    table: EntityTable,
    search: Search,
    tenant: Tenant = CITY,
    *,
    after: str | None = None,
    page: int = 100,
) -> list[str]:
    return [each.stored.entity["id"] for each in table.search(tenant, search, after=after, page=page)]


def items_of(client: "DynamoDBClient") -> int:
    return client.scan(TableName=TABLE, Select="COUNT")["Count"]


def test_an_entity_comes_back_as_it_was_written(table: EntityTable) -> None:
    made = site()
    create(table, made)
    for found in (table.get(CITY, EntityId(made["id"])), table.get_latest(CITY, EntityId(made["id"]))):
        assert found is not None
        assert found.entity == made


def test_a_large_entity_comes_back_as_it_was_written(table: EntityTable) -> None:
    made = site(note=prop("説明" * 50_000))
    create(table, made)
    found = table.get(CITY, EntityId(made["id"]))
    assert found is not None
    assert found.entity == made


def test_an_entity_beyond_what_an_item_holds_is_refused_and_leaves_nothing(
    table: EntityTable, client: "DynamoDBClient"
) -> None:
    noise = INCOMPRESSIBLE
    with pytest.raises(BadRequestData):
        create(table, site(note=prop(noise)))
    assert items_of(client) == 0


def test_an_entity_that_would_unpack_to_more_than_an_answer_holds_is_refused(
    table: EntityTable, client: "DynamoDBClient"
) -> None:
    with pytest.raises(BadRequestData):
        create(table, site(note=prop("x" * MAX_DOCUMENT)))
    assert items_of(client) == 0


def test_entities_read_together_are_unpacked_when_they_are_taken_out(table: EntityTable) -> None:
    made = [create(table, site(number, note=prop("x" * 1_000))) for number in range(3)]
    found = table.get_many(CITY, [EntityId(each.entity["id"]) for each in made])
    assert list(found.values()) == made
    assert [each.size for each in found.values()] == [each.size for each in made]
    assert len(found) == 3
    assert EntityId("urn:x:none") not in found


@pytest.mark.parametrize(
    "made",
    [
        entity("urn:x:" + "あ" * 400, "Site"),
        entity("urn:x:1", "T" * 1_100),
        {**entity("urn:x:1"), "type": [expand(f"T{number}") for number in range(60)]},
        {**entity("urn:x:1"), "scope": [f"/S{number}" for number in range(60)]},
    ],
)
def test_more_names_than_the_index_holds_are_refused(table: EntityTable, made: Entity) -> None:
    with pytest.raises(BadRequestData):
        create(table, made)


def test_an_entity_is_created_once(table: EntityTable) -> None:
    create(table, site())
    with pytest.raises(Conflict):
        create(table, site(v=prop("other")))


def test_tenants_do_not_see_each_other(table: EntityTable) -> None:
    create(table, site(1))
    create(table, site(2), OTHER)
    assert table.get(OTHER, EntityId("urn:ngsi-ld:Site:0001")) is None
    assert ids(table, Search()) == ["urn:ngsi-ld:Site:0001"]
    assert ids(table, Search(), OTHER) == ["urn:ngsi-ld:Site:0002"]


def test_a_write_from_an_old_state_changes_nothing(table: EntityTable) -> None:
    first = create(table, site(v=prop(1)))
    second = table.write(CITY, Write(first, site(v=prop(2))))
    for stale in (Write(first, site(v=prop(3))), Write(first, None), Write(first, site(w=prop(3)))):
        with pytest.raises(Conflict):
            table.write(CITY, stale)
    found = table.get(CITY, EntityId(first.entity["id"]))
    assert found == second


def test_versions_grow_also_across_deletion(table: EntityTable) -> None:
    first = create(table, site())
    second = table.write(CITY, Write(first, site(v=prop(1))))
    assert second is not None
    assert second.version > first.version
    table.write(CITY, Write(second, None))
    assert create(table, site()).version >= second.version


def test_a_deleted_entity_leaves_no_item_but_its_type(table: EntityTable, client: "DynamoDBClient") -> None:
    made = located(1, at(136.8, 35.3))
    made["scope"] = ["/A/B", "/C"]
    stored = create(table, made)
    assert items_of(client) == 1 + 1 + 1 + 2 + 1
    table.write(CITY, Write(stored, None))
    assert items_of(client) == 1
    assert table.types(CITY) == {}


def test_a_moved_entity_is_found_where_it_is_and_not_where_it_was(table: EntityTable) -> None:
    stored = create(table, located(1, at(136.8, 35.3)))
    here, there = (136.79, 35.29, 136.81, 35.31), (136.89, 35.29, 136.91, 35.31)
    assert len(ids(table, Search(area=here))) == 1
    table.write(CITY, Write(stored, located(1, at(136.9, 35.3))))
    assert ids(table, Search(area=here)) == []
    assert len(ids(table, Search(area=there))) == 1


def test_an_entity_that_expired_is_nowhere_and_can_be_created_anew(client: "DynamoDBClient") -> None:
    now = START
    table = EntityTable(client, TABLE, clock=lambda: now)
    short: Any = {**located(1, at(136.8, 35.3)), "expiresAt": "2026-11-24T06:00:00Z"}
    create(table, short)
    now += timedelta(hours=1)
    assert table.get(CITY, EntityId(short["id"])) is None
    assert table.get_many(CITY, [EntityId(short["id"])]) == {}
    assert ids(table, Search(area=(136.7, 35.2, 136.9, 35.4))) == []
    assert table.count(CITY, Search(types=(expand("Site"),))) == 0
    assert table.types(CITY) == {}
    create(table, located(1, at(136.9, 35.3)))
    assert ids(table, Search()) == [short["id"]]
    assert ids(table, Search(area=(136.7, 35.2, 136.85, 35.4))) == []


def test_a_count_leaves_out_what_expired_and_keeps_what_did_not(client: "DynamoDBClient") -> None:
    now = START
    table = EntityTable(client, TABLE, clock=lambda: now)
    asked = Search(types=(expand("Site"),))
    stored = create(table, site(1))
    create(table, site(2))
    assert table.count(CITY, asked) == 2
    short: Any = {**site(1), "expiresAt": "2026-11-24T06:00:00Z"}
    table.write(CITY, Write(stored, short))
    assert table.count(CITY, asked) == 2
    now += timedelta(hours=1)
    assert table.count(CITY, asked) == 1


def test_a_batch_says_how_each_change_went(table: EntityTable) -> None:
    known = create(table, site(1, v=prop(1)))
    gone = create(table, site(2))
    table.write(CITY, Write(gone, None))
    noise = INCOMPRESSIBLE
    results = table.write_many(
        CITY,
        [
            Write(None, site(1)),
            Write(known, site(1, v=prop(2))),
            Write(gone, site(2, v=prop(2))),
            Write(None, site(3, note=prop(noise))),
            *(Write(None, located(number, at(136.8, 35.3))) for number in range(10, 80)),
        ],
    )
    assert [type(result) for result in results[:4]] == [Conflict, StoredEntity, Conflict, BadRequestData]
    assert all(isinstance(result, StoredEntity) for result in results[4:])
    assert len(ids(table, Search(types=(expand("Site"),)))) == 71
    assert len(ids(table, Search(area=(136.79, 35.29, 136.81, 35.31)))) == 70


def test_a_batch_in_which_the_table_fails_says_of_the_rest_how_it_went(
    table: EntityTable, client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (create(table, site(number, v=prop(1))) for number in (1, 2))
    call = client._make_api_call  # type: ignore[attr-defined]

    def fail_for_the_second(operation: str, asked: dict[str, Any]) -> Any:  # noqa: ANN401
        if operation == "PutItem" and asked["Item"]["pk"]["S"].endswith("0002"):
            raise ConnectionError
        return call(operation, asked)

    monkeypatch.setattr(client, "_make_api_call", fail_for_the_second)
    changes = [Write(first, site(1, v=prop(2))), Write(second, site(2, v=prop(2)))]
    written, failed = table.write_many(CITY, changes)
    assert isinstance(written, StoredEntity)
    assert isinstance(failed, NgsiLdError)
    assert isinstance(failed.__cause__, ConnectionError)
    assert table.get(CITY, EntityId("urn:ngsi-ld:Site:0001")) == written


def test_a_type_that_had_more_names_than_an_item_holds_is_still_written_and_found(table: EntityTable) -> None:
    for number in range(6):
        create(table, site(number, **{f"a{number}-{'x' * 60}-{each}": prop(each) for each in range(900)}))
    places = [f"place{'x' * 900}{number}" for number in range(30)]
    for number, name in enumerate(places):
        create(table, site(10 + number, **{name: at(136.8, 35.3)}))
    assert table.count(CITY, Search(types=(expand("Site"),))) == 36
    found = ids(table, Search(area=(136.7, 35.2, 136.9, 35.4), geoproperty=expand(places[-1])))
    assert found == ["urn:ngsi-ld:Site:0039"]
    assert expand("name") in table.types(CITY)[expand("Site")]


def test_more_attributes_than_an_entry_holds_are_refused(table: EntityTable) -> None:
    with pytest.raises(BadRequestData):
        create(table, site(1, **{f"a{number}": prop(1) for number in range(6_000)}))


def test_more_entities_than_one_call_reads_are_read_at_once(table: EntityTable) -> None:
    table.write_many(CITY, [Write(None, site(number)) for number in range(150)])
    wanted = [EntityId(f"urn:ngsi-ld:Site:{number:04d}") for number in range(220)]
    assert table.get_many(CITY, wanted).keys() == set(wanted[:150])


def test_an_entity_with_two_types_is_found_once(table: EntityTable) -> None:
    made = site()
    made["type"] = [expand("Site"), expand("Home")]
    create(table, made)
    assert len(ids(table, Search(types=(expand("Home"), expand("Site"))))) == 1
    assert len(ids(table, Search())) == 1
    assert table.count(CITY, Search(types=(expand("Home"),))) == 1


def test_a_shape_over_many_cells_is_found_once(table: EntityTable) -> None:
    ring = [[136.70, 35.25], [136.90, 35.25], [136.90, 35.35], [136.70, 35.35], [136.70, 35.25]]
    create(table, located(1, geo({"type": "Polygon", "coordinates": [ring]})))
    world = [[-170.0, -80.0], [170.0, -80.0], [170.0, 80.0], [-170.0, 80.0], [-170.0, -80.0]]
    create(table, located(2, geo({"type": "Polygon", "coordinates": [world]})))
    for area in [(136.799, 35.299, 136.801, 35.301), (136.6, 35.2, 137.0, 35.4), (100.0, 0.0, 150.0, 50.0)]:
        assert sorted(ids(table, Search(area=area))) == ["urn:ngsi-ld:Site:0001", "urn:ngsi-ld:Site:0002"]
    assert ids(table, Search(area=(10.0, 10.0, 10.1, 10.1))) == ["urn:ngsi-ld:Site:0002"]


def test_an_entity_near_with_one_of_its_places_is_found_wherever_the_others_are(table: EntityTable) -> None:
    # The gaps between the stretches that cover the box hold cells that come before the right one.
    here = (136.7976, 35.3030)
    box = GeoQuery.parse("near;maxDistance==1000", "Point", list(here)).bounds()
    around = [(here[0] + x * 0.002, here[1] + y * 0.002) for x in range(-8, 9) for y in (-1, 0)]
    made = [located(number, at(*place)) for number, place in enumerate(around)]
    for each in made:
        each["attrs"][LOCATION].append({**at(*here), "datasetId": "urn:x:here"})
    table.write_many(CITY, [Write(None, each) for each in made])
    assert sorted(ids(table, Search(area=box))) == [each["id"] for each in made]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("/A",), {1}),
        (("/A/#",), {1, 2, 3}),
        (("/A/B", "/C"), {2, 3}),
        (("/AB/#",), {4}),
        (("/A/#", "/AB"), {1, 2, 3, 4}),
    ],
)
def test_scopes_are_found_exactly_or_with_all_below(
    table: EntityTable, wanted: tuple[str, ...], found: set[int]
) -> None:
    for number, scopes in {1: ["/A"], 2: ["/A/B"], 3: ["/A/B/C", "/C"], 4: ["/AB"], 5: []}.items():
        create(table, {**site(number), "scope": scopes})
    for types in (None, (expand("Site"),)):
        hits = ids(table, Search(types=types, scopes=wanted))
        assert len(hits) == len(set(hits))
        assert {int(each[-4:]) for each in hits} == found


def test_a_cursor_goes_on_behind_what_was_seen_even_if_that_is_gone(table: EntityTable) -> None:
    table.write_many(CITY, [Write(None, site(number)) for number in range(25)])
    search = Search(types=(expand("Site"),))
    first = [each for each, _ in zip(table.search(CITY, search, page=10), range(10), strict=False)]
    table.write(CITY, Write(first[-1].stored, None))
    rest = ids(table, search, after=first[-1].cursor, page=10)
    assert [int(each[-4:]) for each in rest] == list(range(10, 25))


def test_a_cursor_of_another_search_or_of_nobody_is_refused(table: EntityTable) -> None:
    create(table, site())
    cursor = next(table.search(CITY, Search())).cursor
    for tenant, search, forged in [
        (CITY, Search(types=(expand("Site"),)), cursor),
        (OTHER, Search(), cursor),
        (CITY, Search(), cursor[:-4]),
        (CITY, Search(), "x" * 10_000),
        (CITY, Search(), "é"),
        (CITY, Search(), ""),
    ]:
        with pytest.raises(BadRequestData):
            table.search(tenant, search, after=forged)


def test_types_show_what_entities_have_now(table: EntityTable) -> None:
    first = create(table, site(1, v=prop(1)))
    create(table, site(2, "Home"))
    assert table.types(CITY) == {
        expand("Home"): {expand("name")},
        expand("Site"): {expand("name"), expand("v")},
    }
    table.write(CITY, Write(first, site(1)))
    assert table.types(CITY)[expand("Site")] == {expand("name")}
