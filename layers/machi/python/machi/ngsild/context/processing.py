"""How do JSON-LD context definitions become names and IRIs? PyLD works them out, this module feeds it.

The core @context counts as standing last wherever the client put it (clause 4.4): the client's part is
processed with empty documents in its place, then the core on top. Scoped contexts are refused (5.5.7).
"""

import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from machi.ngsild.context.context import Context
from machi.ngsild.context.core_context import CORE_URL, core_document, core_terms, is_core_url
from machi.ngsild.context.term import Term
from machi.ngsild.entity import DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable, NgsiLdError

Fetch = Callable[[str], object]
"""Gives the parsed document behind a URL, fresh at every call; raises LdContextNotAvailable."""

MAX_TERMS = 65_536
"""Definitions in all documents together; the largest vocabularies in use have some 40,000."""

MAX_WORK = 1_000_000
"""Definitions copied while a context is worked out: each part of an array copies those of all before it."""
_WORK_OF_A_PART = 100  # even if it defines nothing

_DEPTH = 8
"""Nesting of objects and arrays in a context; only scoped contexts would need more than 4."""
_NULLABLE = frozenset({"@vocab", "@language", "@direction"})
_UNREACHABLE = {"loading remote context failed", "invalid remote context"}
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
"""What PyLD lets through on contexts too strange for its checks."""


def process(source: object, fetch: Fetch) -> Context:
    """The Context of an `@context` value: a URL, an object, an array of both, or None for the core alone.

    Raises:
        BadRequestData: it is not a valid JSON-LD context, or has scoped contexts.
        LdContextNotAvailable: a document it refers to cannot be had.
    """
    parts = source if isinstance(source, list) else [] if source is None else [source]
    own = [_admitted(part) for part in parts if not _is_core(part)]
    documents = _Documents(fetch)
    documents.count(own)
    terms = _work_out(own, documents) if own else core_terms()
    return Context(terms, core_terms(), _shown(parts), _single_url(parts))


@cache
def core_context() -> Context:
    """The core @context alone, the default of every request."""
    return process(None, _no_document)


def _no_document(url: str) -> object:
    raise AssertionError(f"the core context refers to {url}")


class _Documents:
    """The document loader in PyLD's form."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._terms = self._work = 0

    def count(self, parts: list[object]) -> None:
        """Bear in mind what parts of a context cost, in time and in memory.

        Raises:
            BadRequestData: too much.
        """
        for part in parts:
            self._terms += len(part) if isinstance(part, dict) else 0
            self._work += _WORK_OF_A_PART + self._terms
        if self._terms > MAX_TERMS:
            raise BadRequestData(f"the @context defines more than {MAX_TERMS} terms")
        if self._work > MAX_WORK:
            raise BadRequestData("the @context has too many parts for so many terms")

    def __call__(self, url: str, _options: object) -> dict[str, Any]:
        return {
            "document": {"@context": {}} if is_core_url(url) else self._load(url),
            "documentUrl": url,
            "contextUrl": None,
            "contentType": "application/ld+json",
        }

    def _load(self, url: str) -> object:
        document = self._fetch(url)
        if not isinstance(document, dict) or "@context" not in document:
            raise LdContextNotAvailable("a remote @context is not a JSON object with the member @context")
        inside = document["@context"]
        parts = [_admitted(part) for part in (inside if isinstance(inside, list) else [inside])]
        self.count(parts)
        return {"@context": parts if isinstance(inside, list) else parts[0]}


def _work_out(parts: list[object], documents: _Documents) -> dict[str, Term]:
    """The definitions in force after the client's parts and the core.

    It begins with the default vocabulary, as the core is implicitly there (5.5.5).
    """
    from pyld import jsonld  # noqa: PLC0415  # 300 ms of import that requests with the core alone never need

    processor, core = jsonld.JsonLdProcessor(), core_document()
    options = {
        "documentLoader": documents,
        "contextResolver": jsonld.ContextResolver({}, documents),
        "processingMode": "json-ld-1.1",
    }
    active = processor.process_context(None, None, options)
    active = processor.process_context(active, [{"@vocab": DEFAULT_VOCABULARY}], options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of terms that it ignores; a client's affair
            active = processor.process_context(active, parts, options)
            active = processor.process_context(active, [core], options)
    except NgsiLdError:
        raise
    except jsonld.JsonLdError as error:
        raise _as_ours(error) from None
    except _BROKEN:
        raise BadRequestData("the @context is not valid JSON-LD") from None
    return {name: _term(definition) for name, definition in active["mappings"].items()}


def _as_ours(error: BaseException) -> NgsiLdError:
    """The error of ours that PyLD wrapped, or what its code means."""
    cause: BaseException | None = error
    unreachable = False
    while cause is not None:
        if isinstance(cause, NgsiLdError):
            return cause
        unreachable = unreachable or getattr(cause, "code", None) in _UNREACHABLE
        cause = cause.__cause__
    if unreachable:
        return LdContextNotAvailable("a remote @context could not be loaded")
    code = getattr(error, "code", None)
    return BadRequestData(f"the @context is not valid JSON-LD: {code or 'invalid context'}")


def _admitted(part: object) -> object:
    """One part of a context, refused if no user @context may hold it, before it costs anything.

    Settings to null that name nothing are left out, as PyLD stumbles over those that were never set.
    """
    if part is None or isinstance(part, str):
        return part
    if not isinstance(part, dict):
        raise BadRequestData("an @context is a URL, an object or an array of these")
    if len(part) > MAX_TERMS:
        raise BadRequestData(f"the @context defines more than {MAX_TERMS} terms")
    for definition in part.values():
        if isinstance(definition, dict) and "@context" in definition:
            raise BadRequestData("an @context must not contain scoped contexts")
        if isinstance(definition, dict | list):
            _check_depth(definition, _DEPTH)
    return {name: value for name, value in part.items() if value is not None or name not in _NULLABLE}


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise BadRequestData("the @context is nested too deeply")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, left - 1)


def _term(definition: Mapping[str, Any] | None) -> Term:
    if definition is None:
        return Term(None)
    return Term(definition["@id"], bool(definition.get("_prefix")), bool(definition.get("reverse")))


def _is_core(part: object) -> bool:
    return isinstance(part, str) and is_core_url(part)


def _shown(parts: list[object]) -> object:
    """The context as an answer shows it: the core last, under the URL the client used for it."""
    own = [part for part in parts if not _is_core(part)]
    core = next((part for part in parts if _is_core(part)), CORE_URL)
    return [*own, core] if own else core


def _single_url(parts: list[object]) -> str | None:
    shown = _shown(parts)
    urls = shown[:-1] if isinstance(shown, list) else [shown]
    return urls[0] if len(urls) == 1 and isinstance(urls[0], str) else None
