"""The `q` parameter of a request, read once and asked of many entities (clause 4.9)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.query.evaluation import Predicate, predicate, required_attributes
from machi.ngsild.query.expression import Expression, Path, paths_of
from machi.ngsild.query.parser import parse_expression
from machi.ngsild.query.targets import ENTITY_MEMBERS, Expand, Resolve


def _nobody(_: EntityId) -> Entity | None:
    return None


@dataclass(frozen=True)
class Query:
    """One parsed query. `str()` gives it back in its plainest spelling."""

    expression: Expression
    expand: Expand = field(compare=False, repr=False)
    expanded_values: frozenset[str] = frozenset()

    @classmethod
    def parse(
        cls,
        text: str,
        expand: Callable[[str], str],
        expand_values: Collection[str] = (),
        json_keys: Collection[str] = (),
    ) -> "Query":
        """Read `q`; `expand` turns a term into its IRI by the request's @context.

        `expand_values` and `json_keys` are the short names of those two parameters. Members inside
        values are kept as sent, so `json_keys` only takes names out of `expand_values`.

        Raises:
            BadRequestData: the text does not follow the grammar or exceeds a limit.
        """
        return cls(parse_expression(text), expand, frozenset(expand_values) - frozenset(json_keys))

    def matches(self, entity: Entity, resolve: Resolve = _nobody) -> bool:
        """True if the entity meets the query; `resolve` finds the entities its Relationships point to."""
        return self._predicate(entity, resolve)

    @property
    def link_depth(self) -> int:
        """How many Relationships the longest path follows; 5.7.2.4 holds it against `joinLevel`."""
        return max(path.depth for path in self._paths)

    @property
    def attributes(self) -> frozenset[str]:
        """IRIs of the top-level attributes named; empty if only system attributes are (too wide)."""
        return frozenset(
            self.expand(path.names[0]) for path in self._paths if path.names[0] not in ENTITY_MEMBERS
        )

    @property
    def required(self) -> frozenset[str]:
        """IRIs of top-level attributes without which no entity matches."""
        return required_attributes(self.expression, self.expand)

    def __str__(self) -> str:
        return str(self.expression)

    @cached_property
    def _paths(self) -> list[Path]:
        return paths_of(self.expression)

    @cached_property
    def _predicate(self) -> Predicate:
        return predicate(self.expression, self.expand, self.expanded_values)
