"""The query language (clause 4.9): what each operator and path means for each kind of attribute."""

import pytest

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.query.q import Query
from tests.unit.ngsild.query.builders import entity, expand, instance, prop, rel, text, vocab


def matches(q: str, target: Entity, **options: list[str]) -> bool:
    return Query.parse(q, expand, **options).matches(target)


CAR = entity(
    "urn:ngsi-ld:Car:1",
    "Car",
    speed=prop(
        55, observedAt="2026-03-01T12:00:00.500Z", unitCode="KMH", accuracy=prop(0.5, method=prop("gps"))
    ),
    brand=prop("Mercedes"),
    colours=prop(["blue", "red", "green"]),
    electric=prop(value=True),
    nothing=prop(None),
    built=prop("2020-02-29"),
    opens=prop("09:30:00Z"),
    serviced=prop({"@type": "DateTime", "@value": "2026-01-01T00:00:00Z"}),
    address=prop({"city": "一宮市", "geo": {"ward": "宮西", "zone": 7}, "lines": [{"a": 1}], "empty": None}),
    parked=rel("urn:ngsi-ld:Lot:1"),
    drivers=rel(["urn:ngsi-ld:Person:1", "urn:ngsi-ld:Person:2"]),
    gender=vocab("https://example.org/Male"),
    roles=vocab(["https://example.org/Taxi", "https://example.org/Bus"]),
    name=text(en="red", fr="rouge", de=["rot", "Rot"]),
    ticket=instance("JsonProperty", "json", {"value": "Overstay 60 minutes", "id": "85a6"}),
    list=instance("ListProperty", "valueList", [1, "two", 3]),
    route=instance(
        "ListRelationship", "objectList", [{"object": "urn:ngsi-ld:Stop:1"}, "urn:ngsi-ld:Stop:2"]
    ),
    location=instance("GeoProperty", "value", {"type": "Point", "coordinates": [8, 40]}),
    temperature=[prop(10), prop(30, datasetId="urn:ngsi-ld:ds:2")],
)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        # existence
        ("speed", True), ("missing", False), ("nothing", True), ("parked", True), ("speed.accuracy", True),
        ("speed.observedAt", True), ("brand.observedAt", False), ("location", True), ("!missing", True),
        ("!speed", False), ("!speed.missing", True), ("address[geo.ward]", True),
        ("address[geo.street]", False), ("address[empty]", True), ("name[en]", True), ("name[ja]", False),
        ("name[*]", True), ("brand[*]", False), ("createdAt", True), ("deletedAt", False), ("scope", False),
        ("speed.accuracy.method", True),
        # numbers
        ("speed==55", True), ("speed==55.0", True), ("speed==5.5e1", True), ("speed==56", False),
        ("speed!=55", False), ("speed>54", True), ("speed>55", False), ("speed>=55", True),
        ("speed<56", True), ("speed<55", False), ("speed<=55", True), ("speed==50..60", True),
        ("speed==55..55", True), ("speed==56..60", False), ("speed!=56..60", True),
        ("speed!=50..60", False), ("speed==1,55", True), ("speed==1,2", False), ("speed!=1,2", True),
        ("speed!=1,55", False), ("speed>-1", True), ("speed==9" + "9" * 200, False),
        # data types differ
        ('speed=="55"', False), ('speed!="55"', True), ("brand==5", False), ("brand>5", False),
        ("electric==1", False), ("electric>0", False), ('speed>"1"', False), ("nothing==0", False),
        ("nothing!=0", True), ("nothing>0", False), ("location==5", False), ("location!=5", True),
        ("address==1", False), ('speed==1,"55",true', False),
        # text
        ('brand=="Mercedes"', True), ('brand=="mercedes"', False), ("brand==Mercedes", True),
        ('brand!="BMW"', True), ('brand>"M"', True), ('brand<"M"', False), ('brand=="A".."N"', True),
        ('brand=="BMW","Mercedes"', True), ('brand=="BMW", "Mercedes"', True),
        ('brand=="\\u004dercedes"', True), ('address[city]=="一宮市"', True),
        # booleans
        ("electric==true", True), ("electric==false", False), ("electric!=false", True),
        ("electric==false,true", True),
        # arrays
        ('colours=="red"', True), ('colours=="black"', False), ('colours!="red"', False),
        ('colours!="black"', True), ('colours=="black","red"', True), ('colours!="black","white"', True),
        ('colours>"a"', False), ('colours~="red"', False), ("list==3", True), ('list=="two"', True),
        ("list!=3", False), ("list==2", False),
        # moments
        ("speed.observedAt>=2026-03-01T12:00:00Z", True),
        ("speed.observedAt<2026-03-01T12:00:00.49Z", False),
        ("speed.observedAt==2026-03-01T12:00:00.5Z", True),
        ("speed.observedAt==2026-03-01T12:00:00,500000Z", True),
        ('speed.observedAt=="2026-03-01T12:00:00.5Z"', True), ("speed.observedAt>2026-03-01", False),
        ("speed.observedAt==2026-01-01T00:00:00Z..2026-12-31T00:00:00Z", True), ("built==2020-02-29", True),
        ("built>2020-02-28", True), ("built>2020-02-28T00:00:00Z", False), ("opens>=09:30:00Z", True),
        ("opens>09:30:00.0Z", False), ("opens==09:00:00Z..10:00:00Z", True),
        ("serviced<2026-01-01T00:00:00.1Z", True), ("createdAt>2026-01-01T00:00:00Z", True),
        ("createdAt<2026-01-01T00:00:00Z", False),
        # sub-attributes and members
        ("speed.accuracy==0.5", True), ('speed.accuracy.method=="gps"', True),
        ('speed.unitCode=="KMH"', True), ("address[geo.zone]==7", True), ("address[geo.zone]!=7", False),
        ("address[geo.street]!=7", False), ("address[lines.a]==1", False),
        ('ticket[value]=="Overstay 60 minutes"', True), ('ticket[id]~="^85"', True),
        ("address.geo==7", False), ('temperature.datasetId=="urn:ngsi-ld:ds:2"', True),
        # several instances: any of them
        ("temperature==10", True), ("temperature==30", True), ("temperature!=10", True),
        ("temperature>20", True), ("temperature>30", False),
        # Relationships
        ('parked=="urn:ngsi-ld:Lot:1"', True), ("parked==urn:ngsi-ld:Lot:1", True),
        ("parked!=urn:ngsi-ld:Lot:2", True), ("parked==urn:ngsi-ld:Lot:2,urn:ngsi-ld:Lot:1", True),
        ('parked>"a"', False), ('parked~=".*"', False), ('parked!~="x"', False),
        ("drivers==urn:ngsi-ld:Person:2", True), ("drivers!=urn:ngsi-ld:Person:2", False),
        ("route==urn:ngsi-ld:Stop:1", True), ('route=="urn:ngsi-ld:Stop:2"', True),
        ("route!=urn:ngsi-ld:Stop:9", True),
        # languages
        ('name=="rouge"', True), ('name[*]=="rouge"', True), ('name[en]=="red"', True),
        ('name[EN]=="red"', True), ('name[en]=="rouge"', False), ('name[de]=="Rot"', True),
        ('name!="red"', False), ('name!="black"', True), ('name[en]!="rouge"', True),
        ('name[de]!="rot"', False), ('name[ja]!="red"', False), ('name~="^rou"', True),
        ('name[fr]~="^red"', False), ('name>"s"', False),
        # vocabulary
        ("gender==https://example.org/Male", True), ('gender=="https://example.org/Male"', True),
        ("gender==Male", False), ("gender!=Female", True), ("roles==HTTPS://EXAMPLE.org/%42us", True),
        ("roles!=https://example.org/Bus", False),
        # patterns
        ("brand~=Merc", True), ("brand~=^erc", False), ("brand!~=^erc", True), ("speed~=5", False),
        ("speed!~=5", False), ("brand~=(BMW|Mercedes)", True), ("brand~=[M;|)]erc", True),
        ('brand~="a|Merc"', True), ("missing!~=x", False), ("brand~=(?i)MERC", True),
        ("brand~=[[:upper:]]erc", True), ('brand~="M.*\\w$"', True),
        # logic
        ("speed>50;brand==Mercedes", True), ("speed>60;brand==Mercedes", False),
        ("speed>60|brand==Mercedes", True), ("speed>60;missing|electric==true", True),
        ("speed>60;(missing|electric==true)", False), ('((speed>50|rpm>3000);brand=="Mercedes")', True),
        ("(temperature>=20;temperature<=25)|speed<=10", True), ("(brand~=^BMW|speed==55);electric", True),
        ("!missing;!speed", False),
    ],
)  # fmt: skip
def test_a_query_on_the_car_answers_as_the_clause_says(q: str, expected: bool) -> None:
    assert matches(q, CAR) is expected


def test_example_10_reaches_into_the_value_of_a_sub_property() -> None:
    meter = entity(sensor=prop(40, rawdata=prop({"airquality": {"particulate": 40, "PM20": 85}})))
    assert matches("sensor.rawdata[airquality.particulate]==40", meter)
    assert not matches("sensor.rawdata[airquality.particulate]==85", meter)


def test_example_12_compares_expanded_values() -> None:
    assert matches("gender==Male", CAR, expand_values=["gender"])
    assert not matches("gender==Female", CAR, expand_values=["gender"])
    assert matches("gender!=Female", CAR, expand_values=["gender"])
    assert matches("roles==Bus,Tram", CAR, expand_values=["roles"])


def test_a_name_under_json_keys_is_not_expanded() -> None:
    assert not matches("gender==Male", CAR, expand_values=["gender"], json_keys=["gender"])


def test_a_plain_text_value_is_expanded_on_both_sides() -> None:
    person = entity(gender=prop("Male"))
    assert matches("gender==https://example.org/Male", person, expand_values=["gender"])
    assert not matches("gender==https://example.org/Male", person)


def test_scope_is_asked_like_a_property() -> None:
    scoped = entity()
    scoped["scope"] = ["/Madrid/Gardens", "/CompanyA"]
    assert matches('scope=="/CompanyA"', scoped)
    assert not matches('scope!="/CompanyA"', scoped)


# -- linked entities ------------------------------------------------------------------------------

DEVICE = entity("urn:ngsi-ld:Device:345", "Device", humidity=prop(40), maker=rel("urn:ngsi-ld:Company:1"))
COMPANY = entity("urn:ngsi-ld:Company:1", "Company", name=text(en="Acme"), seat=prop({"city": "一宮市"}))
STATION = entity("urn:ngsi-ld:Station:1", "Station", sensor=rel([DEVICE["id"], "urn:ngsi-ld:Device:404"]))
WORLD = {item["id"]: item for item in (DEVICE, COMPANY, STATION)}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("sensor{humidity}==40", True),
        ("sensor{humidity}>40", False),
        ("sensor{humidity}", True),
        ("sensor{pressure}", False),
        ("!sensor{pressure}", True),
        ("sensor{Device:humidity}==40", True),
        ("sensor{Robot:humidity}==40", False),
        ("sensor{Robot,Device:humidity}==40", True),
        ('sensor{maker{name[en]}}=="Acme"', True),
        ('sensor{Device:maker{Company:seat[city]}}=="一宮市"', True),
        ('sensor{Device:maker{Person:seat[city]}}=="一宮市"', False),
        ("sensor{humidity}==40;sensor{maker}==urn:ngsi-ld:Company:1", True),
    ],
)
def test_paths_follow_relationships_into_linked_entities(q: str, expected: bool) -> None:
    def resolve(entity_id: EntityId) -> Entity | None:
        return WORLD.get(entity_id)

    assert Query.parse(q, expand).matches(STATION, resolve) is expected


def test_a_link_through_something_that_is_no_relationship_finds_nothing() -> None:
    assert not Query.parse("humidity{humidity}", expand).matches(DEVICE, lambda _: DEVICE)


def test_the_depth_of_links_is_told() -> None:
    assert Query.parse("a==1|b{c{d}}>2;e{f}", expand).link_depth == 2
    assert Query.parse("a==1", expand).link_depth == 0


# -- what the broker and its indexes ask of a query -------------------------------------------------


def test_only_attributes_that_are_not_the_systems_make_a_query_narrow() -> None:
    assert Query.parse("createdAt>2026-01-01T00:00:00Z", expand).attributes == frozenset()
    assert Query.parse("modifiedAt;a|b.c", expand).attributes == {expand("a"), expand("b")}


@pytest.mark.parametrize(
    ("q", "required"),
    [
        ("a", {"a"}), ("a;b", {"a", "b"}), ("a|b", set()), ("a;(b|c)", {"a"}), ("(a;b)|(b;c)", {"b"}),
        ("!a", set()), ("a!=1", {"a"}), ("a.b[c]>1;createdAt", {"a"}), ("a{b}==1", {"a"}),
    ],
)  # fmt: skip
def test_the_attributes_every_match_must_have_are_known(q: str, required: set[str]) -> None:
    assert Query.parse(q, expand).required == {expand(name) for name in required}
