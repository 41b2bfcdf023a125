"""ADR 0062: the newest core @context stands for all that were published."""

import json
from pathlib import Path

import pytest

from machi.ngsild.context.core_context import CORE_URL, core_document, core_terms, is_core_url
from machi.ngsild.context.processing import process
from tests.unit.ngsild.context.doubles import EXAMPLE

_OLDER = sorted(Path("tests/data/core_contexts").glob("*.jsonld"))
_NEVER_USED_FOR_ENTITIES = {
    "attributeCount", "attributeDetails", "VocabularyProperty", "geometryProperty", "objectsLists",
}  # fmt: skip


@pytest.mark.parametrize(
    "version", ["", "-v1.3", "-v1.4", "-v1.5", "-v1.6", "-v1.7", "-v1.8", "-v1.9", "-v1.6.1"]
)
def test_every_published_url_means_the_core(version: str) -> None:
    url = f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld"

    assert is_core_url(url)
    assert process(url, _no_fetch).expand_term("location") == "https://uri.etsi.org/ngsi-ld/location"


@pytest.mark.parametrize(
    "url",
    [
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-non-existing.jsonld",
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld?x=1",
        "https://evil.example/https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    ],
)
def test_no_other_url_means_the_core(url: str) -> None:
    assert not is_core_url(url)


@pytest.mark.parametrize("path", _OLDER, ids=lambda path: path.stem)
def test_older_versions_map_their_terms_to_the_same_iris(path: Path) -> None:
    older = json.loads(path.read_text())["@context"]

    for term, definition in older.items():
        if term.startswith("@") or term in _NEVER_USED_FOR_ENTITIES:
            continue
        iri = definition["@id"] if isinstance(definition, dict) else definition
        prefix, _, suffix = iri.partition(":")
        expected = older[prefix] + suffix if prefix in older else iri
        assert core_terms()[term].iri == expected, term


def test_there_are_older_versions_to_compare_with() -> None:
    assert len(_OLDER) == 5


def test_working_out_the_core_by_hand_gives_what_the_processor_gives() -> None:
    by_hand = core_terms()
    by_processor = process([{"unrelated": f"{EXAMPLE}unrelated"}], _no_fetch)._terms

    assert {name: by_processor[name] for name in by_hand} == dict(by_hand)
    assert by_processor.keys() - by_hand.keys() == {"unrelated"}


def test_the_core_has_its_vocabulary_and_no_scoped_context_left() -> None:
    assert core_document()["@vocab"] == "https://uri.etsi.org/ngsi-ld/default-context/"
    assert not [d for d in core_document().values() if isinstance(d, dict) and "@context" in d]
    assert CORE_URL.endswith("v1.9.jsonld")


def _no_fetch(url: str) -> object:
    raise AssertionError(url)
