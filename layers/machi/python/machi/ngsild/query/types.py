"""Has an entity the asked types? (`type`, the Entity Type Selection Language of clause 4.17)"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from machi.ngsild.errors import BadRequestData

MAX_LENGTH = 16_384
"""Characters of a selection."""
MAX_TYPES = 256
ANY_TYPE = "*"

_LETTERS = r"[^\W\d_]\w*"
_TYPE = rf"(?:{_LETTERS}|[A-Za-z][A-Za-z0-9+.\-]*:[^\s,;|()\"<>\\^`{{}}]+)"
_ONE = re.compile(_TYPE)
_SEVERAL = re.compile(rf"\(({_TYPE}(?:;{_TYPE})*)\)")
_OR = re.compile(r"[,|]")


@dataclass(frozen=True, slots=True)
class TypeSelection:
    """Any of the alternatives, each of which asks for all of its types (IRIs).

    No alternatives at all means every entity (`type=*`).
    """

    alternatives: tuple[frozenset[str], ...] = ()

    @classmethod
    def parse(cls, text: str, expand: Callable[[str], str]) -> "TypeSelection":
        """Read `type`; `expand` turns a name into its IRI by the request's @context.

        Raises:
            BadRequestData: the text does not follow the grammar of clause 4.17 or exceeds a limit.
        """
        if len(text) > MAX_LENGTH:
            raise BadRequestData(f"a type selection may have at most {MAX_LENGTH} characters")
        if text.strip() == ANY_TYPE:
            return cls()
        names = [_alternative(part.strip()) for part in _OR.split(text)]
        if sum(map(len, names)) > MAX_TYPES:
            raise BadRequestData(f"a type selection may name at most {MAX_TYPES} types")
        found = (frozenset(map(expand, alternative)) for alternative in names)
        return cls(tuple(dict.fromkeys(found)))

    def matches(self, types: Collection[str]) -> bool:
        """True if the entity's types (IRIs) meet one alternative."""
        return not self.alternatives or any(alternative.issubset(types) for alternative in self.alternatives)

    @property
    def touched(self) -> tuple[str, ...] | None:
        """Types of which every match has at least one, as few as the selection allows; None for any.

        An index by type reads these, in this order, and leaves the rest to `matches`.
        """
        if not self.alternatives:
            return None
        chosen: dict[str, None] = {}
        for alternative in sorted(self.alternatives, key=len):
            if chosen.keys().isdisjoint(alternative):
                chosen[min(alternative)] = None
        return tuple(chosen)

    @property
    def is_exact(self) -> bool:
        """True if having one of the touched types is all that is asked."""
        return bool(self.alternatives) and all(len(alternative) == 1 for alternative in self.alternatives)


def _alternative(text: str) -> list[str]:
    if _ONE.fullmatch(text):
        return [text]
    several = _SEVERAL.fullmatch(text)
    if several is None:
        raise BadRequestData("the type selection must name types joined by `,` or `|`, or (A;B)")
    return several[1].split(";")
