"""RFC 8288 and clause 6.3.5: which @context the Link headers name."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.ngsild.context.link_header import RELATION, context_url, link_to
from machi.ngsild.errors import BadRequestData

URL = "https://example.org/context.jsonld"


@pytest.mark.parametrize(
    "line",
    [
        f'<{URL}>; rel="{RELATION}"; type="application/ld+json"',
        f"<{URL}>;rel={RELATION}",
        f'<{URL}>; type="application/ld+json"; rel="{RELATION}"',
        f'<{URL}> ; REL = "{RELATION}"',
        f'<{URL}>; rel="alternate {RELATION}"',
        f'<https://example.org/next>; rel="next", <{URL}>; rel="{RELATION}"',
        f'<https://example.org/a,b>; rel="prev"; title="a, <b>", <{URL}>; rel="{RELATION}"; anchor',
    ],
)
def test_the_context_is_found(line: str) -> None:
    assert context_url([line]) == URL


@pytest.mark.parametrize("lines", [[], ['<https://example.org/next>; rel="next"'], [f"<{URL}>"], [""]])
def test_other_links_are_no_context(lines: list[str]) -> None:
    assert context_url(lines) is None


def test_the_same_context_twice_is_one() -> None:
    assert context_url([link_to(URL), link_to(URL)]) == URL


def test_two_contexts_are_refused() -> None:
    with pytest.raises(BadRequestData, match="different"):
        context_url([link_to(URL), link_to(URL + "2")])


@pytest.mark.parametrize("line", [URL, f"<{URL}", f'<{URL}>; rel="{RELATION}', "<a b>; rel=x", "," * 3])
def test_what_is_no_link_header_is_refused(line: str) -> None:
    with pytest.raises(BadRequestData):
        context_url([line])


@pytest.mark.parametrize(
    "line", ["<" * 16_000, "<a>" + ";a" * 8_000, "<a>;" + " " * 16_000, '<a>;a="' + "x" * 16_000]
)
def test_a_hostile_header_is_read_quickly(line: str) -> None:
    begin = time.perf_counter()

    with suppress(BadRequestData):
        context_url([line])

    assert time.perf_counter() - begin < 1


@given(st.text())
def test_any_text_is_read_or_refused(line: str) -> None:
    with suppress(BadRequestData):
        context_url([line])
