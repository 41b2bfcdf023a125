"""Clauses 4.5.0, 4.6.3 and 4.6.4: what may stand inside values."""

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import NULL, Nulls, read_fragment
from tests.unit.ngsild.reading.documents import CONTEXT, NOW, attribute


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert('x=1;')</script>", "\"'()=;", "", "日本語😀", 0, -1, 2**64 - 1, -(2**63), 1.5e300,
        [[[]]],        {"@type": "DateTime", "@value": "2026-11-24T05:00:00Z"}, {"@list": [1, 2]},
        {"@set": [1]},
        {"@id": "urn:x:1"},
        {"@value": "text", "@language": "ja"}, {"@type": "@json", "@value": None},
        {"@type": "@json", "@value": {"a": None}},
        "2026-99-99", {"key with space": 1, "": 2, "type": "Point"},
    ],
)  # fmt: skip
def test_json_of_every_kind_stays_as_it_was(value: object) -> None:
    assert attribute({"type": "Property", "value": value})["value"] == value


def test_nulls_inside_a_value_vanish_as_in_json_ld() -> None:
    sent = {"a": None, "b": [1, None, {"c": None, "d": 2}]}

    assert attribute({"type": "Property", "value": sent})["value"] == {"b": [1, {"d": 2}]}


def test_raw_json_keeps_its_nulls() -> None:
    assert attribute({"json": {"a": None, "b": [None]}})["json"] == {"a": None, "b": [None]}


@pytest.mark.parametrize(
    "value",
    [{"@context": {}}, {"a": [{"@context": "https://x.example/"}]}, 2**64, -(2**63) - 1, float("inf"),
     float("nan"),     {"a": NULL}, [1, NULL], {"a": {"b": [NULL]}}],
)  # fmt: skip
def test_what_no_value_may_hold_is_refused(value: object) -> None:
    with pytest.raises(BadRequestData, match="attribute 1"):
        attribute({"type": "Property", "value": value})


def test_numbers_beyond_all_bounds_are_refused_in_raw_json_too() -> None:
    with pytest.raises(BadRequestData):
        attribute({"json": {"a": [2**70]}})


@pytest.mark.parametrize(
    "attribute",
    [
        {"value": [NULL, 1]},
        {"value": {"a": [{"b": NULL}]}},
        {"valueList": [NULL, 1]},
        {"object": [NULL, "urn:a:b"]},
        {"objectList": ["urn:a:b", NULL]},
    ],
)
def test_no_null_stands_in_an_array_as_merges_replace_arrays_whole(attribute: dict[str, object]) -> None:
    with pytest.raises(BadRequestData):
        read_fragment({"speed": attribute}, CONTEXT, NOW, Nulls.MERGE)
