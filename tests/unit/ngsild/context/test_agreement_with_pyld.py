"""Whole documents through PyLD, and names through Context: both must come to the same.

What is left out on purpose, because a name must not depend on the value beside it (clause 5.5.7): aliases of
core terms, where the core comes first and not the shorter name; and for compaction terms with a type
coercion, which plain JSON-LD chooses by the value.
"""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from machi.ngsild.context.context import Context
from machi.ngsild.context.core_context import core_document
from machi.ngsild.context.processing import process
from machi.ngsild.entity import DEFAULT_VOCABULARY
from tests.unit.ngsild.context.doubles import EXAMPLE

_TERMS = ["Vehicle", "speed", "brand", "x", "ex", "other", "Bus_Stop", "速度", "ñandú"]
_SUFFIXES = ["Vehicle", "speed", "a/b", "velocity", "速度", "x"]
_NAMES = [
    *_TERMS,
    "undefined",
    "ex:speed",
    "ex:a/b",
    "ngsi-ld:default-context/q",
    f"{EXAMPLE}speed",
    "urn:a:b",
]

_iris = st.builds(
    lambda vocabulary, suffix: vocabulary + suffix,
    st.sampled_from([EXAMPLE, "https://other.example/#", DEFAULT_VOCABULARY, "urn:example:"]),
    st.sampled_from(_SUFFIXES),
)
_definitions = st.one_of(
    _iris,
    st.sampled_from(["ex:speed", "ex:brand"]),
    st.builds(lambda iri, kind: {"@id": iri, "@type": kind}, _iris, st.sampled_from(["@id", "@vocab"])),
    st.builds(lambda iri: {"@id": iri}, _iris),
)
_contexts = st.dictionaries(st.sampled_from(_TERMS), _definitions, max_size=6).map(
    lambda terms: {**terms, "ex": EXAMPLE}
)
_sources = st.one_of(_contexts, st.lists(_contexts, min_size=1, max_size=3))
_plain_contexts = st.dictionaries(st.sampled_from(_TERMS), _iris, max_size=6).map(
    lambda terms: {**terms, "ex": EXAMPLE}
)
_plain_sources = st.one_of(_plain_contexts, st.lists(_plain_contexts, min_size=1, max_size=3))
_documents = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_NAMES), min_size=1, max_size=5)


def _never(url: str, *_: object) -> object:
    raise AssertionError(url)


def _with_core(source: object) -> list[object]:
    return [*(source if isinstance(source, list) else [source]), core_document()]


def _by_pyld(document: Mapping[str, str], source: object) -> tuple[set[str], set[str]]:
    """The IRIs of the names, and of the types they have as values, by whole-document expansion."""
    typed = {
        "@context": _with_core(source),
        "type": list(document.values()),
        **{n: {"id": "urn:x:1"} for n in document},
    }
    expanded = jsonld.expand(typed, {"documentLoader": _never})
    found = expanded[0] if expanded else {}
    return {name for name in found if name != "@type"}, set(found.get("@type", []))


@given(_sources, _documents)
@settings(max_examples=150, deadline=None)
def test_names_expand_as_in_the_whole_document(source: object, document: dict[str, str]) -> None:
    context = process(source, _never)

    attributes, types = _by_pyld(document, source)

    assert {context.expand_term(name) for name in document} == attributes
    assert {context.expand_term(name) for name in document.values()} == types


@given(
    _plain_sources,
    st.lists(st.one_of(_iris, st.sampled_from([f"{EXAMPLE}speed", DEFAULT_VOCABULARY + "x"])), min_size=1),
)
@settings(max_examples=150, deadline=None)
def test_types_compact_as_in_the_whole_document(source: object, iris: list[str]) -> None:
    context = process(source, _never)

    compacted = jsonld.compact(
        [{"@id": "urn:x:1", "@type": list(dict.fromkeys(iris))}],
        _with_core(source),
        {"documentLoader": _never},
    )

    shown = compacted["type"] if isinstance(compacted["type"], list) else [compacted["type"]]
    assert [context.compact(iri) for iri in dict.fromkeys(iris)] == shown


@given(_sources, st.one_of(_iris, st.sampled_from(_NAMES)))
@settings(max_examples=250, deadline=None)
def test_expanding_what_was_compacted_is_the_identity(source: object, iri: str) -> None:
    context: Context = process(source, _never)
    expanded = context.expand_term(iri)

    assert context.expand_term(context.compact(expanded)) == expanded
