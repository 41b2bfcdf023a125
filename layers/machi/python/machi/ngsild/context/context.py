"""What does a name mean under an @context, and what is the shortest name of an IRI?

The rules are those of JSON-LD 1.1 for vocabulary-relative names (expansion, term selection), on the
definitions that a JSON-LD processor has worked out (`processing`). Answers are remembered, because a
request repeats the same few names. Where no term fits, a prefix shortens the IRI as JSON-LD has it, else the
whole IRI is the name (clause 5.5.7). Core terms come first in both directions (ADR 0062).
"""

from collections.abc import Callable, Iterable, Mapping

from machi.ngsild.context.term import Term
from machi.ngsild.entity import DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData

_REMEMBERED, _WORTH_REMEMBERING = 2_048, 256
"""Names kept per context and direction, and their length; hostile clients could invent names without end."""
_TERM = 300  # bytes that a term takes, with its name and IRI


class Context:
    """One processed @context with the core @context on top. Immutable; share it between requests."""

    def __init__(self, terms: Mapping[str, Term], core: Iterable[str], json: object, url: str | None) -> None:
        """Build with `processing.process`; `core` are the names of core terms."""
        self.json = json
        """What stands under `@context` in a JSON-LD answer, the core included."""
        self.url = url
        """The one URL that a `Link` header can name; None if the context came embedded in a body."""
        self._terms = terms
        self._characters = sum(len(name) + len(term.iri or "") for name, term in terms.items())
        self._names = _names_of(terms, core)
        self._prefixes = [
            (term.iri, name)
            for name, term in terms.items()
            if term.is_prefix and term.iri and ":" not in name
        ]
        self._expanded: dict[str, str] = {}
        self._compacted: dict[str, str] = {}

    @property
    def size(self) -> int:
        """How many terms of ordinary length it defines, as a measure of memory."""
        return len(self._terms) + self._characters // _TERM

    def expand_term(self, term: str) -> str:
        """The IRI of the name of a type, an attribute or a vocabulary value.

        Raises:
            BadRequestData: the name is empty, a keyword, or switched off by the context.
        """
        found = self._expanded.get(term)
        return _remember(self._expanded, term, self._expand) if found is None else found

    def compact(self, iri: str) -> str:
        """A name that expands to the IRI: a term, else one with a prefix, else the IRI itself."""
        found = self._compacted.get(iri)
        return _remember(self._compacted, iri, self._compact) if found is None else found

    def _expand(self, term: str) -> str:
        iri = self._meaning(term)
        if iri is None or iri.startswith("@"):
            raise BadRequestData("a name is empty, a JSON-LD keyword or switched off by the @context")
        return iri

    def _meaning(self, name: str) -> str | None:
        if not name or name.startswith("@"):
            return None
        term = self._terms.get(name)
        if term is not None:
            return term.iri
        prefix, colon, suffix = name.partition(":")
        if colon and prefix:
            if prefix == "_" or suffix.startswith("//"):
                return name
            before = self._terms.get(prefix)
            if before is not None and before.is_prefix and before.iri is not None:
                return before.iri + suffix
            return name
        return DEFAULT_VOCABULARY + name

    def _compact(self, iri: str) -> str:
        name = self._names.get(iri)
        if name is not None:
            return name
        suffix = iri.removeprefix(DEFAULT_VOCABULARY)
        if suffix != iri and self._meaning(suffix) == iri:
            return suffix
        compact = [
            f"{prefix}:{iri[len(start) :]}"
            for start, prefix in self._prefixes
            if iri.startswith(start) and iri != start
        ]
        usable = [name for name in compact if name not in self._terms and self._meaning(name) == iri]
        return min(usable, key=_length_first, default=iri)


def _names_of(terms: Mapping[str, Term], core: Iterable[str]) -> dict[str, str]:
    """IRI → the term to show: a core term, else the shortest, of equals the first by code point."""
    names: dict[str, str] = {}
    for group in (core, sorted(terms, key=_length_first)):
        for name in group:
            term = terms[name]
            if term.iri is not None and not term.is_reverse and not term.iri.startswith("@"):
                names.setdefault(term.iri, name)
    return names


def _length_first(name: str) -> tuple[int, str]:
    return len(name), name


def _remember(memory: dict[str, str], key: str, answer: Callable[[str], str]) -> str:
    found = answer(key)
    if len(key) + len(found) <= _WORTH_REMEMBERING:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        memory[key] = found
    return found
