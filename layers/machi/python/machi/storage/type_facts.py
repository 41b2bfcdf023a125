"""What is known of all entities a type ever had: it tells which index entries can exist.

Facts may say too much, never too little: a search that trusts them misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

ANY = "*"
"""In place of names that are too many to be written down."""

_MOST_ATTRIBUTES = 200_000
_MOST_OTHERS = 20_000
"""Bytes of names; an item holds 400 KB."""


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """Sets of names, which only grow."""

    attributes: frozenset[str] = frozenset()
    """IRIs; beyond some thousands no new ones, so only lists of attributes may rely on them."""
    places: frozenset[str] = frozenset()
    """IRIs of GeoProperties."""
    shapes: frozenset[str] = frozenset()
    """IRIs of GeoProperties that ever held something else than points."""
    wide: frozenset[str] = frozenset()
    """IRIs of GeoProperties that ever held a shape too large for cells."""
    expiring: frozenset[str] = frozenset()
    """`entity` if one ever had a time to expire."""

    def __or__(self, other: TypeFacts) -> TypeFacts:
        return TypeFacts(**{name: mine | getattr(other, name) for name, mine in self.items()})

    def __sub__(self, other: TypeFacts) -> TypeFacts:
        """What the other does not say, neither by name nor by `ANY`."""
        return TypeFacts(
            **{
                name: frozenset() if ANY in getattr(other, name) else mine - getattr(other, name)
                for name, mine in self.items()
            }
        )

    def __bool__(self) -> bool:
        return any(names for _, names in self.items())

    def items(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Each set with its name."""
        for each in fields(self):
            yield each.name, getattr(self, each.name)

    def to_add(self, new: TypeFacts) -> TypeFacts:
        """What of the new facts is written down beside these: what an item has room for."""
        return TypeFacts(**{name: _bounded(name, names, getattr(new, name)) for name, names in self.items()})


def holds(names: frozenset[str], name: str) -> bool:
    """True if the name is, or may be, one of them."""
    return name in names or ANY in names


def _bounded(kind: str, known: frozenset[str], new: frozenset[str]) -> frozenset[str]:
    size = sum(len(name.encode("utf-8", "surrogatepass")) for name in known | new)
    if not new or size <= (_MOST_ATTRIBUTES if kind == "attributes" else _MOST_OTHERS):
        return new
    return frozenset() if kind == "attributes" else frozenset([ANY])
