"""What a client sent in a body, with the @context by which its terms are to be read (6.3.5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from machi.ngsild.context import Context


@dataclass(frozen=True, slots=True)
class Payload:
    """A parsed JSON document and its @context."""

    document: object
    context: Context


@dataclass(frozen=True, slots=True)
class Items:
    """The documents of a batch; each may come with its own @context."""

    documents: Sequence[object]
    context_of: Callable[[object], Context]
    """Finds the @context of one document; what it raises concerns that document alone."""
