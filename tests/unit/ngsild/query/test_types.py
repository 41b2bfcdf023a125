"""The Entity Type Selection Language (clause 4.17)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.types import TypeSelection
from tests.unit.ngsild.query.builders import expand


def iris(names: str) -> list[str]:
    return [expand(name) for name in names.split()]


@pytest.mark.parametrize(
    ("asked", "types", "expected"),
    [
        ("Building", "Building", True),
        ("Building", "House", False),
        ("Building|House", "House", True),
        ("Building,House", "House", True),
        ("Building, House", "House", True),
        ("Building|House", "Home", False),
        ("(Home;Vehicle)", "Home Vehicle", True),
        ("(Home;Vehicle)", "Vehicle Motor Home", True),
        ("(Home;Vehicle)", "Home", False),
        ("(Home;Vehicle)|Motorhome", "Motorhome", True),
        ("(Home;Vehicle),Motorhome", "Vehicle", False),
        ("(Home)", "Home", True),
        ("https://example.org/Home", "Home", True),
        ("*", "Anything", True),
    ],
)
def test_a_selection_answers_as_the_clause_says(asked: str, types: str, expected: bool) -> None:
    assert TypeSelection.parse(asked, expand).matches(iris(types)) is expected


@pytest.mark.parametrize(
    ("asked", "touched", "is_exact"),
    [
        ("Home", "Home", True),
        ("Home,Vehicle|Home", "Home Vehicle", True),
        ("(Home;Vehicle)", "Home", False),
        ("(Home;Vehicle)|Vehicle", "Vehicle", False),
        ("(Home;Vehicle)|Motorhome", "Motorhome Home", False),
    ],
)
def test_an_index_by_type_need_read_few_types(asked: str, touched: str, is_exact: bool) -> None:
    selection = TypeSelection.parse(asked, expand)
    assert selection.touched == tuple(iris(touched))
    assert selection.is_exact is is_exact


def test_every_type_is_touched_by_the_star() -> None:
    assert TypeSelection.parse("*", expand).touched is None


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", ",", "A,", "|A", "A;B", "(A;B", "A)", "()", "(A;)", "(A|B)", "((A;B))", "(A;B)C", "A B",
        "1A", "_A", "A-B", "A**", "A,*", "http:", "A\x00", "\ud800", "<A>", '"A"', "A&B",
    ],
)  # fmt: skip
def test_a_selection_outside_the_grammar_is_refused(asked: str) -> None:
    with pytest.raises(BadRequestData):
        TypeSelection.parse(asked, expand)


@pytest.mark.parametrize(
    "asked",
    [
        ",".join(["A"] * 5_000),
        "(" * 16_000,
        "(" + ";".join(["A"] * 5_000) + ")",
        "(" + "A;" * 8_000,
        "A" * 20_000,
    ],
    ids=lambda asked: f"{asked[:6]}… {len(asked)} characters",
)
def test_hostile_selections_are_refused_within_a_second(asked: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        TypeSelection.parse(asked, expand)
    assert time.perf_counter() - start < 1


names = st.sampled_from("ABCDE")


@given(st.lists(st.lists(names, min_size=1, max_size=3), min_size=1, max_size=4), st.sets(names, min_size=1))
def test_whatever_matches_has_a_touched_type(alternatives: list[list[str]], types: set[str]) -> None:
    selection = TypeSelection.parse("|".join(f"({';'.join(names)})" for names in alternatives), str)
    assert selection.matches(types) is any(set(names) <= types for names in alternatives)
    assert selection.touched is not None
    if selection.matches(types):
        assert not types.isdisjoint(selection.touched)
    if selection.is_exact:
        assert selection.matches(types) is not types.isdisjoint(selection.touched)
