"""Which document is the core @context, and which URLs mean it? (clauses 4.4 and annex B)

Every published version maps its terms to the same IRIs as the newest (ADR 0062), so all their URLs
mean this one, and none is ever fetched.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import orjson

from machi.ngsild.context.term import Term

CORE_URL = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"
"""Where the newest version is published; what answers name."""

_ANY_VERSION = re.compile(
    r"https?://uri\.etsi\.org/ngsi-ld/v1/ngsi-ld-core-context(?:-v1\.[0-9]{1,2}(?:\.[0-9]{1,2})?)?\.jsonld"
)

_GENERIC_DELIMITERS = ":/?#[]@"  # an IRI ending in one makes its term a prefix (JSON-LD 1.1)


def is_core_url(url: str) -> bool:
    """True for the URL of any version of the core @context."""
    return _ANY_VERSION.fullmatch(url) is not None


@cache
def core_document() -> dict[str, Any]:
    """The term definitions, without the scoped context that would make a processor fetch another.

    That one belongs to `ngsildproof`, whose content is not expanded here.
    """
    text = resources.files(__package__).joinpath("core", "ngsi-ld-core-context-v1.9.jsonld").read_bytes()
    definitions: dict[str, Any] = orjson.loads(text)["@context"]
    return {term: _unscoped(definition) for term, definition in definitions.items()}


@cache
def core_terms() -> Mapping[str, Term]:
    """The same definitions worked out, so that the core alone needs no JSON-LD processor.

    Its definitions are of the plainest kind: an IRI, or `prefix:suffix` with a prefix of its own.
    """
    definitions = core_document()
    return {term: _term(definitions, term) for term in definitions if not term.startswith("@")}


def _term(definitions: Mapping[str, Any], name: str) -> Term:
    definition = definitions[name]
    iri = definition["@id"] if isinstance(definition, dict) else definition
    prefix, _, suffix = iri.partition(":")
    if prefix in definitions:
        iri = definitions[prefix] + suffix
    return Term(iri, is_prefix=isinstance(definition, str) and iri[-1] in _GENERIC_DELIMITERS)


def _unscoped(definition: object) -> object:
    if isinstance(definition, dict):
        return {key: value for key, value in definition.items() if key != "@context"}
    return definition
