"""The order of entities (clause 4.23): values, mixed types, distances and texts."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.collation import Collation
from machi.ngsild.query.ordering import Ordering
from tests.unit.ngsild.query.builders import entity, expand, instance, prop, rel, text


def named(name: str, /, **attrs: Instance) -> Entity:
    return entity(f"urn:ngsi-ld:T:{name}", "T", **attrs)


def order(entities: list[Entity], order_by: str | list[str], **options: object) -> str:
    """The last letters of the ids, in order."""
    ordered = Ordering.parse(order_by, expand, **options).sort(entities)  # type: ignore[arg-type]  # passed through
    return "".join(item["id"][-1] for item in ordered)


PEOPLE = [
    named(
        "a",
        name=prop("Sato"),
        age=prop(30, observedAt="2026-03-01T00:00:00Z"),
        address=prop({"city": "Inazawa"}),
    ),
    named(
        "b", name=prop("Abe"), age=prop(40, observedAt="2026-01-01T00:00:00Z"), address=prop({"city": "一宮"})
    ),
    named("c", name=prop("Sato"), age=prop(50, observedAt="2026-02-01T00:00:00Z"), address=prop({})),
]


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        ("name", "bac"), ("name;asc", "bac"), ("name;desc", "acb"), ("name,age", "bac"),
        ("name,age;desc", "bca"), ("age;desc", "cba"), ("age.observedAt", "bca"), ("address[city]", "abc"),
        ("address[city];desc", "bac"), ("id;desc", "cba"), ("type,id;desc", "cba"),
        ("missing,age;desc", "cba"), ("createdAt,age", "abc"),
    ],
)  # fmt: skip
def test_entities_stand_in_the_order_of_their_values(order_by: str, expected: str) -> None:
    assert order(PEOPLE, order_by) == expected


def test_the_terms_may_come_as_an_array() -> None:
    assert order(PEOPLE, ["name", "age;desc"]) == "bca"


def test_mixed_data_types_stand_in_the_order_of_the_clause() -> None:
    values: list[object] = [
        -5, 1.5, "", "zebra", {"a": 1}, [], [1], False, True, "09:00:00Z", "2026-01-01",
        "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", None,
    ]  # fmt: skip
    things = [named(chr(97 + number), v=prop(value)) for number, value in enumerate(values)]
    missing = named("z")
    assert order([missing, *reversed(things)], "v") == "abcdefghijklmnz"


def test_null_and_missing_values_stand_last_in_either_direction() -> None:
    things = [named("z"), named("n", v=prop(None)), named("1", v=prop(1)), named("2", v=prop(2))]
    assert order(things, "v") == "12nz"
    assert order(things, "v;desc") == "21nz"


def test_relationships_and_single_languages_are_ordered_by_what_they_hold() -> None:
    things = [named("a", r=rel("urn:x:2"), t=text(en="b")), named("b", r=rel("urn:x:1"), t=text(en="c"))]
    assert order(things, "r") == "ba"
    assert order(things, "t;desc") == "ba"
    assert order(things, "t[en]") == "ab"


def test_the_default_instance_decides() -> None:
    several = entity("urn:ngsi-ld:T:a", "T", v=[prop(1, datasetId="urn:ngsi-ld:ds:1"), prop(9)])
    assert order([several, named("b", v=prop(5))], "v") == "ba"


def geo(longitude: float, latitude: float) -> Instance:
    return instance("GeoProperty", "value", {"type": "Point", "coordinates": [longitude, latitude]})


PLACES = [named("a", location=geo(9, 40)), named("b", location=geo(8, 40)), named("c", location=geo(20, 40))]


@pytest.mark.parametrize(
    ("order_by", "options", "expected"),
    [
        ("location;dist-asc", {"order_from": "[8,40]"}, "bac"),
        ("location;dist-desc", {"order_from": [8, 40]}, "cab"),
        ("location;dist-asc", {"order_from": "[[19,40],[20,41]]", "order_geometry": "LineString"}, "cab"),
        ("location;dist-asc", {"order_from": "[20,40]", "order_geometry": "Point"}, "cab"),
    ],
)
def test_places_stand_in_the_order_of_their_distance(
    order_by: str, options: dict[str, object], expected: str
) -> None:
    assert order(PLACES, order_by, **options) == expected


def test_what_is_no_place_stands_after_the_places_by_value() -> None:
    things = [named("y", location=prop(2)), named("z"), named("x", location=prop(1)), *PLACES]
    assert order(things, "location;dist-asc", order_from="[8,40]") == "bacxyz"
    assert order(things, "location;dist-desc", order_from="[8,40]") == "cabyxz"


@pytest.mark.parametrize(
    ("order_by", "options"),
    [
        ("", {}), ("a,", {}), ("a;", {}), ("a;up", {}), ("a;asc;desc", {}), ("a;ASC", {}), ("a b", {}),
        ("1", {}), ("a{b}", {}), ("a[b", {}), ("a;dist-asc", {}), ("a", {"order_from": "[8"}),
        ("a", {"order_from": "[8,40]", "order_geometry": "Circle"}),
        ("a;dist-asc", {"order_from": "[8,40]", "order_geometry": "LineString"}),
        ("a", {"collation": "not a tag"}), (",".join(["a"] * 17), {}), ("a" * 5_000, {}),
        ("a[" * 2_000, {}), ("a", {"collation": "und-u-ks-level9"}),
    ],
)  # fmt: skip
def test_an_order_outside_the_grammar_is_refused(order_by: str, options: dict[str, str]) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        Ordering.parse(order_by, expand, **options)
    assert time.perf_counter() - start < 1


# -- texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("collation", "texts"),
    [
        (None, ["", " a", "-a", "+a", "$a", "1", "2", "a", "A", "á", "b", "z", "α", "я", "あ", "一"]),
        (None, ["Äpfel", "apple", "Apple", "apples", "banana", "Banana"]),
        (None, ["cote", "coté", "côte", "côté"]),
        (None, ["resume", "Resume", "résumé", "Résumé", "resumes"]),
        (None, ["あ", "ア", "か", "カ", "が", "き"]),
        (None, ["1", "10", "2"]),
        ("und-u-kn", ["1", "2", "10", "a2", "a10"]),
        ("und-u-kn-true", ["x 9", "x 10"]),
        ("und-u-kf-upper", ["A", "a", "B", "b"]),
        ("und-u-ks-identic", ["a", "A", "b"]),
        ("de-u-co-phonebk", ["Ad", "Ärger", "Af"]),
        ("de", ["Ad", "Af", "Ärger"]),
        ("und-x-icu", ["a", "B", "c"]),
        ("ja-JP", ["あ", "い", "一"]),
        ("zh-Hant-TW-u-co-stroke", ["a", "一"]),
    ],
)
def test_texts_stand_in_the_order_of_the_collation(collation: str | None, texts: list[str]) -> None:
    key = Collation.parse(collation).key
    for shuffled in itertools.islice(itertools.permutations(texts), 200):
        assert sorted(shuffled, key=key) == texts


@pytest.mark.parametrize(("collation", "equal"), [("und-u-ks-level1", "aAáÁ"), ("und-u-ks-level2", "aA")])
def test_a_weaker_collation_tells_less_apart(collation: str, equal: str) -> None:
    key = Collation.parse(collation).key
    assert len({key(letter) for letter in equal}) == 1
    assert key("a") != key("b")


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5),
    st.lists(st.one_of(st.integers(), st.text(max_size=2), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from(["2026-01-01", "12:00:00Z", "2026-01-01T12:00:00Z"]),
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(values, max_size=8), st.sampled_from(["v", "v;desc", "v;dist-asc", "v;dist-desc"]), st.randoms()
)
def test_any_values_have_an_order_that_does_not_depend_on_how_they_came(
    found: list[object], order_by: str, random: st.DataObject
) -> None:
    asked = Ordering.parse([order_by, "id"], expand, order_from=[0, 0])
    things = [named(f"{number}", v=prop(value)) for number, value in enumerate(found)]
    shuffled = list(things)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert asked.sort(shuffled) == asked.sort(things)


def test_a_long_text_takes_no_more_memory_than_its_beginning() -> None:
    long, short = Collation().key("あ" * 1_000_000), Collation().key("あ" * 256)
    assert long == short


def test_equal_characters_are_weighed_once() -> None:
    primary = Collation().key("aa")[0]
    assert isinstance(primary, tuple)
    assert primary[0] is primary[1]


@pytest.mark.parametrize(
    "value", [["x" * 100_000] * 10, [[1] * 100_000], [{"a": "x" * 100_000}], {"a": "x" * 100_000}]
)
def test_large_values_are_put_in_order_by_a_small_key(value: object) -> None:
    ordering = Ordering.parse("value", expand)
    key = ordering._value_key(value)
    assert len(repr(key)) < 20_000
