"""Scope queries (clause 4.19)."""

import time

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.scope import ScopeQuery


@pytest.mark.parametrize(
    ("asked", "scopes", "expected"),
    [
        ("/Madrid", ["/Madrid"], True),
        ("/Madrid", ["/Madrid/Gardens"], False),
        ("/Madrid", ["/Spain/Madrid"], False),
        ("/Madrid/Gardens", ["/Madrid"], False),
        ("/Madrid/Gardens/#", ["/Madrid/Gardens"], True),
        ("/Madrid/Gardens/#", ["/Madrid/Gardens/ParqueNorte/Parterre1"], True),
        ("/Madrid/Gardens/#", ["/Madrid/GardensWest"], False),
        ("/Madrid/+/ParqueNorte", ["/Madrid/Gardens/ParqueNorte"], True),
        ("/Madrid/+/ParqueNorte", ["/Madrid/ParqueNorte"], False),
        ("/Madrid/+/ParqueNorte", ["/Madrid/Gardens/ParqueNorte/Lake"], False),
        ("/Madrid/+/ParqueNorte/#", ["/Madrid/Gardens/ParqueNorte/Lake"], True),
        ("/+", ["/Madrid"], True),
        ("/+", ["/Madrid/Gardens"], False),
        ("/#", ["/Madrid"], True),
        ("/#", [], False),
        ("/#", None, False),
        ("(/Madrid/Districts;/CompanyA)", ["/CompanyA", "/Madrid/Districts"], True),
        ("(/Madrid/Districts;/CompanyA)", ["/CompanyA"], False),
        ("(/Madrid/Districts;/CompanyA)|CompanyB", ["/CompanyB"], True),
        ("(/Madrid/Districts;/CompanyA),CompanyB", ["/CompanyB"], True),
        ("/A,/B|/C", ["/C"], True),
        ("/A,/B|/C", ["/D"], False),
        ("/Madrid", ["Madrid"], True),
        ("Madrid/Gardens", ["/Madrid/Gardens"], True),
        ("/一宮/宮西", ["/一宮/宮西"], True),
    ],
)
def test_a_scope_query_answers_as_the_clause_says(
    asked: str, scopes: list[str] | None, expected: bool
) -> None:
    assert ScopeQuery.parse(asked).matches(scopes) is expected


@pytest.mark.parametrize(
    "asked",
    [
        "", "/", "//", "/A/", "/A//B", "#", "/A#", "/#/A", "/A/#/B", "/1A", "/_", "/A-B", "/A;/B", "(/A",
        "/A)", "()", "(/A;)", "(/A|/B)", "((/A;/B))", ",", "/A,", "|/A", "/A /B", "/++", "/A+", "/A\x00",
        "/\ud800", "*",
    ],
)  # fmt: skip
def test_a_scope_query_outside_the_grammar_is_refused(asked: str) -> None:
    with pytest.raises(BadRequestData):
        ScopeQuery.parse(asked)


@pytest.mark.parametrize(
    "asked",
    [
        ",".join(["/A"] * 5_000),
        "/A" * 5_000,
        "/A" * 50,
        "(" * 16_000,
        "(" + ";".join(["/A"] * 5_000) + ")",
        "/" * 16_000,
        "(" + "/A;" * 5_000,
    ],
    ids=lambda asked: f"{asked[:6]}… {len(asked)} characters",
)
def test_hostile_scope_queries_are_refused_within_a_second(asked: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        ScopeQuery.parse(asked)
    assert time.perf_counter() - start < 1


def test_a_scope_query_is_written_so_that_it_reads_the_same() -> None:
    asked = ScopeQuery.parse("(/A/+;B/#),/C|/#")
    assert str(asked) == "(/A/+;/B/#)|/C|/#"
    assert ScopeQuery.parse(str(asked)) == asked
