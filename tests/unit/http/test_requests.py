"""How handlers read versions and media types."""

import pytest
from starlette.requests import Request

from machi.http.errors import InvalidRequest, PreconditionRequired
from machi.http.requests import if_match, media_type


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(("tag", "version"), [('"0"', 0), ('"17"', 17), (' "3" ', 3)])
def test_the_expected_version_stands_in_if_match(tag: str, version: int) -> None:
    assert if_match(request(if_match=tag)) == version


def test_a_change_without_expected_version_is_refused() -> None:
    with pytest.raises(PreconditionRequired):
        if_match(request())


@pytest.mark.parametrize(
    "tag", ["*", "3", 'W/"3"', '"3", "4"', '"-1"', '"03"', '"９"', '"' + "9" * 40 + '"', ""]
)
def test_anything_but_one_of_our_tags_is_refused(tag: str) -> None:
    with pytest.raises(InvalidRequest):
        if_match(request(if_match=tag))


@pytest.mark.parametrize(
    ("sent", "read"),
    [("application/json", "application/json"), ("Application/JSON; charset=utf-8", "application/json")],
)
def test_the_media_type_is_read_without_parameters(sent: str, read: str) -> None:
    assert media_type(request(content_type=sent)) == read
    assert media_type(request()) == ""
