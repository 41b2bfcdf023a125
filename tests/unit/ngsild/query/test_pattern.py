"""Regular expressions of clients: POSIX ones work, hostile ones cost nothing."""

import time

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.pattern import MAX_PATTERN, matcher


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("urn:ngsi-ld:Building:.*", "urn:ngsi-ld:Building:1", True),
        ("Building", "urn:ngsi-ld:Building:1", True),
        ("^Building", "urn:ngsi-ld:Building:1", False),
        ("^[[:alpha:]]{3}:", "urn:x", True),
        (r"\d{6}:[0-9]+$", "urn:ngsi-ld:EvacuationSite:232033:0001", True),
        ("避難所?$", "指定緊急避難場所", False),
        ("避難所?$", "指定避難所", True),
        ("(?i)BUILDING", "urn:ngsi-ld:building:1", True),
        (".", "\ud800", False),
    ],
)
def test_an_expression_is_found_anywhere_unless_tied_down(pattern: str, text: str, expected: bool) -> None:
    assert matcher(pattern)(text) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(", "[", "*", "a{2,1}", "a{1001}", "(?=a)", "(?<!a)", r"(a)\1", "\ud800",
        "((a{1,30}){1,30}){1,30}", "a" * (MAX_PATTERN + 1), "(" * 600 + ")" * 400,
    ],
)  # fmt: skip
def test_what_is_no_expression_or_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(BadRequestData):
        matcher(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "([a-z]+)*!!", "(x+x+)+y", "(a?){50}a{50}b"]
)
def test_expressions_that_backtrack_elsewhere_answer_at_once(pattern: str) -> None:
    start = time.perf_counter()
    matcher(pattern)("a" * 100_000 + "!")
    assert time.perf_counter() - start < 1
