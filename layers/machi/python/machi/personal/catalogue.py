"""Which types of entities are personal (class closed), whom they are about, and what each attribute is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from machi.core.ids import ApplicationId, DataItem


@dataclass(frozen=True, slots=True)
class PersonalType:
    """One type of the data catalogue. Names are IRIs."""

    type: str
    subject: str
    """The Relationship that names the citizen."""
    items: Mapping[str, DataItem]
    """Attribute → the item that a citizen agrees to. What is not listed is never stored."""
    writers: frozenset[ApplicationId]
    """Who may record such entities, where the citizen agrees."""

    @property
    def all_items(self) -> frozenset[DataItem]:
        """Every item an entity of the type can hold."""
        return frozenset(self.items.values())


class PersonalCatalogue(Protocol):
    """The declared types."""

    def types(self) -> Mapping[str, PersonalType]:
        """Every declared type, by IRI."""
