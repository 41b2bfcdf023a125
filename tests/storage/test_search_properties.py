"""Whatever is stored and asked: a search misses no match, and its pages give each candidate once."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from machi.core.ids import Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.query.geo import LOCATION, GeoQuery
from machi.ngsild.repositories import Search, StoredEntity, Write
from machi.storage.entity_table import EntityTable
from tests.storage.conftest import BOTH, make_table
from tests.unit.ngsild.memory import may_match
from tests.unit.ngsild.query.builders import entity, expand, instance, prop

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

CITY = Tenant("default")
TABLE = "one-example"

types = st.lists(st.sampled_from(["Site", "Home", "Car"]), min_size=1, max_size=2, unique=True)
near_city = st.tuples(st.floats(136.70, 136.90), st.floats(35.20, 35.40))
# Edges of the map and of many cells at once, and everything between.
anywhere = st.tuples(
    st.one_of(st.sampled_from([-180.0, 0.0, 180.0]), st.floats(-180, 180)),
    st.one_of(st.sampled_from([-90.0, 0.0, 90.0]), st.floats(-90, 90)),
)
points = st.one_of(near_city, near_city, anywhere).map(
    lambda place: {"type": "Point", "coordinates": list(place)}
)
lines = st.lists(st.one_of(near_city, anywhere), min_size=2, max_size=3).map(
    lambda places: {"type": "LineString", "coordinates": [list(place) for place in places]}
)
scopes = st.lists(st.sampled_from(["/A", "/A/B", "/A/B/C", "/D"]), max_size=2, unique=True)


@st.composite
def entities(draw: st.DrawFn) -> list[Entity]:
    made = []
    for number in range(draw(st.integers(1, 12))):
        each = entity(f"urn:ngsi-ld:Site:{number:04d}", name=prop(number))
        each["type"] = [expand(name) for name in draw(types)]
        for geometry in draw(st.lists(st.one_of(points, points, lines), max_size=2)):
            known = each["attrs"].setdefault(LOCATION, [])
            known.append(instance("GeoProperty", "value", geometry, datasetId=f"urn:x:{len(known)}"))
        if draw(st.booleans()):
            each["attrs"][expand("v")] = [prop(1)]
        each["scope"] = draw(scopes)
        made.append(each)
    return made


@st.composite
def searches(draw: st.DrawFn) -> Search:
    area = None
    if draw(st.booleans()):
        longitude, latitude = draw(st.one_of(near_city, anywhere))
        metres = draw(st.sampled_from([1, 200, 2_000, 20_000, 3_000_000]))
        asked = GeoQuery.parse(f"near;maxDistance=={metres}", "Point", [longitude, latitude])
        area = asked.bounds()
    return Search(
        types=draw(st.one_of(st.none(), types.map(lambda names: tuple(map(expand, names))))),
        area=area,
        scopes=draw(st.one_of(st.none(), st.sampled_from([("/A",), ("/A/#",), ("/A/B/#", "/D"), ("/X/#",)]))),
        attributes=draw(st.sampled_from([frozenset(), frozenset([expand("v")])])),
        any_attributes=draw(st.sampled_from([frozenset(), frozenset([expand("v"), expand("x")])])),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entities(), st.lists(searches(), min_size=3, max_size=3), st.integers(1, 5))
def test_no_match_is_missed_and_pages_give_each_candidate_once(
    client: "DynamoDBClient", made: list[Entity], asked: list[Search], page: int
) -> None:
    make_table(client, TABLE)
    try:
        table = EntityTable(client, TABLE)
        table.write_many(CITY, [Write(None, each) for each in made])
        for search in asked:
            found = _by_pages(table, search, page)
            assert len(found) == len(set(found))
            matches = {each["id"] for each in made if may_match(StoredEntity(each, 0), search)}
            assert matches <= set(found)
            if search.area is None:
                assert matches == set(found)
                assert table.count(CITY, search) in {None, len(found)}
            assert [each.stored.entity["id"] for each in table.search(CITY, search)] == found
    finally:
        client.delete_table(TableName=TABLE)


def _by_pages(table: EntityTable, search: Search, page: int) -> list[str]:
    """Every page is a search of its own that knows nothing but the cursor of the one before."""
    found: list[str] = []
    after = None
    while True:
        candidates = table.search(CITY, search, after=after, page=page)
        some = [each for each, _ in zip(candidates, range(page), strict=False)]
        if not some:
            return found
        found += [each.stored.entity["id"] for each in some]
        after = some[-1].cursor
