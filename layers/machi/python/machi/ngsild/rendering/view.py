"""How does a reader want entities to look? (clauses 4.5, 4.5.5, 4.15, 6.3.7 and 6.3.11)"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.query.projection import Projection
from machi.ngsild.rendering.language import Languages


class Format(StrEnum):
    """The representations of an entity."""

    NORMALIZED = "normalized"
    CONCISE = "concise"
    SIMPLIFIED = "simplified"


@dataclass(frozen=True)
class View:
    """What a request says of representation.

    Raises:
        BadRequestData: `language` is not a language preference.
    """

    format: Format = Format.NORMALIZED
    system_attributes: bool = False
    """`sysAttrs`: `createdAt`, `modifiedAt` and `expiresAt` are shown."""
    language: str | None = None
    """`lang`: LanguageProperties become Properties in this language."""
    datasets: frozenset[str] | None = None
    """`datasetId`: only these instances, `@none` for the default one; None for all."""
    languages: Languages | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.language is not None:
            object.__setattr__(self, "languages", Languages.parse(self.language))


@dataclass(frozen=True)
class Links:
    """Linked entities to be shown inside the Relationships that link them (4.5.23.2)."""

    resolve: Callable[[EntityId], Entity | None]
    depth: int
    """Relationships followed (`joinLevel`)."""
    projection: Projection = field(default_factory=Projection)
    """What is shown of the linking entity, and beyond its Relationships."""
    contained_by: frozenset[EntityId] = frozenset()
    """Entities not to be shown again."""

    def beyond(self, iri: str, owner: EntityId | None) -> "Links":
        """The same, seen from an entity that `owner` links through an attribute."""
        inside = self.contained_by if owner is None else self.contained_by | {owner}
        return Links(self.resolve, self.depth - 1, self.projection.beyond(iri), inside)
