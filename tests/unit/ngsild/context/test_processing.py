"""Which contexts are accepted, what they refer to, and what is said of the others (5.5.4, 5.5.7)."""

import copy
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.context.core_context import CORE_URL
from machi.ngsild.context.processing import MAX_TERMS, process
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable, NgsiLdError
from tests.unit.ngsild.context.doubles import EXAMPLE, USER_URL

OLD_CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"

_WEB: dict[str, object] = {
    USER_URL: {"@context": {"speed": f"{EXAMPLE}speed", "ex": EXAMPLE}},
    "https://example.org/compound.jsonld": {"@context": [USER_URL, OLD_CORE, {"brand": "ex:brand"}]},
    "https://example.org/importing.jsonld": {"@context": {"@import": USER_URL, "brand": f"{EXAMPLE}brand"}},
    "https://example.org/dir/relative.jsonld": {"@context": "../context.jsonld"},
    "https://example.org/loop.jsonld": {"@context": "https://example.org/loop.jsonld"},
    "https://example.org/scoped.jsonld": {"@context": {"a": {"@id": EXAMPLE + "a", "@context": {}}}},
    "https://example.org/array.json": [1, 2],
    "https://example.org/nothing.json": {"speed": "x"},
}


def fetch(url: str) -> object:
    if url not in _WEB:
        raise LdContextNotAvailable("gone")
    return copy.deepcopy(_WEB[url])


@pytest.mark.parametrize(
    "source",
    [
        USER_URL,
        [USER_URL],
        [USER_URL, CORE_URL],
        [CORE_URL, USER_URL],
        "https://example.org/compound.jsonld",
        "https://example.org/importing.jsonld",
        "https://example.org/dir/relative.jsonld",
        {"@import": USER_URL},
        [{"other": f"{EXAMPLE}other"}, USER_URL],
    ],
)
def test_a_term_is_found_wherever_its_context_stands(source: object) -> None:
    assert process(source, fetch).expand_term("speed") == f"{EXAMPLE}speed"


def test_a_nested_context_may_use_prefixes_of_an_earlier_one() -> None:
    assert process("https://example.org/compound.jsonld", fetch).expand_term("brand") == f"{EXAMPLE}brand"


@pytest.mark.parametrize(
    ("source", "shown", "url"),
    [
        (None, CORE_URL, CORE_URL),
        ([], CORE_URL, CORE_URL),
        (OLD_CORE, OLD_CORE, OLD_CORE),
        (USER_URL, [USER_URL, CORE_URL], USER_URL),
        ([OLD_CORE, USER_URL], [USER_URL, OLD_CORE], USER_URL),
        ({"a": f"{EXAMPLE}a"}, [{"a": f"{EXAMPLE}a"}, CORE_URL], None),
        ([USER_URL, {"a": f"{EXAMPLE}a"}], [USER_URL, {"a": f"{EXAMPLE}a"}, CORE_URL], None),
        ([USER_URL, "https://example.org/importing.jsonld"], None, None),
    ],
)
def test_an_answer_shows_the_context_with_the_core_last(
    source: object, shown: object, url: str | None
) -> None:
    context = process(source, fetch)

    assert context.url == url
    assert shown is None or context.json == shown


@pytest.mark.parametrize(
    "source",
    [
        5, True, [[]], [5], {"a": 5}, {"a": {"@id": 5}}, {"@base": 5}, {"@vocab": 5}, {"@version": 1.0},
        {"a": "a:b:c", "b": {"@id": "@context"}}, {"@language": 7}, {"a": {"@type": "not an iri"}},
        {"a": {"@id": "b"}, "b": {"@id": "a"}}, {"x": {"@container": "@nowhere"}}, "relative.jsonld", "",
        {"a": {"@context": {}}}, {"a": {"@id": f"{EXAMPLE}a", "@context": {"id": f"{EXAMPLE}id"}}},
        "https://example.org/scoped.jsonld", {"location": f"{EXAMPLE}other", "@protected": True},
    ],
)  # fmt: skip
def test_a_context_that_is_not_valid_is_refused(source: object) -> None:
    with pytest.raises(NgsiLdError) as refusal:
        process(source, fetch)

    assert refusal.value.status in {400, 504}
    assert refusal.value.status == 400 or source in {"", "relative.jsonld"}


@pytest.mark.parametrize(
    "source", [{"@vocab": None}, {"@language": None}, {"@vocab": None, "a": f"{EXAMPLE}a"}, [None, USER_URL]]
)
def test_nulls_that_json_ld_allows_are_allowed(source: object) -> None:
    assert process(source, fetch).expand_term("x") == "https://uri.etsi.org/ngsi-ld/default-context/x"


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/gone.jsonld",
        ["https://example.org/gone.jsonld", USER_URL],
        {"@import": "https://example.org/gone.jsonld"},
        "https://example.org/array.json",
        "https://example.org/nothing.json",
    ],
)
def test_a_document_that_cannot_be_had_is_told_apart_from_a_wrong_one(source: object) -> None:
    with pytest.raises(LdContextNotAvailable):
        process(source, fetch)


def test_a_context_that_includes_itself_ends() -> None:
    with pytest.raises(NgsiLdError):
        process("https://example.org/loop.jsonld", fetch)


def test_the_reason_does_not_repeat_what_the_client_sent() -> None:
    with pytest.raises(BadRequestData) as refusal:
        process({"secretTerm": 5, "otherSecret": {"@id": 7}}, fetch)

    assert "ecret" not in str(refusal.value)


@pytest.mark.parametrize(
    "source",
    [
        {f"t{number}": f"t{number + 1}:x" for number in range(5_000)},
        {f"t{number}": {"@id": f"{EXAMPLE}{number}", "@type": "@id"} for number in range(5_000)},
        {str(number): "x" for number in range(MAX_TERMS + 1)},
        [{f"a{number}": f"{EXAMPLE}a"} for number in range(500)],
    ],
    ids=["a chain of prefixes", "many terms", "too many terms", "many contexts"],
)
def test_a_hostile_context_is_dealt_with_quickly(source: object) -> None:
    begin = time.perf_counter()

    with suppress(BadRequestData):
        process(source, fetch)

    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize(
    "source",
    [
        [{f"t{part}x{number}": f"{EXAMPLE}x" for number in range(20)} for part in range(2_000)],
        [None] * 100_000,
    ],
)
def test_parts_that_would_each_copy_those_before_are_refused(source: object) -> None:
    with pytest.raises(BadRequestData, match="too many parts"):
        process(source, fetch)


def test_long_iris_count_as_many_terms() -> None:
    assert process({"a": EXAMPLE + "x" * 300_000}, fetch).size > process({"a": EXAMPLE}, fetch).size + 900


def test_deep_nesting_is_refused_before_it_is_processed() -> None:
    deep: object = {}
    for _ in range(400):
        deep = {"x": deep}

    with pytest.raises(BadRequestData, match="nested"):
        process({"a": deep}, fetch)


_WORDS = st.sampled_from(
    [
        "@id", "@type", "@context", "@vocab", "@base", "@container", "@list", "@set", "@json", "@reverse",
        "@nest", "@import", "@protected", "@propagate", "@language", "@direction", "@version", "@prefix",
        "@none", "@index", "a", "b", "a:b", "id", "type", "location", "_:x", "https://example.org/", "",
        USER_URL, "\ud800", "urn:x:",
    ]
)  # fmt: skip
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(_ANYTHING)
@settings(max_examples=400, deadline=None)
def test_whatever_a_client_sends_is_a_context_or_an_error_of_the_specification(source: object) -> None:
    try:
        context = process(source, fetch)
    except NgsiLdError:
        return
    assert context.expand_term("location") == "https://uri.etsi.org/ngsi-ld/location"
