"""6.3.4: which representation a client gets."""

import pytest

from functions.broker.media_types import DOCUMENTS, ENTITIES, MediaType, NotAcceptable, accepted

JSON, LD, GEO = MediaType.JSON, MediaType.JSON_LD, MediaType.GEO_JSON


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/ld+json", LD),
        ("application/geo+json", GEO),
        ("APPLICATION/LD+JSON", LD),
        ("application/ld+json, application/json", JSON),
        ("application/geo+json, application/ld+json", LD),
        ("application/json;q=0.5, application/ld+json", LD),
        ("application/json;q=0, */*", LD),
        ("application/json;q=0, application/ld+json", LD),
        ("*/*;q=0.9, application/ld+json;q=0.8", JSON),
        ("application/ld+json;q=notanumber", LD),
        ("text/html, application/xhtml+xml, */*;q=0.1", JSON),
        ("application/xml, application/geo+json", GEO),
        ("application/ld+json;profile=x;q=0.9, text/html", LD),
        ("application/json;q=7", JSON),
    ],
)
def test_the_best_of_what_is_offered_is_chosen(header: str | None, expected: MediaType) -> None:
    assert accepted(header, ENTITIES) is expected


@pytest.mark.parametrize(
    "header", ["application/xml", "text/*", "application/json;q=0", "*/*;q=0", "application/geo+json"]
)
def test_what_is_not_offered_is_not_acceptable(header: str) -> None:
    with pytest.raises(NotAcceptable, match="application/json, application/ld\\+json"):
        accepted(header, DOCUMENTS)
