"""Clauses 4.4 and 5.5.7: what names mean, and how IRIs are shown."""

import pytest

from machi.ngsild.context.context import Context
from machi.ngsild.context.processing import process
from machi.ngsild.entity import CORE, DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData
from tests.unit.ngsild.context.doubles import EXAMPLE


def context(definitions: object) -> Context:
    return process(definitions, lambda url: pytest.fail(f"fetched {url}"))


def test_a_name_no_context_defines_goes_to_the_default_vocabulary() -> None:
    assert context(None).expand_term("Vehicle") == DEFAULT_VOCABULARY + "Vehicle"


def test_a_name_of_the_default_vocabulary_is_shown_short() -> None:
    assert context(None).compact(DEFAULT_VOCABULARY + "Vehicle") == "Vehicle"


def test_a_user_term_means_what_its_context_says() -> None:
    user = context({"Vehicle": f"{EXAMPLE}Vehicle"})

    assert user.expand_term("Vehicle") == f"{EXAMPLE}Vehicle"
    assert user.compact(f"{EXAMPLE}Vehicle") == "Vehicle"


@pytest.mark.parametrize("term", ["location", "observationSpace", "scope", "description", "title"])
def test_a_user_context_cannot_change_a_core_term(term: str) -> None:
    core, user = context(None), context({term: f"{EXAMPLE}other"})

    assert user.expand_term(term) == core.expand_term(term)
    assert user.compact(core.expand_term(term)) == term


def test_a_core_term_is_preferred_to_a_shorter_alias() -> None:
    user = context({"loc": f"{CORE}location"})

    assert user.expand_term("loc") == f"{CORE}location"
    assert user.compact(f"{CORE}location") == "location"


def test_of_several_terms_the_shortest_is_shown_and_of_equals_the_first() -> None:
    user = context({"velocity": f"{EXAMPLE}speed", "sb": f"{EXAMPLE}speed", "sa": f"{EXAMPLE}speed"})

    assert user.compact(f"{EXAMPLE}speed") == "sa"


def test_a_prefix_is_expanded() -> None:
    user = context({"ex": EXAMPLE, "speed": "ex:speed"})

    assert user.expand_term("ex:anything") == f"{EXAMPLE}anything"
    assert user.expand_term("speed") == f"{EXAMPLE}speed"


def test_an_iri_without_a_term_is_shortened_by_a_prefix() -> None:
    assert context({"ex": EXAMPLE}).compact(f"{EXAMPLE}speed") == "ex:speed"


def test_an_iri_without_term_and_prefix_is_shown_whole() -> None:
    assert context(None).compact(f"{EXAMPLE}speed") == f"{EXAMPLE}speed"


def test_a_default_name_that_the_user_context_gave_another_meaning_is_not_shown_short() -> None:
    user = context({"almostFull": f"{EXAMPLE}almostFull"})

    shown = user.compact(DEFAULT_VOCABULARY + "almostFull")

    assert shown == "ngsi-ld:default-context/almostFull"
    assert user.expand_term(shown) == DEFAULT_VOCABULARY + "almostFull"


def test_the_user_vocabulary_yields_to_the_one_of_the_core() -> None:
    assert context({"@vocab": EXAMPLE}).expand_term("speed") == DEFAULT_VOCABULARY + "speed"


@pytest.mark.parametrize("name", ["", "@id", "@graph", "id", "type", "off"])
def test_a_keyword_or_a_name_switched_off_is_no_name(name: str) -> None:
    with pytest.raises(BadRequestData):
        context({"off": None}).expand_term(name)


def test_an_absolute_iri_stays_what_it_is() -> None:
    for iri in ("urn:ngsi-ld:something", "https://example.org/a b", "http://x.example/#y"):
        assert context(None).expand_term(iri) == iri


def test_a_term_for_the_reverse_of_a_property_is_never_shown() -> None:
    user = context({"parentOf": {"@reverse": f"{EXAMPLE}childOf"}})

    assert user.compact(f"{EXAMPLE}childOf") == f"{EXAMPLE}childOf"


def test_endless_new_names_do_not_fill_the_memory() -> None:
    user = context({"Vehicle": f"{EXAMPLE}Vehicle"})

    for number in range(20_000):
        user.expand_term(f"name{number}")
        user.compact(f"https://example.com/{number}")

    assert len(user._expanded) < 10_000
    assert len(user._compacted) < 10_000
    assert user.expand_term("Vehicle") == f"{EXAMPLE}Vehicle"
