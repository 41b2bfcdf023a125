"""How much of an entity is shown? (`pick`, `omit`, `attrs`: clauses 4.21, 5.7.1.4 and 5.7.2.4)"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from machi.ngsild.entity import Entity
from machi.ngsild.errors import BadRequestData

MAX_LENGTH = 32_768
"""Characters of one parameter."""
MAX_NAMES = 512
MAX_DEPTH = 8
"""Relationships followed."""

Expand = Callable[[str], str]
Tree = Mapping[str, "Tree"]
"""Members (`id`, `type`, `scope`, system attributes) and attribute IRIs, each with what lies beyond it."""

ENTITY_MEMBERS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "expiresAt"})
"""What an entity has besides attributes."""

_LETTERS = r"[^\W\d_]\w*"
_TOKEN = re.compile(rf"(?P<name>[A-Za-z][A-Za-z0-9+.\-]*:[^\s,|{{}}\"<>\\^`]+|{_LETTERS})|(?P<mark>[,|{{}}])")


@dataclass(frozen=True, slots=True)
class Projection:
    """What is shown of an entity and of the entities linked from it. The empty one shows everything."""

    picked: Tree | None = None
    omitted: Tree = field(default_factory=dict)
    attributes: frozenset[str] | None = None
    """The deprecated `attrs`: the only attributes shown, one of which an entity must have."""

    @classmethod
    def parse(
        cls,
        expand: Expand,
        *,
        pick: str | Sequence[str] | None = None,
        omit: str | Sequence[str] | None = None,
        attrs: str | Sequence[str] | None = None,
    ) -> "Projection":
        """Read the three parameters, as text (GET) or arrays of text (POST).

        Raises:
            BadRequestData: a parameter is empty or does not follow the grammar of clause 4.21.
        """
        listed = None if attrs is None else _parse(attrs, expand)
        if listed is not None and any(listed.values()):
            raise BadRequestData("attrs is a list of attribute names")
        return cls(
            picked=None if pick is None else _parse(pick, expand),
            omitted={} if omit is None else _parse(omit, expand),
            attributes=None if listed is None else frozenset(listed),
        )

    def selects(self, entity: Entity) -> bool:
        """True unless `attrs` names attributes and the entity has none of them."""
        return self.attributes is None or not self.attributes.isdisjoint(entity["attrs"])

    def shows(self, member: str) -> bool:
        """Whether a member that is no attribute (`id`, `type`, `scope` …) is shown."""
        return (self.picked is None or member in self.picked) and self.omitted.get(member, _BEYOND) != {}

    def shows_attribute(self, iri: str) -> bool:
        """Whether an attribute is shown."""
        return self.shows(iri) and (self.attributes is None or iri in self.attributes)

    def apply(self, entity: Entity) -> Entity:
        """The entity with what is shown only; `id` and `type` may be gone, `attrs` may be empty."""
        if self.is_everything:
            return entity
        kept = {name: value for name, value in entity.items() if name != "attrs" and self.shows(name)}
        attrs = {iri: found for iri, found in entity["attrs"].items() if self.shows_attribute(iri)}
        return {**kept, "attrs": attrs}  # type: ignore[typeddict-item]  # members may be gone

    def beyond(self, iri: str) -> "Projection":
        """What is shown of the entities that this Relationship links to."""
        picked = None if self.picked is None else self.picked.get(iri)
        return Projection(picked=picked or None, omitted=self.omitted.get(iri, {}))

    @property
    def is_everything(self) -> bool:
        """True if nothing is left out."""
        return self.picked is None and not self.omitted and self.attributes is None

    @property
    def link_depth(self) -> int:
        """How many Relationships are followed; 5.7.1.4 and 5.7.2.4 hold it against `joinLevel`."""
        return max(_depth(self.picked or {}), _depth(self.omitted))


_BEYOND: Tree = {"": {}}  # anything that is not the empty tree of a member named for itself


def _depth(tree: Tree) -> int:
    return max((1 + _depth(inner) for inner in tree.values() if inner), default=0)


def _parse(parameter: str | Sequence[str], expand: Expand) -> Tree:
    text = parameter if isinstance(parameter, str) else ",".join(parameter)
    if len(text) > MAX_LENGTH:
        raise BadRequestData(f"a projection may have at most {MAX_LENGTH} characters")
    tokens = _tokens(text)
    tree, end = _list(tokens, 0, expand, depth=0)
    if end != len(tokens):
        raise BadRequestData("the brackets of the projection do not match")
    return tree


def _tokens(text: str) -> list[str]:
    tokens, position, text = [], 0, text.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise BadRequestData(
                "the projection names attributes, joined by `,` or `|`, with {…} for linked ones"
            )
        tokens.append(found[0])
        position = found.end()
        while text[position : position + 1] == " ":
            position += 1
    if len(tokens) > 2 * MAX_NAMES:
        raise BadRequestData(f"a projection may name at most {MAX_NAMES} members")
    return tokens


def _list(tokens: list[str], position: int, expand: Expand, depth: int) -> tuple[Tree, int]:
    if depth > MAX_DEPTH:
        raise BadRequestData(f"a projection may follow at most {MAX_DEPTH} Relationships")
    tree: dict[str, Tree] = {}
    while True:
        if position >= len(tokens) or tokens[position] in ",|{}":
            raise BadRequestData("a name is missing in the projection")
        name = tokens[position]
        key = name if name in ENTITY_MEMBERS else expand(name)
        position += 1
        inner: Tree = {}
        if tokens[position : position + 1] == ["{"]:
            inner, position = _list(tokens, position + 1, expand, depth + 1)
            if tokens[position : position + 1] != ["}"]:
                raise BadRequestData("the brackets of the projection do not match")
            position += 1
        tree[key] = {**tree.get(key, {}), **inner}
        if position >= len(tokens) or tokens[position] not in ",|":
            return tree, position
        position += 1
