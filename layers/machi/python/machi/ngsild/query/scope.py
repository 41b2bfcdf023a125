"""Is an entity in the asked scopes? (`scopeQ`, clause 4.19)"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from machi.ngsild.errors import BadRequestData

MAX_LENGTH = 16_384
"""Characters of a scope query."""
MAX_SCOPES = 256
MAX_LEVELS = 32

_LEVEL = r"(?:[^\W\d_]\w*|\+)"
_SCOPE = rf"(?:/?{_LEVEL}(?:/{_LEVEL})*(?:/#)?|/#)"
_SEVERAL = re.compile(rf"\(({_SCOPE}(?:;{_SCOPE})*)\)")
_ONE = re.compile(_SCOPE)
_OR = re.compile(r"[,|]")
_ANY_LEVEL = "+"


@dataclass(frozen=True, slots=True)
class ScopePattern:
    """One scope with its wildcards; no levels and `below` is `/#`, any scope at all."""

    levels: tuple[str, ...]
    below: bool = False
    """Whether the whole hierarchy under the scope is meant too."""

    def matches(self, scope: str) -> bool:
        """True for a scope with or without its leading slash."""
        levels = scope.removeprefix("/").split("/")
        if len(levels) < len(self.levels) or (len(levels) > len(self.levels) and not self.below):
            return False
        return all(asked in (_ANY_LEVEL, level) for asked, level in zip(self.levels, levels, strict=False))

    def __str__(self) -> str:
        return "".join(f"/{level}" for level in self.levels) + ("/#" if self.below else "")


@dataclass(frozen=True, slots=True)
class ScopeQuery:
    """Any of the alternatives, each of which asks for all of its scopes."""

    alternatives: tuple[tuple[ScopePattern, ...], ...]

    @classmethod
    def parse(cls, text: str) -> "ScopeQuery":
        """Read `scopeQ`.

        Raises:
            BadRequestData: the text does not follow the grammar of clause 4.19 or exceeds a limit.
        """
        if len(text) > MAX_LENGTH:
            raise BadRequestData(f"a scope query may have at most {MAX_LENGTH} characters")
        query = cls(tuple(_alternative(part.strip()) for part in _OR.split(text)))
        if sum(map(len, query.alternatives)) > MAX_SCOPES:
            raise BadRequestData(f"a scope query may name at most {MAX_SCOPES} scopes")
        return query

    def matches(self, scopes: Sequence[str] | None) -> bool:
        """True if the entity's scopes (absent and empty are alike) meet one alternative."""
        if not scopes:
            return False
        return any(
            all(any(pattern.matches(scope) for scope in scopes) for pattern in alternative)
            for alternative in self.alternatives
        )

    def __str__(self) -> str:
        return "|".join(
            str(parts[0]) if len(parts) == 1 else f"({';'.join(map(str, parts))})"
            for parts in self.alternatives
        )


def _alternative(text: str) -> tuple[ScopePattern, ...]:
    if _ONE.fullmatch(text):
        return (_pattern(text),)
    several = _SEVERAL.fullmatch(text)
    if several is None:
        raise BadRequestData(
            "the scope query must name scopes such as /a/b, /a/+/b or /a/#, joined by `,` or `|`, or (/a;/b)"
        )
    return tuple(map(_pattern, several[1].split(";")))


def _pattern(text: str) -> ScopePattern:
    below = text.endswith("/#")
    levels = tuple(level for level in text.removesuffix("/#").split("/") if level)
    if len(levels) > MAX_LEVELS:
        raise BadRequestData(f"a scope may have at most {MAX_LEVELS} levels")
    return ScopePattern(levels, below)
