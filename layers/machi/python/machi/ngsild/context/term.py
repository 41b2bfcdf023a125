"""One term definition of a JSON-LD context, as much of it as names need."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """What a term stands for."""

    iri: str | None
    """None if the context takes the name out of use."""
    is_prefix: bool = False
    is_reverse: bool = False
