"""Which JSON bodies are read, and which are refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.http.errors import BodyTooLarge, MalformedJson
from machi.http.json_reader import read_json

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=30,
)


def read(text: str | bytes, *, max_bytes: int = 10_000, max_depth: int = 20) -> object:
    data = text if isinstance(text, bytes) else text.encode()
    return read_json(data, max_bytes=max_bytes, max_depth=max_depth)


@given(values)
def test_every_ordinary_value_comes_back_equal(value: object) -> None:
    text = json.dumps(value)

    if "\\u0000" not in text:
        assert read(text, max_bytes=1_000_000, max_depth=100) == value
    assert read_json(json.dumps({"v": 1}, indent=3).encode(), max_bytes=100, max_depth=1) == {"v": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[1,]",
        "{'a': 1}",
        "NaN",
        "Infinity",
        "1e400",
        "-1e400",
        "01",
        "[1] x",
        '"\\ud800"',
        '"\\udc00"',
        '"\\ud800x"',
        '"\\u0000"',
        '{"\\u0000": 1}',
        '"\\\\\\u0000"',
        '"a\tb"',
        "1" * 100_000,
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b'"\x00"',
    ],
)
def test_what_is_not_clean_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedJson):
        read(text, max_bytes=1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1, "\\u0061": 2}',
        '[{"b": {"a": 1, "a": 1}}]',
        '{":": 1, ":": 2}',
        '{"\\"": 1, "\\"": 2}',
    ],
)
def test_a_member_named_twice_is_refused(text: str) -> None:
    with pytest.raises(MalformedJson, match="twice"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "b:c", "d:e": ["f:", ":"]}',
        '{"a": "\\"x\\":1", "b": "\\\\"}',
        '{"a": "\\\\u0000"}',
        '{"a": {"a": {"a": 1}}}',
        '{"a": "}{][,\\\\\\":"}',
        '"😀\\ud83d\\ude00"',
    ],
)
def test_what_only_looks_like_it_is_read(text: str) -> None:
    assert read(text) == json.loads(text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_allowed_up_to_the_limit_and_no_further(opening: str, closing: str) -> None:
    def nested(levels: int) -> str:
        inner = "1" if opening != "[" else ""
        return opening * levels + inner + closing * levels

    assert read(nested(20)) is not None
    with pytest.raises(MalformedJson, match="20 levels"):
        read(nested(21))
    for levels in (1_000, 100_000):
        with pytest.raises(MalformedJson):
            read(nested(levels), max_bytes=1_000_000)


def test_a_body_over_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(BodyTooLarge):
        read("[" * 101, max_bytes=100)
    assert read(json.dumps("x" * 98), max_bytes=100) == "x" * 98


def test_a_refusal_never_quotes_the_body() -> None:
    for text in ('{"住所": 一宮}', '{"住所": 1, "住所": 2}', '{"住所": "\\u0000"}'):
        with pytest.raises(MalformedJson) as refused:
            read(text)
        assert "住所" not in str(refused.value)
        assert "一宮" not in str(refused.value)
