"""What became of an entity that was asked to change: the result and what was left undone."""

from dataclasses import dataclass

from machi.ngsild.entity import Entity

SCOPE = "https://uri.etsi.org/ngsi-ld/scope"
"""How `scope` is called where only fully qualified names may stand (6.3.6)."""


@dataclass(frozen=True, slots=True)
class NotUpdated:
    """An attribute that was left as it was, and why (5.2.19)."""

    attribute: str
    """IRI of the attribute."""
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """An entity after a change, with the report of clause 5.2.18.

    `entity` is the very object that came in where nothing changed, so nothing need be written.
    """

    entity: Entity
    updated: tuple[str, ...] = ()
    """IRIs of attributes that were appended, replaced, merged or deleted."""
    not_updated: tuple[NotUpdated, ...] = ()

    @property
    def is_complete(self) -> bool:
        """True if all that was asked was done."""
        return not self.not_updated
