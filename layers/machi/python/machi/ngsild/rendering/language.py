"""Which text of a LanguageProperty does a reader want? (clause 4.15, after RFC 3282 and RFC 4647 lookup)"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from machi.ngsild.errors import BadRequestData

MAX_LENGTH = 1_024
"""Characters of a language preference."""

_RANGE = re.compile(
    r"(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*q=(?P<weight>[01](?:\.[0-9]{0,3})?))?"
)
_ANY = "*"
_DEFAULT = "@none"


@dataclass(frozen=True, slots=True)
class Languages:
    """Language ranges, best first, in lower case."""

    ranges: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Languages":
        """Read `lang`, such as `fr-CH,fr;q=0.9,*;q=0.5`.

        Raises:
            BadRequestData: it is not a list of language ranges.
        """
        if len(text) > MAX_LENGTH:
            raise BadRequestData(f"lang may have at most {MAX_LENGTH} characters")
        weighed: list[tuple[float, str]] = []
        for part in text.strip().strip('"').split(","):
            found = _RANGE.fullmatch(part.strip())
            if found is None:
                raise BadRequestData(
                    "lang must be language tags, joined by `,`, each perhaps with ;q= and a weight"
                )
            weighed.append((float(found["weight"] or 1), found["tag"].lower()))
        weighed.sort(key=lambda pair: -pair[0])  # stable: equal weights stay in the order written
        return cls(tuple(tag for weight, tag in weighed if weight > 0))

    def choose(self, languages: Mapping[str, Any]) -> tuple[str, Any]:
        """The language to show and its text; any there is where none matches."""
        tags = {tag.lower(): tag for tag in languages}
        for wanted in self.ranges:
            found = next(iter(tags.values())) if wanted == _ANY else _lookup(wanted, tags)
            if found is not None:
                return found, languages[found]
        fallback = tags.get(_DEFAULT) or next(iter(languages))
        return fallback, languages[fallback]


def _lookup(wanted: str, tags: Mapping[str, str]) -> str | None:
    """The tag itself, else a more special one, else a more general one."""
    if wanted in tags:
        return tags[wanted]
    for tag, spelling in tags.items():
        if tag.startswith(wanted + "-"):
            return spelling
    shorter, _, _ = wanted.rpartition("-")
    while shorter:
        if shorter in tags:
            return tags[shorter]
        shorter, _, _ = shorter.rpartition("-")
    return None
